"""What a meeting's office takes out of it (M8, F1, F2): 评委清单, 通过清单, 未通过清单, 公示名单, 会议记录; as workbooks and PDFs.

The list of experts and the minutes are for the inside only (J19, J29); counts of votes stand in lists for the file (Q42).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.clock import local
from engine.db import Transaction
from engine.declaration.sheets.sheet import Sheet
from engine.document.templates import source_in_force
from engine.document.workbooks import Column, write_workbook
from engine.errors import InvalidInput, Refused
from engine.flow.visibility import is_visible
from engine.reference import CodeBook, CodeLists
from engine.result.certificate_sheets import made_on
from engine.result.handlings import Handling, People, Row, everybody_of, handling_of
from engine.result.minutes import Minutes, minutes_of
from engine.result.publicity import LISTED
from engine.result.tables import review_result
from engine.review_meeting.experts import experts_of
from engine.review_meeting.tables import ExpertPost, ExpertSource, Invitation

LIST, MINUTES = "result/list", "result/minutes"
POSTS = {ExpertPost.CHAIR: "主任", ExpertPost.VICE_CHAIR: "副主任", ExpertPost.MEMBER: "委员"}
SOURCES = {ExpertSource.DRAWN: "随机抽取", ExpertSource.CHOSEN: "选定"}
COMING = {Invitation.INVITED: "待确认", Invitation.DECLINED: "不能参加", Invitation.CONFIRMED: "参加"}


class Export(StrEnum):
    """What can be taken out."""

    EXPERTS = "experts"
    PASSED = "passed"
    FAILED = "failed"
    NOTICE = "notice"
    MINUTES = "minutes"


LABELS = {
    Export.EXPERTS: "评委清单",
    Export.PASSED: "评审通过清单",
    Export.FAILED: "评审未通过清单",
    Export.NOTICE: "公示名单",
    Export.MINUTES: "会议记录",
}


@dataclass(frozen=True, slots=True)
class Exported:
    """A list to be written as a workbook or set as a PDF. `about` stands above it, `foot` below, then the seal of `sealed_by`."""

    title: str
    name: str
    columns: Sequence[Column]
    rows: Sequence[Mapping[str, Any]]
    about: Sequence[tuple[str, str]] = ()
    foot: str = ""
    year: int = 0
    source: bytes | None = None
    made: Sequence[int] = field(default_factory=list)
    sealed_by: str = ""
    minutes: Minutes | None = None

    def workbook(self) -> bytes:
        """One sheet: what it is about stands in its first columns' titles, as other lists of the system do."""
        return write_workbook(self.columns, self.rows, title=self.title)

    def sheet(self) -> Sheet:
        """What typst sets: the minutes by their own template."""
        data = {
            "title": self.title,
            "watermark": "",
            "made": list(self.made),
            "about": [{"label": label, "value": value} for label, value in self.about],
            "columns": [{"label": column.title, "width": column.width} for column in self.columns],
            "rows": [[_text(row.get(column.name)) for column in self.columns] for row in self.rows],
            "foot": self.foot,
            "sealed_by": self.sealed_by,
            "electronic_seal": False,
        }
        if self.minutes is not None:
            data |= self.minutes.data()
        template = LIST if self.minutes is None else MINUTES
        return Sheet(template, self.name, data, source=self.source, archival=True)


def export_of(tx: Transaction, actor: Actor, handling: int, which: Export) -> Exported:
    """One of the lists of a handling. Raises `NotFound`, `NotAllowed`, `Refused` where there is no notice yet."""
    held = handling_of(tx, actor, handling)
    book = tx.service(CodeLists).book(tx, held.meeting["year"])
    made = _MAKERS[which](tx, held, book)
    template = MINUTES if which is Export.MINUTES else LIST
    meeting = held.meeting
    return Exported(
        title=LABELS[which],
        name=f"{meeting['name']}-{LABELS[which]}",
        year=meeting["year"],
        source=source_in_force(tx, template, meeting["year"]),
        made=made_on(tx),
        sealed_by=held.row["unit_name"],
        **{"about": _about(held), **made},
    )


def sample_export(which: Export) -> Callable[[Transaction, Actor], Sheet]:
    """A reader of the latest handling, for a look at a template. Raises `InvalidInput` where there is none yet."""

    def sample(tx: Transaction, actor: Actor) -> Sheet:
        r = review_result.c
        last = tx.value(sa.select(sa.func.max(r.handling)).where(is_visible(r.handling, actor)))
        if last is None:
            raise InvalidInput("还没有评审结果，暂时无法预览模板。有评审结果以后请再试。")
        return export_of(tx, actor, int(last), which).sheet()

    return sample


def _about(held: Handling) -> list[tuple[str, str]]:
    meeting = held.meeting
    return [
        ("会议", meeting["name"]),
        ("会议编号", meeting["meeting_no"]),
        ("召集单位", held.row["unit_name"]),
        ("会议时间", f"{_instant(meeting['starts_at'])} 至 {_instant(meeting['ends_at'])}"),
    ]


