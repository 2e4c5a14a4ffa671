"""批量新增专家 and 批量审核 (K4, K6): all rows or none, a reason for each; the worker asks the new ones and vets the ticked."""

from collections.abc import Mapping
from typing import Any

import pytest
import sqlalchemy as sa

from engine.committee.expert_fields import rules_for
from engine.committee.pool_import import columns_for, import_experts, pool_template, read_experts, report
from engine.committee.pool_lists import PoolFilter, list_pool
from engine.committee.tables import ExpertState, expert
from engine.committee.vetting_batch import start_batch_vetting
from engine.committee.vetting_lists import VettingFilter
from engine.db import Database
from engine.document.workbooks import read_rows, write_workbook
from engine.errors import InvalidInput, NotFound
from engine.flow.batch_running import due_batches, run_batch
from engine.flow.tables import task
from engine.reference import CodeLists
from tests.committee.pools import HASH, Pools, new_expert


class Importing:
    """Workbooks for the pool of PW0401."""

    def __init__(self, pools: Pools) -> None:
        self.pools, self.database = pools, pools.database
        self.committee = pools.committee()

    def row(self, **changes: str) -> dict[str, str]:
        fields = new_expert()
        held = {
            "name": fields.name,
            "identity_number": fields.identity_number,
            "phone": fields.phone,
            "workplace": fields.workplace,
            "specialty": self.label(),
            "title_level": "高级(正高)",
        }
        return {**held, **changes}

    def label(self) -> str:
        with self.database.read() as tx:
            return tx.service(CodeLists).book(tx, 2026).label("specialty", "school_teacher-01")

    def workbook(self, *rows: Mapping[str, str]) -> bytes:
        with self.database.read() as tx:
            rules = rules_for(tx, tx.service(CodeLists).book(tx, 2026), self.committee)
        return write_workbook(columns_for(rules), rows)

    def read(self, data: bytes) -> list[list[str]]:
        with self.database.read() as tx:
            book = tx.service(CodeLists).book(tx, 2026)
            return [row.sentences for row in read_experts(tx, self.pools.officer, book, self.committee, data)]

    def take(self, data: bytes) -> Any:
        with self.database.transaction() as tx:
            book = tx.service(CodeLists).book(tx, 2026)
            return import_experts(
                tx, self.pools.officer, book, self.committee, data, password_hash=HASH, title="批量新增专家"
            )


def work(database: Database) -> None:
    for key in due_batches(database):
        run_batch(database, key)


@pytest.fixture
def importing(pools: Pools) -> Importing:
    return Importing(pools)


@pytest.mark.catalogue("K4")
def test_a_workbook_of_experts_comes_in_whole_and_each_is_asked_for_the_profile(importing: Importing) -> None:
    rows = [importing.row() for _ in range(3)]
    made = importing.take(importing.workbook(*rows))
    work(importing.database)
    with importing.database.read() as tx:
        ids = [one.expert for one in made.added]
        states = {row.state for row in tx.rows(sa.select(expert.c.state).where(expert.c.id.in_(ids)))}
        lines, total = list_pool(tx, importing.pools.officer, PoolFilter(text=rows[0]["name"]))
    assert (len(ids), states, total) == (3, {ExpertState.COMPLETING}, 1)
    assert (lines[0].row["term_from"].isoformat(), lines[0].row["term_until"].isoformat()) == (
        "2026-06-01",
        "2029-05-31",
    )


@pytest.mark.catalogue("K4")
def test_one_wrong_row_keeps_all_of_them_out_and_every_reason_is_named(
    database: Database, importing: Importing
) -> None:
    first = importing.row(identity_type="居民身份证")
    data = importing.workbook(
        first,
        importing.row(phone="130", title_level="高级"),
        importing.row(identity_number=first["identity_number"], name=first["name"]),
        importing.row(specialty="护理学", term_from="昨天"),
    )
    assert importing.read(data) == [
        [],
        ["手机号码应为 11 位手机号码", "“高级”不在“现职称等级”的下拉选项中，请从列表选择"],
        ["与第 2 行重复"],
        ["“护理学”不在“可评专业”的下拉选项中，请从列表选择", "聘期起“昨天”不是日期，请写作 2026-06-30"],
    ]
    with database.read() as tx:
        before = tx.value(sa.select(sa.func.count()).select_from(expert))
    with pytest.raises(InvalidInput) as invalid:
        importing.take(data)
    assert invalid.value.message == "有 3 行需要修改，整份表格都没有导入；请按下列原因修改后重新上传。"
    with database.read() as tx:
        assert tx.value(sa.select(sa.func.count()).select_from(expert)) == before


@pytest.mark.catalogue("K4")
def test_the_template_offers_the_lists_and_the_report_can_be_mended(importing: Importing, pools: Pools) -> None:
    with importing.database.read() as tx:
        book = tx.service(CodeLists).book(tx, 2026)
        rules = rules_for(tx, book, importing.committee)
        with pytest.raises(InvalidInput):
            read_rows(pool_template(tx, pools.officer, book, importing.committee), columns_for(rules))
        with pytest.raises(NotFound):
            pool_template(tx, pools.officer, book, pools.committee("PW0101"))
        data = importing.workbook(importing.row(phone="130"))
        checked = read_experts(tx, pools.officer, book, importing.committee, data)
        again = read_experts(tx, pools.officer, book, importing.committee, report(checked, rules))
    assert [row.sentences for row in again] == [["手机号码应为 11 位手机号码"]]
    assert {column.title: bool(column.choices) for column in columns_for(rules)} == {
        "姓名": False,
        "证件类型": True,
        "证件号码": False,
        "手机号码": False,
        "工作单位": False,
        "可评专业": True,
        "现职称等级": True,
        "聘期起": False,
        "聘期止": False,
    }


@pytest.mark.catalogue("K6")
def test_many_are_vetted_at_once_each_through_the_one_door(database: Database, pools: Pools) -> None:
    added = [pools.add(), pools.add(), pools.add()]
    for one in added[:2]:
        pools.submit(one)
    with database.transaction() as tx:
        held = sa.select(task.c.key).where(task.c.case_key.in_([pools.row(one)["vetting_case"] for one in added]))
        keys = [row.key for row in tx.rows(held)]
        with pytest.raises(InvalidInput) as invalid:
            start_batch_vetting(tx, pools.officer, outcome="refuse", task_keys=keys)
        assert invalid.value.fields == {"opinion": ["退回修改和不同意入库的，请写明理由"]}
        start_batch_vetting(tx, pools.officer, outcome="approve", task_keys=keys)
    work(database)
    assert [pools.state(one) for one in added] == [ExpertState.IN_POOL, ExpertState.IN_POOL, ExpertState.COMPLETING]
    with database.transaction() as tx, pytest.raises(InvalidInput):
        start_batch_vetting(tx, pools.officer, outcome="approve", wanted=VettingFilter(name="没有此人"))
