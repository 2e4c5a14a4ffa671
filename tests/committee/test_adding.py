"""Experts come into a pool one by one: checked, known already, at once (K3, J04, Q1)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest

from engine.committee.pool_lists import PoolFilter, list_pool
from engine.committee.tables import ExpertState
from engine.db import Database
from engine.errors import InvalidInput, Refused
from tests.committee.pools import Pools, Who, new_expert


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
        ({"term_until": date(2026, 5, 31)}, {"term_until": ["聘期止已经过去，请填写今天以后的日期"]}),
        ({"term_until": None}, {"term_until": ["请填写聘期止"]}),
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
