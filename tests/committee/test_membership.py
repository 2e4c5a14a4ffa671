"""What a pool does with who is in it: terms, barring, removal, a password again (J04, J16)."""

from datetime import date

import pytest

from engine.clock import FixedClock
from engine.committee.membership import bar_expert, remove_expert, reset_expert_password, set_term
from engine.committee.pool_lists import PoolFilter, list_pool
from engine.committee.tables import ExpertState
from engine.db import Database
from engine.errors import InvalidInput, NotAllowed
from engine.flow.messages import deliver_messages
from tests.committee.pools import Pools, Who


@pytest.mark.catalogue("J04")
def test_nobody_is_called_after_the_term(database: Database, pools: Pools) -> None:
    added = pools.in_pool(term_until=date(2026, 6, 30))
    assert added.expert in pools.called(on=date(2026, 6, 30))
    assert added.expert not in pools.called(on=date(2026, 7, 1))
    with database.read() as tx:
        ending, _ = list_pool(tx, pools.officer, PoolFilter(ending=True), size=100)
        assert {line.row["id"]: line.term for line in ending}[added.expert] == "即将到期"
    with database.transaction() as tx:
        with pytest.raises(InvalidInput) as invalid:
            set_term(tx, pools.officer, pools.committee(), added.expert, date(2026, 7, 1), date(2029, 7, 1))
        assert invalid.value.fields == {"term_until": ["专家每届任期最长 3 年；最迟填 2029-06-30"]}
        set_term(tx, pools.officer, pools.committee(), added.expert, date(2026, 7, 1), date(2029, 6, 30))
    assert added.expert in pools.called(on=date(2029, 6, 30))


@pytest.mark.catalogue("J16")
def test_a_barred_expert_is_named_and_free_again_after_the_day(
    database: Database, pools: Pools, clock: FixedClock
) -> None:
    added = pools.in_pool()
    with database.transaction() as tx:
        with pytest.raises(InvalidInput) as nothing:
            bar_expert(tx, pools.officer, pools.committee(), added.expert, reason=" ", until=None)
        bar_expert(tx, pools.officer, pools.committee(), added.expert, reason="违反评审纪律", until=date(2029, 5, 31))
    assert nothing.value.fields == {"reason": ["请填写原因，最多 200 个字"], "until": ["请填写截止日期"]}
    one = pools.called()[added.expert]
    assert one.blocked == "违反评审纪律"
    assert pools.called(on=date(2028, 12, 31))[added.expert].blocked == "违反评审纪律"
    row, county = pools.row(added), pools.who("cedu_officer", "case_officer")
    with pytest.raises(InvalidInput) as invalid:
        pools.add(county, "PW0402", name=row["name"], identity_number=row["identity_number"])
    assert invalid.value.fields == {
        "identity_number": ["该专家有未到期的诚信记录（违反评审纪律），2029-05-31 以后才能入库"]
    }
    with database.transaction() as tx:
        begin, end = date(2029, 1, 1), date(2031, 12, 31)
        set_term(tx, pools.officer, pools.committee(), added.expert, begin, end)
    assert pools.called(on=date(2029, 6, 1))[added.expert].blocked is None


def test_who_is_taken_out_is_called_no_more_and_asked_no_more(database: Database, pools: Pools) -> None:
    added, asked = pools.in_pool(), pools.add()
    with database.transaction() as tx:
        for one in (added, asked):
            with pytest.raises(InvalidInput):
                remove_expert(tx, pools.officer, pools.committee(), one.expert, reason=" ")
            remove_expert(tx, pools.officer, pools.committee(), one.expert, reason="调离本省")
    while deliver_messages(database):
        pass
    assert added.expert not in pools.called()
    assert [pools.state(one) for one in (added, asked)] == [ExpertState.DISABLED, ExpertState.DISABLED]
    with database.read() as tx:
        gone, _ = list_pool(tx, pools.officer, PoolFilter(left=True), size=100)
        assert {added.expert, asked.expert} <= {line.row["id"] for line in gone}


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
