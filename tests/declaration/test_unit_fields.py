"""What only the unit says of a dossier stays the unit's, whoever sends something else (Q34)."""

from collections.abc import Mapping
from typing import Any

import pytest

from engine.db import Database
from engine.declaration.detail import filling_of
from engine.declaration.filling import save_section, submit_declaration
from engine.flow.drafts import save_draft
from tests.declaration.story import Story

RANKS = {"quantified_score": 91.5, "score_rank": 2, "recommendation_rank": 3, "recommended_total": 4}
OTHERS = {"quantified_score": 100, "score_rank": 1, "recommendation_rank": 1, "recommended_total": 1}
PAPERS = ("ranking_sheet", "publicity_proof")


def of_the_unit(values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """The ranks, and the names of the papers."""
    supplement, materials = values["overview_supplement"], values["base_material"]
    return (
        {name: supplement.get(name) for name in RANKS},
        {name: [one["name"] for one in materials.get(name, [])] for name in PAPERS},
    )


@pytest.fixture
def returned(database: Database) -> Story:
    """Forwarded by the unit's officer with ranks and papers, and returned by the leader."""
    story = Story(database).submitted(
        base_material=lambda held: {name: files for name, files in held.items() if name not in PAPERS}
    )
    with database.transaction() as tx:
        officer = story.reviewer(tx)
        papers = {name: [story.files(tx).upload(tx, officer, f"{name}.pdf")["id"]] for name in PAPERS}
    story.review(more=RANKS, files=papers)
    story.review("return_for_revision", "请补充学位证书")
    return story


HELD = (RANKS, {name: [f"{name}.pdf"] for name in PAPERS})


@pytest.mark.catalogue("Q34")
def test_the_applicant_cannot_overwrite_what_the_unit_has_filled_in(returned: Story, database: Database) -> None:
    with database.transaction() as tx:
        key, own = returned.task_key(tx), returned.upload(tx)
        filling = filling_of(tx, returned.applicant, returned.case_key)
        supplement = {**filling.values["overview_supplement"], **OTHERS}
        materials = {**filling.values["base_material"], "ranking_sheet": [own["id"]], "publicity_proof": []}
        save_section(tx, returned.applicant, key, "overview_supplement", supplement)
        save_section(tx, returned.applicant, key, "base_material", materials)
    with database.read() as tx:
        assert of_the_unit(filling_of(tx, returned.applicant, returned.case_key).values) == HELD
    with database.transaction() as tx:
        sent = {"overview_supplement": supplement, "base_material": materials}
        submit_declaration(tx, returned.applicant, key, sent)
    assert (returned.status, of_the_unit(returned.detail().values)) == ("待经办人审核", HELD)


@pytest.mark.catalogue("Q34")
def test_a_draft_that_was_kept_past_the_form_does_not_overwrite_it_either(returned: Story, database: Database) -> None:
    with database.transaction() as tx:
        key = returned.task_key(tx)
        filling = filling_of(tx, returned.applicant, returned.case_key)
        kept = {**filling.values["overview_supplement"], **OTHERS}
        save_draft(tx, returned.applicant, key, "overview_supplement", kept, 0)
    returned.submit()
    assert of_the_unit(returned.detail().values) == HELD


@pytest.mark.catalogue("Q34")
def test_the_unit_begins_from_what_it_had_and_sets_it_anew(returned: Story) -> None:
    returned.submit()
    returned.review(more=OTHERS)
    assert of_the_unit(returned.detail().values) == (OTHERS, HELD[1])


@pytest.mark.catalogue("Q34")
def test_before_the_unit_has_looked_the_applicant_may_fill_in_what_is_known(database: Database) -> None:
    story = Story(database).submitted(overview_supplement=lambda held: {**held, **RANKS})
    assert of_the_unit(story.detail().values)[0] == RANKS