def _experts(tx: Transaction, held: Handling, book: CodeBook) -> dict[str, Any]:
    rows = [
        {
            **row,
            "post": POSTS[row["post"]],
            "source": SOURCES[row["source"]],
            "invited": COMING[row["invited"]],
            "specialty": book.label("specialty", row["specialty"]),
            "signed_in": _instant(row["signed_in_at"]),
            "signed_out": _instant(row["signed_out_at"]),
        }
        for row in experts_of(tx, held.meeting["case_key"])
    ]
    columns = (
        Column("name", "姓名", width=10),
        Column("workplace", "工作单位", width=28),
        Column("specialty", "专业", width=16),
        Column("post", "会议职务", width=10),
        Column("source", "产生方式", width=10),
        Column("invited", "是否参加", width=10),
        Column("signed_in", "签到", width=18),
        Column("signed_out", "签退", width=18),
    )
    return {"columns": columns, "rows": rows, "foot": "评委名单仅供内部使用，不得公开。"}


def _people(which: People) -> Callable[[Transaction, Handling, CodeBook], dict[str, Any]]:
    def made(tx: Transaction, held: Handling, book: CodeBook) -> dict[str, Any]:
        columns = (*PERSON, *VOTES, Column("certificate_no", "证书编号", width=18))
        kept = columns if which is People.PASSED else columns[:-1]
        rows = [_person(book, row) for row in everybody_of(tx, held, which)]
        return {"columns": kept, "rows": rows, "about": [*_about(held), ("人数", f"{len(rows)} 人")]}

    return made


def _notice(tx: Transaction, held: Handling, book: CodeBook) -> dict[str, Any]:
    notice = next((one for one in held.notices if one["withdrawn_at"] is None), None)
    if notice is None:
        raise Refused("还没有发起公示，暂时没有公示名单。")
    rows = [_person(book, row) for row in everybody_of(tx, held, People.PASSED) if row["state"] in LISTED]
    about = [
        ("公示标题", notice["title"]),
        ("公示时间", f"{_day(notice['begins_on'])} 至 {_day(notice['ends_on'])}"),
        ("受理异议电话", notice["phone"]),
        ("受理部门和地址", notice["address"]),
    ]
    return {
        "columns": [column for column in PERSON if column.name != "declaration_no"],
        "rows": rows,
        "about": about,
        "foot": "对以上人员有异议的，请在公示期内反映，写明事实和依据。",
    }


def _minutes(tx: Transaction, held: Handling, book: CodeBook) -> dict[str, Any]:
    opinions = Column("opinion", "评议意见", width=40)
    score = Column("score", "评议得分", width=10)
    minutes = minutes_of(tx, held)
    rows = [
        {**_person(book, row), **minutes.of(row["declaration"]), "verdict": "通过" if row["passed"] else "未通过"}
        for row in everybody_of(tx, held)
    ]
    columns = (
        *(column for column in PERSON if column.name in ("declaration_no", "name", "unit_name", "title")),
        score,
        opinions,
        *VOTES,
        Column("verdict", "结果", width=8),
    )
    return {"columns": columns, "rows": rows, "minutes": minutes, "foot": "", "about": [*_about(held), *minutes.about]}


#: who it is; what a notice shows of them is among it
PERSON = (
    Column("declaration_no", "申报编号", width=14),
    Column("name", "姓名", width=10),
    Column("unit_name", "申报单位", width=28),
    Column("series", "申报系列", width=18),
    Column("specialty", "申报专业", width=16),
    Column("title", "申报职称", width=20),
)
VOTES = (
    Column("present", "出席", width=8),
    Column("recused", "回避", width=6),
    Column("yes", "同意", width=6),
    Column("no", "不同意", width=8),
    Column("abstain", "弃权", width=6),
    Column("needed", "需同意", width=8),
)
_MAKERS: Mapping[Export, Callable[[Transaction, Handling, CodeBook], dict[str, Any]]] = {
    Export.EXPERTS: _experts,
    Export.PASSED: _people(People.PASSED),
    Export.FAILED: _people(People.FAILED),
    Export.NOTICE: _notice,
    Export.MINUTES: _minutes,
}


def _person(book: CodeBook, row: Row) -> dict[str, Any]:
    return {
        **row,
        "present": row["attending"] + row["recused"],
        "series": book.label("title_series", row["title_series"]),
        "specialty": book.label("specialty", row["specialty"]),
        "title": f"{book.label('title_name', row['title_name'])}（{book.label('title_level', row['title_level'])}）",
        "certificate_no": row["certificate_no"] or "",
    }


def _instant(at: datetime | None) -> str:
    if at is None:
        return ""
    day = local(at)
    return f"{day.year}年{day.month}月{day.day}日 {day:%H:%M}"


def _day(day: Any) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _text(value: Any) -> str:
    return "" if value is None else str(value)
