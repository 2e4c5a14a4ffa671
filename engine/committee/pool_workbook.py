"""The list of a pool as a workbook (K3)."""

from typing import Any

from engine.access import Actor
from engine.committee.pool_lists import PoolFilter, PoolLine, list_pool
from engine.db import Transaction
from engine.document.workbooks import Column, write_workbook
from engine.reference import CodeBook

MOST_EXPORTED = 20_000
COLUMNS = (
    Column("committee_name", "评委会", width=40),
    Column("name", "姓名"),
    Column("identity_number", "证件号码", width=22),
    Column("phone", "手机号码", width=16),
    Column("workplace", "工作单位", width=36),
    Column("title", "现职称", width=20),
    Column("level", "现职称等级", width=16),
    Column("specialties", "可评专业", width=40),
    Column("outside", "外单位"),
    Column("term_from", "聘期起", width=14),
    Column("term_until", "聘期止", width=14),
    Column("term", "任期状态"),
    Column("state", "入库状态"),
    Column("load", "本年度评审份数"),
    Column("meetings", "本年度会议数"),
    Column("barred", "诚信记录", width=30),
)


def export_pool(tx: Transaction, actor: Actor, book: CodeBook, wanted: PoolFilter) -> bytes:
    """The list as a workbook, all pages of it up to 20,000 lines. Raises as `list_pool` does."""
    lines, _ = list_pool(tx, actor, wanted, size=MOST_EXPORTED)
    return write_workbook(COLUMNS, (_exported(line, book) for line in lines), title="评委库")


def _exported(line: PoolLine, book: CodeBook) -> dict[str, Any]:
    row = line.row
    return {
        **row,
        "title": book.label("title_name", row["title_name"]) if row["title_name"] else "",
        "level": book.label("title_level", row["title_level"]),
        "specialties": "、".join(book.label("specialty", value) for value in row["specialties"]),
        "outside": bool(row["outside"]),
        "term": line.term,
        "state": line.state,
        "load": line.load,
        "meetings": len(line.sittings),
        "barred": f"{line.barred.reason}（至 {line.barred.until}）" if line.barred else "",
    }
