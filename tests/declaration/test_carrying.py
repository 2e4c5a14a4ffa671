"""What was declared before is taken over by choice, section by section, also from what failed or was given up (W13)."""

from typing import Any

import pytest

from engine.access import Actor
from engine.db import Database
from engine.declaration.carrying import carried_values, carry_over, carry_sources
from engine.declaration.detail import filling_of
from engine.declaration.filling import save_section
from engine.errors import NotFound
from tests.declaration.story import Story


@pytest.fixture
def again(story: Story) -> tuple[Story, int]:
    """A second declaration after the first was handed in, withdrawn and discarded; the key of the first."""
    story.submitted()
    story.withdraw()
    story.discard()
    earlier = story.case_key
    story.start()
    return story, earlier


def carry(story: Story, source: int, *sections: str) -> list[str]:
    with story.database.transaction() as tx:
        filling = filling_of(tx, story.applicant, story.case_key)
        return carry_over(tx, story.applicant, filling, source, sections)


def values(story: Story) -> Any:
    with story.database.read() as tx:
        return filling_of(tx, story.applicant, story.case_key).values


@pytest.mark.catalogue("W13")
def test_a_discarded_declaration_is_offered_and_only_the_chosen_sections_are_taken(again: tuple[Story, int]) -> None:
    story, earlier = again
    with story.database.read() as tx:
        sources = carry_sources(tx, story.applicant, story.case_key)
    assert [(one.case_key, one.status) for one in sources] == [(earlier, "已废弃")]
    assert carry(story, earlier, "education", "paper", "setup", "base_material") == ["education", "paper"]
    now = values(story)
    assert [row["school"] for row in now["education"]] == ["示范大学", "示范大学"]
    assert (len(now["paper"]), now.get("employment"), now.get("base_material")) == (1, None, {})


@pytest.mark.catalogue("W13")
def test_files_are_copied_and_what_belongs_to_the_year_stays_behind(again: tuple[Story, int]) -> None:
    story, earlier = again
    with story.database.read() as tx:
        before = carried_values(tx, story.applicant, earlier)
    carry(story, earlier, *before)
    now = values(story)
    old, new = (held["education"][0]["diploma"][0] for held in (before, now))
    assert old["name"] == new["name"]
    assert old["id"] != new["id"]
    assert now["basic_info"].get("work_summary") is None
    assert now["basic_info"]["name"] == "测试申报人"
    assert "quantified_score" not in now["overview_supplement"]
    with story.database.transaction() as tx:
        fresh, key = story.dossier(tx), story.task_key(tx)
        save_section(tx, story.applicant, key, "base_material", fresh["base_material"])
        save_section(tx, story.applicant, key, "basic_info", {**now["basic_info"], **fresh["basic_info"]}, version=1)
    story.submit()
    assert story.status == "待经办人审核"


@pytest.mark.catalogue("W13")
def test_nobody_takes_from_somebody_else(again: tuple[Story, int], database: Database) -> None:
    _, earlier = again
    other = Story(database)
    other.start()
    with pytest.raises(NotFound):
        carry(other, earlier, "education")
    stranger: Actor = other.applicant
    with pytest.raises(NotFound), database.read() as tx:
        carried_values(tx, stranger, earlier)
