"""The same paper, patent or project in two declarations: told to who declares, told masked to who reviews."""

from typing import Any

import pytest
import sqlalchemy as sa

from engine.db import Database
from engine.declaration.checking import check_declarations
from engine.declaration.checks import dossier_checks
from engine.declaration.claims import stored_claims, work_of
from engine.declaration.detail import filling_of
from engine.declaration.filling import save_section
from engine.declaration.tables import declaration
from engine.flow.variables import read_variables
from tests.declaration.story import Story

PATENT = {
    "name": "一种示范装置（示例）",
    "kind": "invention",
    "patent_no": "ZL 2023 1 0000001.2",
    "granted_on": "2024-05-01",
    "holder": "示范单位（示例）",
    "rank": 1,
    "member_count": 2,
}


def warned(story: Story, section: str) -> list[str]:
    with story.database.read() as tx:
        problems = filling_of(tx, story.applicant, story.case_key).problems
    return [one.message for one in problems if one.section == section and one.severity == "warning"]


def checked(story: Story) -> str:
    with story.database.read() as tx:
        found = dossier_checks(tx, 2026, read_variables(tx, story.case_key))
    return next(f"{one.kind} {one.reason}" for one in found if one.text == "成果是否用过")


def paper(title: str) -> Any:
    return lambda rows: [{**rows[0], "title": title}]


def without(name: str) -> Any:
    return {name: lambda _: []}


@pytest.mark.parametrize(
    ("section", "one", "other", "same"),
    [
        ("paper", {"title": "论 题，一", "issn": "1000-0003"}, {"title": "论题一", "issn": "10000003"}, True),
        ("paper", {"title": "论题一", "issn": "1000-0003"}, {"title": "论题一", "issn": "1000-0011"}, False),
        ("patent", {"patent_no": "ZL 2023 1 0000001.2"}, {"patent_no": "ｚｌ202310000001.2"}, True),
        ("project", {"project_no": "SF-01", "name": "甲"}, {"project_no": "sf 01", "name": "乙"}, True),
        ("project", {"name": "甲", "source": "厅"}, {"name": "甲", "source": "局"}, False),
        ("book", {"isbn": "978-7-04-000000-0"}, {"isbn": "9787040000000"}, True),
    ],
)
def test_a_work_is_known_however_it_is_typed(section: str, one: Any, other: Any, same: bool) -> None:
    assert (work_of(section, one) == work_of(section, other)) is same
    assert work_of(section, {}) == ""


@pytest.mark.catalogue("W11")
def test_who_declares_learns_that_a_work_is_used_elsewhere_but_not_by_whom(database: Database) -> None:
    first = Story(database).submitted(paper=paper("示范论文甲"), **without("project"))
    second = Story(database)
    second.start()
    second.fill(paper=paper("示范论文 甲"), **without("project"))
    assert warned(second, "paper") == ["第 1 行：另有申报人也填报了这一论文，请核对署名和个人排名"]
    second.submit()
    assert checked(second) == "warn 论文第 1 行：2026 年度测****申报主任医师（待经办人审核）"
    first.withdraw()
    assert checked(second) == "good 没有在其他申报中用过"


@pytest.mark.catalogue("W11")
def test_own_earlier_use_is_named_with_the_title_it_served(database: Database) -> None:
    story = Story(database).submitted(paper=paper("示范论文乙"), **without("project"))
    earlier = story.case_key
    with database.transaction() as tx:
        old = {"year": 2025, "live": False, "status": "评审通过"}
        tx.execute(sa.update(declaration).where(declaration.c.case_key == earlier).values(**old))
        tx.execute(sa.text("UPDATE claim SET year = 2025 WHERE case_key = :key"), {"key": earlier})
    story.start()
    story.fill(paper=paper("示范论文乙"), **without("project"))
    told = "第 1 行：这一论文已用于您 2025 年度申报的主任医师（评审通过），请核对是否可以再用"
    assert warned(story, "paper") == [told]
    with database.transaction() as tx:
        failed = sa.update(declaration).where(declaration.c.case_key == earlier)
        tx.execute(failed.values(status="评审未通过"))
    assert warned(story, "paper") == []


def test_claims_follow_what_was_submitted_last(database: Database) -> None:
    story = Story(database).submitted(**without("project"))
    with database.read() as tx:
        assert list(stored_claims(tx, story.case_key)) == [("paper", 0)]
    story.withdraw()
    with database.transaction() as tx:
        row = {**PATENT, "proof": [story.upload(tx)]}
    story.fill(paper=lambda _: [], **without("project"))
    with database.transaction() as tx:
        save_section(tx, story.applicant, story.task_key(tx), "patent", [row])
    story.submit()
    with database.read() as tx:
        assert list(stored_claims(tx, story.case_key)) == [("patent", 0)]
        assert [one for one in check_declarations(tx) if one.rule == "declaration_claims"] == []
