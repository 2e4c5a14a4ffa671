"""The list of a pool: who sees it, what it says of each, the workbook (K3, J19)."""

from datetime import date

import pytest

from engine.committee.keeping import find_pool, kept_pools
from engine.committee.pool_lists import PoolFilter, list_pool, pool_detail
from engine.committee.pool_workbook import export_pool
from engine.committee.tables import ExpertState
from engine.committee.vetting_lists import VettingFilter, list_vettings
from engine.db import Database
from engine.document.workbooks import Column, read_rows
from engine.errors import NotAllowed, NotFound
from engine.organisation import find_people
from engine.reference import CodeLists
from engine.review_meeting.tables import meeting_dossier, meeting_expert, review_meeting
from tests.committee.pools import Pools, Who


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


def test_the_list_goes_out_as_a_workbook(database: Database, pools: Pools) -> None:
    added = pools.in_pool(name="测试专家表")
    pools.in_pool(name="测试专家早", term_until=date(2026, 12, 31))
    with database.read() as tx:
        book = tx.service(CodeLists).book(tx, 2026)
        data = export_pool(tx, pools.officer, book, PoolFilter(text="测试专家表"))
        listed, _ = list_pool(tx, pools.officer, PoolFilter(committee=pools.committee(), sort="-until"), size=100)
    columns = [Column("name", "姓名"), Column("state", "入库状态"), Column("load", "本年度评审份数")]
    assert [row.values for row in read_rows(data, columns)] == [{"name": "测试专家表", "state": "在库", "load": "0"}]
    ends = [line.row["term_until"] for line in listed]
    assert ends == sorted(ends, reverse=True)
    assert pools.state(added) is ExpertState.IN_POOL


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
    assert pools.called()[added.expert].load == 2
    assert pools.called(on=date(2027, 1, 1))[added.expert].load == 0
