"""个人信息 of an expert: written, vetted, sent back, brought up to date; absences and the card number (K5, K6)."""

from datetime import date

import pytest
import sqlalchemy as sa

from engine.committee.absences import add_absence, drop_absence
from engine.committee.bank_cards import own_bank_card, save_bank_card
from engine.committee.profile import begin_profile, own_profile, save_profile
from engine.committee.tables import ExpertState, expert
from engine.committee.vetting_lists import VettingFilter, list_vettings
from engine.db import Database
from engine.errors import InvalidInput, NotAllowed, Refused
from engine.flow.actions import perform_action
from engine.notification import notices_of
from tests.committee.pools import Pools


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
    one = pools.called()[added.expert]
    assert (one.login, one.outside, one.load, one.blocked) == (added.login, False, 0, None)
    assert one.is_away(date(2026, 9, 28), date(2026, 10, 1))
    assert not one.is_away(date(2026, 10, 8), date(2026, 10, 9))
    with database.read() as tx:
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
    assert (pools.state(added), pools.called().get(added.expert)) == (ExpertState.REFUSED, None)


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
    assert (pools.row(added)["research"], added.expert in pools.called()) == ("", True)
    with database.transaction() as tx, pytest.raises(Refused):
        begin_profile(tx, actor)
    pools.vet(added)
    assert pools.row(added)["research"] == "教学评价"


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
    assert pools.called()[added.expert].is_away(date(2026, 9, 2), date(2026, 9, 5))
    with database.transaction() as tx:
        drop_absence(tx, actor, "2026-09-01", "2026-09-02")
        begin_profile(tx, actor)
    assert not pools.called()[added.expert].is_away(date(2026, 9, 2), date(2026, 9, 5))
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
