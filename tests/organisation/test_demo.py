"""The demo province: complete, plainly fictional, and made once."""

from collections import Counter
from collections.abc import Callable

import pytest

from engine.access import Actor
from engine.db import Database
from engine.organisation import ROLES, Passwords, Role, Session, superior_units
from engine.organisation.demo import demo_accounts, seed_demo_province
from engine.reference.check_digits import check_identity_number, check_mobile

PEOPLE = demo_accounts()


def test_every_account_of_the_list_signs_in_as_it_says(enter: Callable[..., tuple[Actor, Session]]) -> None:
    for person in PEOPLE:
        actor, details = enter(person.login, person.password)
        assert (actor.name, details.unit_name, details.must_change) == (person.name, person.unit, person.must_change)
        assert actor.role in person.roles


def test_there_is_somebody_in_every_role_but_the_service_and_the_pools(database: Database) -> None:
    assert {role for person in PEOPLE for role in person.roles} == set(ROLES) - {Role.SERVICE, Role.COMMITTEE}


def test_two_accounts_show_the_forced_change() -> None:
    assert [person.login for person in PEOPLE if person.must_change] == ["hosp3_new", "990000199203151002"]


def test_every_unit_has_an_administrator_and_an_officer_and_all_but_the_agency_a_leader() -> None:
    of_unit = {slug: Counter(r for p in PEOPLE if p.slug == slug for r in p.roles) for slug in {p.slug for p in PEOPLE}}
    assert [slug for slug, roles in of_unit.items() if not roles["case_officer"]] == []
    assert [slug for slug, roles in of_unit.items() if not (roles["unit_admin"] or roles["title_office_admin"])] == []
    assert [slug for slug, roles in of_unit.items() if not roles["unit_leader"]] == ["talent"]


def test_nobody_could_be_real() -> None:
    for person in PEOPLE:
        assert "示例" in person.unit
        if person.roles[0] == Role.APPLICANT:
            assert person.login.startswith("990000")
            assert check_identity_number(person.login) is None
            assert person.mobile.startswith("1300000")
            assert check_mobile(person.mobile) is None
        else:
            assert "示" in person.name


def test_the_25_stories_have_their_applicants() -> None:
    assert [person.story for person in PEOPLE if person.story] == [f"D{number:02d}" for number in range(1, 26)]


@pytest.mark.catalogue("R1", "R2")
def test_the_manuals_chain_of_four_levels_is_there(database: Database, unit_id: Callable[[str], int]) -> None:
    with database.read() as tx:
        chain = superior_units(tx, unit_id("示范医科大学第三附属医院"))
    assert [above.name for above in chain] == [
        "示范医科大学（示例）",
        "示范省教育厅（示例）",
        "河北省职称改革领导小组办公室（示例）",
    ]


def test_making_it_again_does_nothing(database: Database, passwords: Passwords) -> None:
    with database.transaction() as tx:
        assert seed_demo_province(tx, passwords, 2026) is False
