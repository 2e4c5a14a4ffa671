"""Units are moved, merged, dissolved and disabled while declarations are open: every open task stays doable by the right people."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import count
from typing import Any

import pytest
import sqlalchemy as sa

from engine.access import SYSTEM, Actor, unit_ancestor
from engine.bulletin.announcements import (
    AnnouncementFields,
    edit_announcement,
    publish_announcement,
    visible_announcements,
)
from engine.bulletin.contacts import contacts_of
from engine.committee.tables import committee
from engine.db import Database, Transaction
from engine.declaration.checking import check_declarations
from engine.declaration.demo_people import actor_of_login
from engine.declaration.exchange.tables import Direction, exchange_template
from engine.declaration.exchange.templates import list_templates
from engine.declaration.recommendation.tables import post_quota
from engine.declaration.tables import declaration, declaration_review
from engine.errors import NotAllowed, NotFound, Refused
from engine.flow.batch_running import run_batch
from engine.flow.batch_tables import ItemState
from engine.flow.batches import batch_rows
from engine.flow.cases import start_case
from engine.flow.completion import complete_task
from engine.flow.definitions import deploy_resources
from engine.flow.handover import HANDED_OVER
from engine.flow.tables import CaseState, case, journal, task
from engine.flow.variables import read_variables
from engine.organisation import RecommendationMode, State, UnitFields, move_unit, tasks_nobody_can_do
from engine.organisation.accounts import add_role, insert_account
from engine.organisation.actors import actor_in_role
from engine.organisation.delegations import delegate_inbox, delegations_of
from engine.organisation.roles import Role
from engine.organisation.tables import AccountKind, account, enrolment, membership, unit
from engine.organisation.unit_ends import dissolve_unit, merge_unit
from engine.organisation.unit_states import concerned_by, disable_unit, enable_unit
from engine.organisation.units import insert_unit
from tests.declaration.story import Story
from tests.support.diagram import Diagram

Who = Callable[..., Actor]
_codes = count(1)


class Sprout:
    """A unit of this test alone, with an administrator, an officer and a leader."""

    def __init__(self, database: Database, parent: int, name: str) -> None:
        number = next(_codes)
        self.database, self.name, self.slug = database, f"{name}{number}（示例）", f"sprout{number}"
        fields = UnitFields(
            code=f"S{number:03d}",
            region="130100",
            name=self.name,
            category="hospital",
            nature="public_institution",
            industry="Q",
            responsible_person="测试领导",
            recommendation_mode=RecommendationMode.DIRECT,
        )
        with database.transaction() as tx:
            self.id = insert_unit(tx, fields, parent)
            for word, role in (
                ("admin", Role.UNIT_ADMIN),
                ("officer", Role.CASE_OFFICER),
                ("leader", Role.UNIT_LEADER),
            ):
                kind = AccountKind.UNIT_ADMIN if role == Role.UNIT_ADMIN else AccountKind.STAFF
                login = f"{self.slug}_{word}"
                key = insert_account(tx, login=login, name="测试人员", kind=kind, password_hash=None, by="test")
                add_role(tx, key, role, self.id)

    def story(self) -> Story:
        return Story(self.database, f"{self.slug}_officer")


@pytest.fixture
def medu(database: Database) -> int:
    with database.read() as tx:
        return int(tx.value(sa.select(unit.c.id).where(unit.c.name == "示范医科大学（示例）")))


@pytest.fixture
def sprout(database: Database, medu: int) -> Callable[..., Sprout]:
    def sprout(name: str, parent: int | None = None) -> Sprout:
        return Sprout(database, parent or medu, name)

    return sprout


@pytest.fixture
def admin(who: Who) -> Actor:
    return who("office_admin", "title_office_admin")


def follow(database: Database, actor: Actor, batch: int | None) -> list[ItemState]:
    """Let the worker do the batch; what became of each row."""
    assert batch is not None
    run_batch(database, batch)
    with database.read() as tx:
        return [row.state for row in batch_rows(tx, actor, batch)]


def groups(tx: Transaction, case_key: int) -> list[list[str]]:
    return [
        row.candidate_groups for row in tx.rows(sa.select(task.c.candidate_groups).where(task.c.case_key == case_key))
    ]


def units_of(variables: dict[str, Any]) -> list[int]:
    return [level["unit"] for level in variables["chain"]]


def test_the_receiving_unit_goes_on_with_everything(
    database: Database, admin: Actor, medu: int, sprout: Callable[..., Sprout]
) -> None:
    old, new = sprout("被并医院"), sprout("接收医院")
    draft, waiting, above = old.story(), old.story().submitted(), old.story().submitted()
    draft.start()
    draft.fill()
    while above.detail().row["review_unit"] == old.id:
        above.review()
    with database.transaction() as tx:
        batch = merge_unit(tx, admin, old.id, new.id)
        assert merge_is_told(tx, old.id) == {"into": new.id, "cases": 3}
    assert follow(database, admin, batch) == [ItemState.DONE] * 3
    with database.read() as tx:
        for story in (draft, waiting, above):
            variables = read_variables(tx, story.case_key)
            row = tx.row(sa.select(declaration).where(declaration.c.case_key == story.case_key))
            held = tx.row(sa.select(case).where(case.c.key == story.case_key))
            assert row is not None
            assert held is not None
            assert units_of(variables)[:2] == [new.id, medu]
            assert variables["setup"]["unit_name"] == new.name
            assert (row.unit, row.unit_name, row.governing_unit, held.unit_id) == (new.id, new.name, medu, new.id)
            events = sa.select(journal.c.event).where(journal.c.case_key == story.case_key)
            assert HANDED_OVER in [entry.event for entry in tx.rows(events)]
        assert groups(tx, waiting.case_key) == [[f"case_officer@{new.id}"]]
        assert read_variables(tx, waiting.case_key)["review_unit"] == new.id
        assert groups(tx, above.case_key) == [[f"case_officer@{medu}"]]
        years = tx.rows(sa.select(enrolment.c.unit).where(enrolment.c.person == waiting.applicant.person))
        assert [row.unit for row in years] == [new.id]
        assert list(check_declarations(tx)) == []
        assert [row for row in tasks_nobody_can_do(tx, admin) if row["case_key"] == waiting.case_key] == []
        review = declaration_review.c
        reviews = sa.select(review.unit, review.decided).where(review.unit.in_([old.id, new.id]))
        assert {(row.unit, row.decided) for row in tx.rows(reviews)} == {(old.id, True), (new.id, False)}
    waiting.review()
    waiting.review()
    assert waiting.detail().row["review_unit"] == medu
    draft.applicant = actor(database, draft.applicant.login, "applicant")
    assert draft.applicant.unit == new.id
    draft.submit()
    assert draft.detail().row["review_unit"] == new.id


def merge_is_told(tx: Transaction, unit_id: int) -> dict[str, Any]:
    from engine.organisation.tables import organisation_event

    tx.flush()
    e = organisation_event.c
    detail = tx.value(sa.select(e.detail).where(e.unit == unit_id, e.event == "unit:merged"))
    return {name: detail[name] for name in ("into", "cases")}


def actor(database: Database, login: str, role: str) -> Actor:
    with database.read() as tx:
        return actor_of_login(tx, login, role)


def test_staff_keep_their_roles_in_the_receiving_unit_and_its_administrator_goes(
    database: Database, admin: Actor, sprout: Callable[..., Sprout]
) -> None:
    old, new = sprout("被并医院"), sprout("接收医院")
    with database.transaction() as tx:
        assert merge_unit(tx, admin, old.id, new.id) is None
        left = tx.rows(sa.select(membership).where(membership.c.unit == old.id))
        state = tx.value(sa.select(account.c.state).where(account.c.login == f"{old.slug}_admin"))
        row = tx.row(sa.select(unit).where(unit.c.id == old.id))
    assert left == []
    assert state == State.DISABLED
    assert actor(database, f"{old.slug}_officer", "case_officer").groups >= {f"case_officer@{new.id}"}
    assert row is not None
    assert (row.state, row.merged_into, row.parent) == (State.DISSOLVED, new.id, new.id)


def test_units_below_go_under_the_receiving_unit_with_their_subtrees(
    database: Database, admin: Actor, medu: int, sprout: Callable[..., Sprout]
) -> None:
    old, new = sprout("被并学院"), sprout("接收学院")
    child = sprout("附属医院", old.id)
    grandchild = sprout("门诊部", child.id)
    story = grandchild.story().submitted()
    with database.transaction() as tx:
        batch = merge_unit(tx, admin, old.id, new.id)
    follow(database, admin, batch)
    line = unit_ancestor.c
    with database.read() as tx:
        rows = tx.rows(sa.select(line.ancestor).where(line.unit == grandchild.id).order_by(line.distance).limit(4))
        assert [row.ancestor for row in rows] == [grandchild.id, child.id, new.id, medu]
        assert units_of(read_variables(tx, story.case_key))[:4] == [grandchild.id, child.id, new.id, medu]
        assert groups(tx, story.case_key) == [[f"case_officer@{grandchild.id}"]]


def test_what_has_not_left_a_moved_unit_takes_the_new_way_and_what_has_keeps_the_old(
    database: Database, admin: Actor, medu: int, sprout: Callable[..., Sprout]
) -> None:
    before, after = sprout("原主管"), sprout("新主管")
    moved = sprout("被移医院", before.id)
    inside, gone = moved.story().submitted(), moved.story().submitted()
    while gone.detail().row["review_unit"] == moved.id:
        gone.review()
    with database.transaction() as tx:
        batch = move_unit(tx, admin, moved.id, after.id)
    assert follow(database, admin, batch) == [ItemState.DONE] * 2
    with database.read() as tx:
        assert units_of(read_variables(tx, inside.case_key))[:3] == [moved.id, after.id, medu]
        assert units_of(read_variables(tx, gone.case_key))[:3] == [moved.id, before.id, medu]
        assert groups(tx, gone.case_key) == [[f"case_officer@{before.id}"]]
        assert list(check_declarations(tx)) == []
    inside.review()
    inside.review()
    assert inside.detail().row["review_unit"] == after.id


def test_a_unit_with_work_left_is_not_dissolved_without_a_receiver(
    database: Database, admin: Actor, sprout: Callable[..., Sprout]
) -> None:
    top = sprout("将撤医院")
    below = sprout("将撤门诊部", top.id)
    below.story().submitted()
    with database.transaction() as tx, pytest.raises(Refused) as refused:
        dissolve_unit(tx, admin, top.id)
    assert refused.value.message == "该机构及其下级还有 1 件在办材料、1 名本年度申报人，请指定接收机构后再撤销。"
    with database.transaction() as tx:
        concerned = concerned_by(tx, admin, top.id)
    assert (concerned.units, concerned.staff, concerned.enrolled, concerned.cases) == (2, 6, 1, 1)
    empty = sprout("空机构")
    last = sprout("空机构下级", empty.id)
    with database.transaction() as tx:
        assert dissolve_unit(tx, admin, empty.id) == 2
        states = tx.rows(sa.select(unit.c.state).where(unit.c.id.in_([empty.id, last.id])))
        held = tx.rows(sa.select(account.c.state).where(account.c.login.startswith(last.slug)))
    assert [row.state for row in states] == [State.DISSOLVED] * 2
    assert [row.state for row in held] == [State.DISABLED] * 3


def test_nobody_acts_for_a_disabled_unit_and_its_tasks_are_listed(
    database: Database, admin: Actor, sprout: Callable[..., Sprout]
) -> None:
    shut = sprout("停用医院")
    story = shut.story().submitted()
    with database.transaction() as tx:
        assert concerned_by(tx, admin, shut.id).tasks == 1
        disable_unit(tx, admin, shut.id, "停业")
    stopped = actor(database, f"{shut.slug}_officer", "case_officer")
    assert (stopped.permissions, stopped.groups, stopped.units) == (frozenset(), frozenset(), frozenset())
    assert actor(database, story.applicant.login, "applicant").permissions == story.applicant.permissions
    with database.read() as tx:
        assert [row["case_key"] for row in tasks_nobody_can_do(tx, admin)] == [story.case_key]
    with database.transaction() as tx:
        enable_unit(tx, admin, shut.id)
    story.review()


def test_a_case_that_is_suspended_follows_later(
    database: Database, admin: Actor, sprout: Callable[..., Sprout]
) -> None:
    from engine.organisation.unit_ends import hand_over_again

    old, new = sprout("被并医院"), sprout("接收医院")
    story = old.story().submitted()
    with database.transaction() as tx:
        tx.execute(sa.update(case).where(case.c.key == story.case_key).values(state=CaseState.SUSPENDED))
        batch = merge_unit(tx, admin, old.id, new.id)
    assert follow(database, admin, batch) == [ItemState.REFUSED]
    with database.transaction() as tx:
        tx.execute(sa.update(case).where(case.c.key == story.case_key).values(state=CaseState.ACTIVE))
        again = hand_over_again(tx, admin, old.id)
    assert follow(database, admin, again) == [ItemState.DONE]
    with database.read() as tx:
        assert groups(tx, story.case_key) == [[f"case_officer@{new.id}"]]


def test_an_administrator_ends_neither_its_own_unit_nor_one_beside_it(
    database: Database, sprout: Callable[..., Sprout]
) -> None:
    own, other = sprout("本院"), sprout("外院")
    child = sprout("本院门诊部", own.id)
    keeper = actor(database, f"{own.slug}_admin", "unit_admin")
    with database.transaction() as tx:
        for change in (lambda: merge_unit(tx, keeper, own.id, child.id), lambda: dissolve_unit(tx, keeper, own.id)):
            with pytest.raises(NotAllowed):
                change()
        for stranger in (
            lambda: merge_unit(tx, keeper, other.id, child.id),
            lambda: merge_unit(tx, keeper, child.id, other.id),
            lambda: move_unit(tx, keeper, child.id, other.id),
            lambda: dissolve_unit(tx, keeper, other.id),
            lambda: disable_unit(tx, keeper, other.id, ""),
            lambda: concerned_by(tx, keeper, other.id),
        ):
            with pytest.raises(NotFound):
                stranger()
        assert dissolve_unit(tx, keeper, child.id) == 1


def test_committees_and_posts_go_to_the_receiving_unit(
    database: Database, admin: Actor, sprout: Callable[..., Sprout]
) -> None:
    old, new, other = sprout("组建单位"), sprout("接收单位"), sprout("无权单位")
    posts = {"year": 2026, "title_level": "senior", "specialty": "", "filled": 1, "set_by": "test"}
    with database.transaction() as tx:
        tx.execute(sa.update(unit).where(unit.c.id == new.id).values(may_form_committee=True))
        first = tx.next_key()
        row = {
            "id": first,
            "code": f"T{first}",
            "name": "测试评委会",
            "forming_unit": old.id,
            "series": "health",
            "kind": "series",
        }
        texts = dict.fromkeys(("filing_no", "contact_person", "contact_phone"), "测试")
        lists: dict[str, list[str]] = {"specialties": [], "levels": []}
        term = {
            "valid_from": date(2026, 1, 1),
            "valid_until": date(2028, 12, 31),
            "created_at": tx.now,
            "created_by": "test",
        }
        tx.insert(committee, **row, **texts, **lists, **term, region="130000", members=25, state="active")
        for key, approved in ((old.id, 3), (new.id, 4)):
            tx.insert(post_quota, unit=key, posts=approved, set_at=tx.now, **posts)
    with pytest.raises(Refused) as refused, database.transaction() as tx:
        merge_unit(tx, admin, old.id, other.id)
    assert refused.value.message.startswith("该机构组建了评委会，接收机构没有评委会组建权")
    with database.transaction() as tx:
        merge_unit(tx, admin, old.id, new.id)
        assert tx.value(sa.select(committee.c.forming_unit).where(committee.c.id == first)) == new.id
        held = tx.rows(sa.select(post_quota).where(post_quota.c.unit.in_([old.id, new.id])))
        assert [(row.unit, row.posts, row.filled) for row in held] == [(new.id, 7, 2)]


def test_what_a_unit_handed_over_announced_and_keeps_goes_on_in_the_receiving_unit(
    database: Database, admin: Actor, sprout: Callable[..., Sprout]
) -> None:
    old, new = sprout("有公告单位"), sprout("接收单位")
    keeper, second_login = actor(database, f"{old.slug}_admin", "unit_admin"), f"{old.slug}_second"
    officer = actor(database, f"{old.slug}_officer", "case_officer")
    with database.transaction() as tx:
        key = insert_account(
            tx, login=second_login, name="测试同事", kind=AccountKind.STAFF, password_hash=None, by="test"
        )
        add_role(tx, key, Role.CASE_OFFICER, old.id)
        delegate_inbox(
            tx, officer, to=second_login, starts_on=date(2026, 6, 1), ends_on=date(2026, 6, 9), reason="测试外出"
        )
        fields = AnnouncementFields(title="测试公告", text="正文", audience="unit", unit=old.id)
        told = publish_announcement(tx, keeper, fields)
        tx.execute(sa.update(unit).where(unit.c.id == old.id).values(contact_phone="0311-00000001"))
        tx.execute(sa.update(unit).where(unit.c.id == new.id).values(contact_phone=None, contact_person=None))
        for owner in (old.id, new.id):
            tx.insert(
                exchange_template,
                id=tx.next_key(),
                unit=owner,
                name="上报表",
                receiver="",
                direction=Direction.EXPORT,
                remark="",
                columns=[],
                changed_at=tx.now,
                changed_by="test",
            )
        merge_unit(tx, admin, old.id, new.id)
    with database.read() as tx:
        second = actor_in_role(tx, key, "case_officer", new.id)
    assert second is not None
    assert second.on_behalf_of == {officer.login}
    receiver = actor(database, f"{new.slug}_admin", "unit_admin")
    with database.transaction() as tx:
        assert [one.unit_name for one in delegations_of(tx, officer)] == [new.name]
        found, _ = visible_announcements(tx, second)
        assert [(one.id, one.audience_words) for one in found if one.id == told] == [(told, f"{new.name}及其下级")]
        edit_announcement(tx, receiver, told, replace(fields, unit=new.id, title="测试公告二"))
        assert [view.row["name"] for view in list_templates(tx, second) if view.own] == [
            "上报表",
            f"上报表（原{old.name}）",
        ]
        assert contacts_of(tx, new.id)[0].phone == "0311-00000001"


def test_a_process_drawn_by_staff_goes_on_in_the_receiving_unit(
    database: Database, admin: Actor, sprout: Callable[..., Sprout]
) -> None:
    old, new = sprout("自绘流程单位"), sprout("接收单位")
    diagram = (
        Diagram("staff_drawn")
        .start()
        .user("check", groups='="case_officer@" + string(unit)')
        .user("sign", groups="=signers")
        .end()
    )
    given = {"unit": old.id, "signers": [f"unit_leader@{old.id}", "designer"], "origin": old.id, "quota": 3}
    with database.transaction() as tx:
        deploy_resources(tx, SYSTEM, {"staff_drawn.bpmn": diagram.xml()})
        key = start_case(tx, SYSTEM, "staff_drawn", given, unit_id=old.id)
    with database.transaction() as tx:
        batch = merge_unit(tx, admin, old.id, new.id)
    assert follow(database, admin, batch) == [ItemState.DONE]
    with database.transaction() as tx:
        assert groups(tx, key) == [[f"case_officer@{new.id}"]]
        assert tx.value(sa.select(case.c.unit_id).where(case.c.key == key)) == new.id
        # what names who does a task follows; what only mentions the unit is what it was
        assert read_variables(tx, key) == {**given, "unit": new.id, "signers": [f"unit_leader@{new.id}", "designer"]}
        officer = actor_of_login(tx, f"{new.slug}_officer", "case_officer")
        complete_task(tx, officer, tx.value(sa.select(task.c.key).where(task.c.case_key == key)), {})
    with database.read() as tx:
        assert groups(tx, key) == [[f"unit_leader@{new.id}", "designer"]]
