"""Experts in pools: added, asked for their profile, vetted, called, barred (K3, K5, K6, J04, J16, J19)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
import sqlalchemy as sa

from engine.access import Actor
from engine.clock import FixedClock
from engine.committee.absences import add_absence, drop_absence
from engine.committee.bank_cards import own_bank_card, save_bank_card
from engine.committee.checking import check_experts
from engine.committee.keeping import find_pool, kept_pools
from engine.committee.membership import bar_expert, remove_expert, reset_expert_password, set_term
from engine.committee.pool import PoolExpert, expert_of_account, pool_of
from engine.committee.pool_lists import PoolFilter, export_pool, list_pool, pool_detail
from engine.committee.profile import begin_profile, own_profile, save_profile
from engine.committee.succession import inherit_committees
from engine.committee.tables import ExpertState, committee, expert, pool_member
from engine.committee.vetting_lists import VettingFilter, list_vettings
from engine.db import Database
from engine.declaration.moving import correct_identity
from engine.document.workbooks import Column, read_rows
from engine.errors import InvalidInput, NotAllowed, NotFound, Refused
from engine.flow.actions import perform_action
from engine.flow.messages import deliver_messages
from engine.notification import notices_of
from engine.organisation import find_people
from engine.organisation.tables import enrolment
from engine.reference import CodeLists, dependents_of
from engine.review_meeting.tables import meeting_dossier, meeting_expert, review_meeting
from tests.committee.pools import Pools, new_expert

Who = Callable[..., Actor]
TODAY = date(2026, 6, 1)


def called(database: Database, pools: Pools, *, on: date = TODAY, code: str = "PW0401") -> dict[int, PoolExpert]:
    with database.read() as tx:
        return {one.expert: one for one in pool_of(tx, [pools.committee(code)], on=on)}


@pytest.mark.catalogue("K3", "R7")
def test_an_expert_who_is_added_gets_an_account_and_is_asked_for_the_profile(database: Database, pools: Pools) -> None:
    added = pools.add(name="测试专家甲")
    assert (added.new_account, added.known, pools.state(added)) == (True, False, ExpertState.COMPLETING)
    actor = pools.expert(added)
    assert (actor.role, actor.units) == ("expert", frozenset())
    with database.read() as tx:
        listed, total = list_pool(tx, pools.officer, PoolFilter(text="测试专家甲"))
        assert ([line.row["id"] for line in listed], total) == ([added.expert], 1)
        assert (listed[0].state, listed[0].term, listed[0].load) == ("待完善信息", "任期内", 0)


@pytest.mark.catalogue("Q1")
def test_one_person_is_applicant_and_expert_by_one_account(database: Database, pools: Pools, who: Who) -> None:
    applicant = who("990000197603121014", "applicant")
    added = pools.add(name=applicant.name, identity_number=applicant.login, phone="13000000001")
    assert (added.new_account, added.login) == (False, applicant.login)
    assert {pools.expert(added).account, applicant.account} == {applicant.account}


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"name": ""}, {"name": ["请填写姓名，最多 50 个字符"]}),
        ({"phone": "130"}, {"phone": ["手机号码应为 11 位手机号码"]}),
        ({"workplace": " "}, {"workplace": ["请填写工作单位全称，最多 100 个字符"]}),
        ({"specialty": "nurse-01"}, {"specialty": ["请选择评委会评审范围内的专业"]}),
        ({"title_level": ""}, {"title_level": ["请选择现职称等级"]}),
        ({"term_until": date(2025, 1, 1)}, {"term_until": ["聘期止应不早于聘期起"]}),
        ({"term_until": date(2029, 1, 1)}, {"term_until": ["专家每届任期最长 3 年；最迟填 2028-12-31"]}),
    ],
)
@pytest.mark.catalogue("K3", "J04")
def test_what_is_filled_in_of_an_expert_is_checked(pools: Pools, changes: dict[str, object], wrong: object) -> None:
    with pytest.raises(InvalidInput) as invalid:
        pools.add(**changes)
    assert invalid.value.fields == wrong


def test_nobody_is_in_a_pool_twice_or_under_another_name(pools: Pools) -> None:
    first = new_expert()
    pools.add(name=first.name, identity_number=first.identity_number)
    with pytest.raises(InvalidInput) as invalid:
        pools.add(name=first.name, identity_number=first.identity_number)
    assert invalid.value.fields == {"identity_number": ["该专家已在本评委会的专家库中"]}
    with pytest.raises(InvalidInput) as invalid:
        pools.add(code="PW0403", name="测试别名", identity_number=first.identity_number, specialty="library")
    assert "name" in invalid.value.fields


def test_of_two_who_add_the_same_expert_at_once_one_succeeds(database: Database, pools: Pools) -> None:
    both, fields = Barrier(2), new_expert()

    def add(_: int) -> str:
        both.wait()
        try:
            pools.add(name=fields.name, identity_number=fields.identity_number)
        except (InvalidInput, Refused):
            return "refused"
        return "added"

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(add, range(2))) == ["added", "refused"]
    with database.read() as tx:
        assert list_pool(tx, pools.officer, PoolFilter(text=fields.name))[1] == 1


@pytest.mark.catalogue("K5", "K6")
def test_a_profile_that_is_approved_is_what_the_pool_knows(database: Database, pools: Pools) -> None:
    added = pools.in_pool(workplace="示范市图书档案馆（示例）")
    row = pools.row(added)
    assert (pools.state(added), row["specialties"], row["employed"]) == (
        ExpertState.IN_POOL,
        ["school_teacher-01"],
        True,
    )
    assert row["schools"] == [{"school": "示范师范大学", "from": "1990-09", "until": "1994-07"}]
    assert row["unavailable"] == [{"from": "2026-10-01", "to": "2026-10-07"}]
    one = called(database, pools)[added.expert]
    assert (one.login, one.outside, one.load, one.blocked) == (added.login, False, 0, None)
    assert one.is_away(date(2026, 9, 28), date(2026, 10, 1))
    assert not one.is_away(date(2026, 10, 8), date(2026, 10, 9))
    with database.read() as tx:
        assert expert_of_account(tx, pools.expert(added).account).expert == added.expert  # type: ignore[union-attr]
        assert notices_of(tx, pools.expert(added))[0].subject == "专家信息已审核通过"


@pytest.mark.catalogue("K6")
def test_a_profile_comes_back_with_the_reason_and_is_listed_with_the_decision(database: Database, pools: Pools) -> None:
    added = pools.add(name="测试专家乙")
    pools.submit(added)
    with database.read() as tx:
        waiting, _ = list_vettings(tx, pools.officer, VettingFilter(name="测试专家乙"))
        assert ([one.row["expert"] for one in waiting], pools.state(added)) == ([added.expert], ExpertState.PENDING)
    with pytest.raises(InvalidInput) as invalid:
        pools.vet(added, "return_for_revision")
    assert list(invalid.value.fields) == ["opinion"]
    pools.vet(added, "return_for_revision", "请补充学历")
    assert pools.state(added) is ExpertState.RETURNED
    with database.read() as tx:
        assert list_vettings(tx, pools.officer, VettingFilter(name="测试专家乙"))[1] == 0
        decided, _ = list_vettings(tx, pools.officer, VettingFilter(name="测试专家乙", decided=True))
        assert [(one.row["outcome"], one.row["opinion"]) for one in decided] == [("return_for_revision", "请补充学历")]
    pools.submit(added).vet(added, "refuse", "专业不符")
    assert (pools.state(added), called(database, pools).get(added.expert)) == (ExpertState.REFUSED, None)


@pytest.mark.catalogue("K5")
def test_a_profile_is_kept_section_by_section_and_says_what_is_missing(database: Database, pools: Pools) -> None:
    added = pools.add()
    actor = pools.expert(added)
    with database.transaction() as tx:
        held = own_profile(tx, actor)
        assert held.filling is not None
        assert [section.label for section in held.filling.sections] == [
            "个人基础信息",
            "工作信息",
            "其他信息",
            "学习经历",
            "工作履历",
            "荣誉",
            "奖励",
            "专家称号",
            "论文",
            "论著",
        ]
        basic = {**held.filling.values["basic_info"], "email": "expert@example.com"}
        kept = save_profile(tx, actor, {**held.filling.values, "basic_info": basic, "award": []}, {})
        assert (kept.versions, kept.conflicts) == ({"basic_info": 1}, [])
        other = {**basic, "email": "late@example.com"}
        late = save_profile(tx, actor, {**held.filling.values, "basic_info": other, "honour": [{"name": "甲"}]}, {})
        assert (late.versions, late.conflicts) == ({"basic_info": 0, "honour": 1}, ["个人基础信息"])
    with database.read() as tx:
        again = own_profile(tx, actor).filling
        assert again is not None
        assert (again.values["basic_info"]["email"], again.versions) == (
            "expert@example.com",
            {"basic_info": 1, "honour": 1},
        )
        assert "education" in {problem.section for problem in again.problems}


@pytest.mark.catalogue("K5")
def test_what_waits_may_be_taken_back_and_what_was_approved_brought_up_to_date(
    database: Database, pools: Pools
) -> None:
    added = pools.add()
    pools.submit(added)
    actor = pools.expert(added)
    with database.transaction() as tx:
        perform_action(tx, actor, pools.row(added)["vetting_case"], "withdraw_profile", {})
    assert pools.state(added) is ExpertState.COMPLETING
    pools.submit(added).vet(added)
    with database.transaction() as tx:
        begin_profile(tx, actor)
    assert pools.state(added) is ExpertState.IN_POOL
    pools.submit(added, research="教学评价")
    assert (pools.row(added)["research"], added.expert in called(database, pools)) == ("", True)
    with database.transaction() as tx, pytest.raises(Refused):
        begin_profile(tx, actor)
    pools.vet(added)
    assert pools.row(added)["research"] == "教学评价"


@pytest.mark.catalogue("J04")
def test_nobody_is_called_after_the_term(database: Database, pools: Pools) -> None:
    added = pools.in_pool(term_until=date(2026, 6, 30))
    assert added.expert in called(database, pools, on=date(2026, 6, 30))
    assert added.expert not in called(database, pools, on=date(2026, 7, 1))
    with database.read() as tx:
        ending, _ = list_pool(tx, pools.officer, PoolFilter(ending=True), size=100)
        assert {line.row["id"]: line.term for line in ending}[added.expert] == "即将到期"
    with database.transaction() as tx:
        with pytest.raises(InvalidInput) as invalid:
            set_term(tx, pools.officer, pools.committee(), added.expert, date(2026, 7, 1), date(2029, 7, 1))
        assert invalid.value.fields == {"term_until": ["专家每届任期最长 3 年；最迟填 2029-06-30"]}
        set_term(tx, pools.officer, pools.committee(), added.expert, date(2026, 7, 1), date(2029, 6, 30))
    assert added.expert in called(database, pools, on=date(2029, 6, 30))


@pytest.mark.catalogue("J16")
def test_a_barred_expert_is_named_and_free_again_after_the_day(
    database: Database, pools: Pools, clock: FixedClock
) -> None:
    added = pools.in_pool()
    with database.transaction() as tx:
        bar_expert(tx, pools.officer, pools.committee(), added.expert, reason="违反评审纪律", until=date(2029, 5, 31))
    one = called(database, pools)[added.expert]
    assert one.blocked == "违反评审纪律"
    assert called(database, pools, on=date(2028, 12, 31))[added.expert].blocked == "违反评审纪律"
    row, county = pools.row(added), pools.who("cedu_officer", "case_officer")
    with pytest.raises(InvalidInput) as invalid:
        pools.add(county, "PW0402", name=row["name"], identity_number=row["identity_number"])
    assert invalid.value.fields == {
        "identity_number": ["该专家有未到期的诚信记录（违反评审纪律），2029-05-31 以后才能入库"]
    }
    with database.transaction() as tx:
        begin, end = date(2029, 1, 1), date(2031, 12, 31)
        set_term(tx, pools.officer, pools.committee(), added.expert, begin, end)
    assert called(database, pools, on=date(2029, 6, 1))[added.expert].blocked is None


def test_who_is_taken_out_is_called_no_more_and_asked_no_more(database: Database, pools: Pools) -> None:
    added, asked = pools.in_pool(), pools.add()
    with database.transaction() as tx:
        for one in (added, asked):
            with pytest.raises(InvalidInput):
                remove_expert(tx, pools.officer, pools.committee(), one.expert, reason=" ")
            remove_expert(tx, pools.officer, pools.committee(), one.expert, reason="调离本省")
    while deliver_messages(database):
        pass
    assert added.expert not in called(database, pools)
    assert [pools.state(one) for one in (added, asked)] == [ExpertState.DISABLED, ExpertState.DISABLED]
    with database.read() as tx:
        gone, _ = list_pool(tx, pools.officer, PoolFilter(left=True), size=100)
        assert {added.expert, asked.expert} <= {line.row["id"] for line in gone}


@pytest.mark.catalogue("J19")
def test_a_pool_is_seen_by_its_own_committee_and_forming_unit_alone(database: Database, pools: Pools, who: Who) -> None:
    added = pools.in_pool(name="测试专家密")
    key = pools.committee()
    with database.read() as tx:
        for login, role in (
            ("cedu_officer", "case_officer"),
            ("office_officer", "case_officer"),
            ("medu_officer", "case_officer"),
        ):
            stranger = who(login, role)
            with pytest.raises(NotFound):
                find_pool(tx, stranger, key)
            with pytest.raises((NotFound, NotAllowed)):
                pool_detail(tx, stranger, key, added.expert)
            assert added.expert not in {
                line.row["id"]
                for pool in kept_pools(tx, stranger)
                for line in list_pool(tx, stranger, PoolFilter(committee=pool.id), size=200)[0]
            }
            assert list_vettings(tx, stranger, VettingFilter(name="测试专家密", decided=True))[1] == 0
            assert find_people(tx, stranger, "测试专家密") == []
        for login, role in (
            ("city_admin", "unit_admin"),
            ("hosp3_officer", "case_officer"),
            ("990000197603121014", "applicant"),
            (added.login, "expert"),
            ("sysadmin", "system_admin"),
        ):
            with pytest.raises(NotAllowed):
                kept_pools(tx, who(login, role))


@pytest.mark.catalogue("K5")
def test_an_expert_in_the_pool_says_at_once_when_he_cannot_come(database: Database, pools: Pools) -> None:
    added, writing = pools.in_pool(), pools.add()
    actor = pools.expert(added)
    with database.transaction() as tx:
        for begin, end, wrong in (
            (None, None, ["from", "to"]),
            (date(2026, 9, 2), date(2026, 9, 1), ["to"]),
            (date(2026, 1, 1), date(2026, 1, 2), ["to"]),
        ):
            with pytest.raises(InvalidInput) as invalid:
                add_absence(tx, actor, begin, end)
            assert list(invalid.value.fields) == wrong
        with pytest.raises(Refused):
            add_absence(tx, pools.expert(writing), date(2026, 9, 1), date(2026, 9, 2))
        add_absence(tx, actor, date(2026, 9, 1), date(2026, 9, 2))
    assert called(database, pools)[added.expert].is_away(date(2026, 9, 2), date(2026, 9, 5))
    with database.transaction() as tx:
        drop_absence(tx, actor, "2026-09-01", "2026-09-02")
        begin_profile(tx, actor)
    assert not called(database, pools)[added.expert].is_away(date(2026, 9, 2), date(2026, 9, 5))
    with database.transaction() as tx, pytest.raises(Refused):
        add_absence(tx, actor, date(2026, 9, 1), date(2026, 9, 2))


def test_a_card_number_is_sealed_and_read_by_its_owner_alone(database: Database, pools: Pools) -> None:
    added, other = pools.add(), pools.add()
    with database.transaction() as tx:
        with pytest.raises(InvalidInput):
            save_bank_card(tx, pools.expert(added), "12 34")
        save_bank_card(tx, pools.expert(added), "6200 0000 0000 0000 018")
        assert own_bank_card(tx, pools.expert(added)) == "6200 0000 0000 0000 018"
        assert own_bank_card(tx, pools.expert(other)) == ""
        with pytest.raises(NotAllowed):
            own_bank_card(tx, pools.officer)
        kept = bytes(tx.value(sa.select(expert.c.bank_card).where(expert.c.id == added.expert)))
        assert b"6200000000000000018" not in kept
        tx.execute(sa.update(expert).where(expert.c.id == other.expert).values(bank_card=kept))
        with pytest.raises(Refused):
            own_bank_card(tx, pools.expert(other))


def test_an_officer_resets_the_password_of_who_is_an_expert_and_nothing_else(
    database: Database, pools: Pools, who: Who
) -> None:
    added = pools.add()
    both = pools.add(name=who("990000197908151089", "applicant").name, identity_number="990000197908151089")
    with database.transaction() as tx:
        assert reset_expert_password(tx, pools.officer, pools.committee(), added.expert, "new") == added.login
        with pytest.raises(NotAllowed):
            reset_expert_password(tx, pools.officer, pools.committee(), both.expert, "new")
    assert (pools.account_of(added)["password_hash"], pools.account_of(both)["password_hash"] == "new") == (
        "new",
        False,
    )


def test_the_list_goes_out_as_a_workbook(database: Database, pools: Pools) -> None:
    added = pools.in_pool(name="测试专家表")
    with database.read() as tx:
        book = tx.service(CodeLists).book(tx, 2026)
        data = export_pool(tx, pools.officer, book, PoolFilter(text="测试专家表"))
    columns = [Column("name", "姓名"), Column("state", "入库状态"), Column("load", "本年度评审份数")]
    assert [row.values for row in read_rows(data, columns)] == [{"name": "测试专家表", "state": "在库", "load": "0"}]
    assert pools.state(added) is ExpertState.IN_POOL


def test_the_lists_are_in_step_with_the_cases(database: Database, pools: Pools) -> None:
    waiting = pools.add()
    pools.submit(waiting)
    with database.transaction() as tx:
        assert list(check_experts(tx)) == []
        tx.execute(sa.update(expert).where(expert.c.id == waiting.expert).values(state=ExpertState.RETURNED))
        tx.execute(
            sa.update(pool_member).where(pool_member.c.expert == waiting.expert).values(term_until=date(2030, 1, 1))
        )
        found = [(one.rule, one.key) for one in check_experts(tx)]
        assert found == [("expert_state", waiting.expert), ("expert_term", waiting.expert)]
        tx.execute(sa.update(expert).where(expert.c.id == waiting.expert).values(state=ExpertState.PENDING))
        tx.execute(
            sa.update(pool_member).where(pool_member.c.expert == waiting.expert).values(term_until=date(2028, 12, 31))
        )


def test_experts_and_their_vettings_follow_a_unit_that_is_merged(database: Database, pools: Pools) -> None:
    added = pools.add(workplace="示范县第一中学（示例）")
    pools.submit(added, employer="示范县第一中学（示例）").vet(added, "return_for_revision", "请补充")
    with database.transaction() as tx:
        old = tx.value(sa.select(expert.c.workplace_unit).where(expert.c.id == added.expert))
        forming = tx.value(sa.select(committee.c.forming_unit).where(committee.c.code == "PW0402"))
        inherit_committees(tx, old, forming)
        assert tx.value(sa.select(expert.c.workplace_unit).where(expert.c.id == added.expert)) == forming


def test_experts_are_named_before_a_value_of_a_list_goes(database: Database, pools: Pools) -> None:
    pools.in_pool()
    with database.read() as tx:
        used = {one.words: one.count for one in dependents_of(tx, "specialty", 2026, "school_teacher-01")}
    assert used["评审专家"] >= 1


def test_the_identity_of_an_expert_is_not_corrected_with_an_applicant_s(
    database: Database, pools: Pools, who: Who
) -> None:
    applicant, officer = who("990000198007251028", "applicant"), who("medu_officer", "case_officer")
    added = pools.add(name=applicant.name, identity_number=applicant.login)
    with database.transaction() as tx:
        held = tx.value(sa.select(enrolment.c.id).where(enrolment.c.person == pools.row(added)["person"]))
        with pytest.raises(Refused, match="该人员是评审专家"):
            correct_identity(
                tx,
                officer,
                held,
                name="钱示二二",
                identity_type="01",
                identity_number=applicant.login,
                reason="更正",
                password_hash="x",
            )


def test_the_list_says_what_an_expert_has_to_read_and_where_he_sat(database: Database, pools: Pools) -> None:
    added, other = pools.in_pool(name="测试专家忙"), pools.in_pool()
    with database.transaction() as tx:
        for at, invited in ((1, "confirmed"), (2, "declined")):
            tx.insert(
                review_meeting,
                case_key=at,
                meeting_no=f"2026-PS-{at:04d}",
                year=2026,
                unit=pools.officer.unit,
                name=f"测试会议{at}",
                starts_at=tx.now,
                ends_at=tx.now,
                series="school_teacher",
                status="",
                masked=False,
                ballot_mode="secret",
                version=1,
                created_at=tx.now,
                **dict.fromkeys(("venue", "brief", "seed_commitment", "draw_seed", "sign_in_code", "created_by"), ""),
            )
            tx.insert(
                meeting_expert,
                meeting=at,
                expert=added.expert,
                committee=pools.committee(),
                post="member",
                source="chosen",
                invited=invited,
                decline_reason="",
                name="测试专家忙",
                login=added.login,
                workplace="",
            )
        for declaration, primary, secondary in ((1, added, other), (2, other, added), (3, other, other)):
            tx.insert(
                meeting_dossier,
                meeting=1,
                declaration=declaration,
                declaration_no=f"2026-{declaration}",
                committee=pools.committee(),
                live=False,
                stage="assigned",
                primary_expert=primary.expert,
                secondary_expert=secondary.expert,
            )
    with database.read() as tx:
        [line], _ = list_pool(tx, pools.officer, PoolFilter(text="测试专家忙"))
        assert (line.load, [sitting.meeting_no for sitting in line.sittings]) == (2, ["2026-PS-0001"])
        detail = pool_detail(tx, pools.officer, pools.committee(), added.expert)
        assert [(sitting.name, sitting.dossiers) for sitting in detail.sittings] == [("测试会议1", 2)]
    assert called(database, pools)[added.expert].load == 2
    assert called(database, pools, on=date(2027, 1, 1))[added.expert].load == 0
