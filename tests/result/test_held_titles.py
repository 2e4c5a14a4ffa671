"""The title of a certificate in next year's declaration (W15)."""

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from engine.declaration.carrying import carried_values
from engine.declaration.tables import declaration
from engine.flow.variables import read_variables
from engine.result.tables import CertificateKind, CertificateState, title_certificate
from tests.declaration.story import Story
from tests.result.decided import Decided

t = title_certificate.c
SECTIONS = frozenset({"present_position", "qualification_certificate"})
HELD = {
    "title_category": "professional",
    "title_series": "university_teacher",
    "specialty": "philosophy",
    "title_name": "university_teacher-senior",
    "title_level": "senior",
}


@pytest.fixture(scope="module")
def database_url(sqlite_url: str) -> str:
    return sqlite_url


def certify(decided: Decided, person: int, **columns: Any) -> None:
    with decided.database.transaction() as tx:
        key = tx.next_key()
        row = {
            **HELD,
            "key": key,
            "certificate_no": f"职称2025{key:05d}",
            "code": f"{key:016x}",
            "kind": CertificateKind.REVIEW,
            "state": CertificateState.VALID,
            "year": 2025,
            "person": person,
            "declaration": None,
            "handling": None,
            "name": "测试申报人",
            "identity_number": "990000199001011014",
            "unit_name": "示范单位",
            "committee_name": "测试评委会",
            "document_no": "示范职改〔2025〕7号",
            "obtained_on": date(2025, 12, 20),
            "issued_at": tx.now,
            "replaces": None,
            "revoked_at": None,
            "reason": "",
        }
        tx.insert(title_certificate, **row | columns)


def begun(decided: Decided, story: Story) -> dict[str, Any]:
    """What the declaration began with."""
    story.start()
    with decided.database.read() as tx:
        return read_variables(tx, story.case_key, SECTIONS)


@pytest.mark.catalogue("W15")
def test_a_new_declaration_begins_with_the_title_of_the_certificate_in_both_places(decided: Decided) -> None:
    story = Story(decided.database)
    assert story.applicant.person is not None
    certify(decided, story.applicant.person)
    certify(decided, story.applicant.person, obtained_on=date(2020, 1, 1), title_name="university_teacher-intermediate")
    sections = begun(decided, story)
    position = sections["present_position"]
    assert (position["has_title"], position["current_title_name"]) == ("yes", "university_teacher-senior")
    assert (position["current_title_obtained_on"], position["current_title_obtained_by"]) == ("2025-12-20", "review")
    assert sections["qualification_certificate"]["approval_document_no"] == "示范职改〔2025〕7号"
    assert sections["qualification_certificate"]["management_no"].startswith("职称2025")


@pytest.mark.catalogue("W15")
@pytest.mark.parametrize("state", [CertificateState.REVOKED, CertificateState.REPLACED])
def test_a_certificate_that_is_not_valid_fills_nothing(decided: Decided, state: CertificateState) -> None:
    story = Story(decided.database)
    assert story.applicant.person is not None
    certify(decided, story.applicant.person, state=state)
    assert begun(decided, story) == {}


@pytest.mark.catalogue("W15")
def test_what_is_taken_over_does_not_put_an_older_title_in_its_place(decided: Decided) -> None:
    story = Story(decided.database).submitted()
    before = dict(decided.hall.ask(carried_values, story.applicant, story.case_key))
    assert story.applicant.person is not None
    certify(decided, story.applicant.person)
    values = decided.hall.ask(carried_values, story.applicant, story.case_key)
    assert values["present_position"]["current_title_obtained_on"] == "2025-12-20"
    assert values["present_position"]["archive_holder"] == before["present_position"]["archive_holder"]
    known = decided.rows(sa.select(declaration.c.person).where(declaration.c.case_key == story.case_key))
    assert known[0].person == story.applicant.person
