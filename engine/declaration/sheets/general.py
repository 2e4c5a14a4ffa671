"""通用表: the 专业技术职务任职资格评审表 of a declaration, for its owner and for whoever sees it (U16, Q7, W5)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine.access import Actor
from engine.clock import local
from engine.db import Transaction
from engine.declaration.dossier import has_title, marked, rows, section
from engine.declaration.looks import is_outside
from engine.declaration.sheets.code import declaration_code
from engine.declaration.sheets.content import Handled, fields_of, parts_of, rows_of
from engine.declaration.sheets.opinions import opinion_boxes
from engine.declaration.sheets.reading import ReadDossier, photo_of, read_dossier
from engine.declaration.sheets.sheet import Folding, Sheet, qr_code
from engine.document.templates import source_in_force
from engine.settings import Settings

TEMPLATE = "declaration/general_sheet"
TITLE = "专业技术职务任职资格评审表"
#: after the committee's decision the sheet is no draft any more
DECIDED = frozenset({"评审通过", "公示中", "已上报", "结果已审核", "已发证", "评审未通过", "复查中", "评审结果取消"})
DRAFT, TO_SIGN = "草稿", "供签字盖章"

#: fields that stand in the first table or in a part of their own
HANDLED = Handled(
    {
        "basic_info": {
            *("name", "sex", "birth_date", "ethnicity", "political_status", "identity_number", "work_summary"),
        },
        "present_position": {
            *("has_title", "current_specialty", "specialty_years", "current_title_name", "current_title_level"),
            *("current_title_obtained_on", "current_title_obtained_by"),
        },
        "setup": {
            *("unit_name", "title_category", "title_series", "specialty", "title_name", "title_level"),
            *("declaration_route", "review_mode"),
        },
        "overview_supplement": {"began_work_on", "health", "administrative_post"},
    }
)


def general_sheet(tx: Transaction, actor: Actor, case_key: int) -> bytes:
    """The 通用表 as a PDF. Raises `NotFound` for whoever does not see the declaration, `ProcessFault` by a wrong template."""
    return general_sheet_of(tx, actor, case_key).pdf()


def general_sheet_of(tx: Transaction, actor: Actor, case_key: int) -> Sheet:
    """The 通用表, read and still to be set: outside the transaction, by `Sheet.pdf`. Who is outside the declaration's chain gets
    it without the person's numbers; its code is that of the data. Raises `NotFound`."""
    read = read_dossier(tx, actor, case_key)
    row, photo = read.row, photo_of(tx, actor, read.values)
    code = "" if read.is_draft else declaration_code(row["declaration_no"], row["identity_number"], read.values)
    if is_outside(tx, actor, case_key):
        read = read_dossier(tx, actor, case_key, masked=True)
    files = {"photo.jpg": photo} if photo else {}
    if code:
        files["qr.svg"] = qr_code(qr_text(tx, row["declaration_no"], code))
    data = {
        **frame_of(read, TITLE, code),
        "cover": _cover(read),
        "photo": "photo.jpg" if photo else "",
        "person": _person(read),
        "parts": parts_of(read.view, HANDLED),
        "summary": str(section(read.values, "basic_info").get("work_summary") or ""),
        "recommendation": _recommendation(read.variables),
        "opinions": opinion_boxes(tx, actor, case_key, read.variables.get("chain") or [{}]),
        "committee": {"group_opinion": "", "opinion": ""},
        "filled_on": _day(row["submitted_at"]) if row["submitted_at"] else "　　年　　月　　日",
        "issuer": "河北省职称改革领导小组办公室 制",
    }
    name = f"通用表-{row['name']}-{row['declaration_no']}"
    return Sheet(TEMPLATE, name, data, files, source_in_force(tx, TEMPLATE, row["year"]))


def frame_of(read: ReadDossier, title: str, code: str) -> dict[str, Any]:
    """What every sheet of one declaration has around its body."""
    return {
        "title": title,
        "year": read.row["year"],
        "number": read.row["declaration_no"],
        "code": code,
        "watermark": watermark(read),
    }


def watermark(read: ReadDossier) -> str:
    """What stands across the page: a draft, to be signed and sealed, or how it ended; nothing after the decision."""
    row = read.row
    if read.is_draft:
        return DRAFT
    if row["status"] in DECIDED:
        return ""
    return TO_SIGN if row["live"] else str(row["status"])


def qr_text(tx: Transaction, number: str, code: str) -> str:
    """What the QR code holds: the page that compares, where the system knows its own address, else number and code."""
    address = tx.service(Settings).public_url
    return f"{address}/verify?number={number}&code={code}" if address else f"{number} {code}"


def _cover(read: ReadDossier) -> list[dict[str, str]]:
    lines = {
        "单　　　　位": read.row["unit_name"],
        "姓　　　　名": read.row["name"],
        "现任专业技术职务": _current_title(read),
        "评审专业技术职务": _wanted(read),
        "申　报　专　业": read.label("specialty", "specialty"),
        "申　报　方　式": read.label("declaration_route", "declaration_route"),
    }
    return [{"label": label, "value": value} for label, value in lines.items()]


def _wanted(read: ReadDossier) -> str:
    return read.label("title_name", "title_name")


def _current_title(read: ReadDossier) -> str:
    if not has_title(read.values):
        return "无"
    return read.book.label("title_name", section(read.values, "present_position").get("current_title_name"))


def _person(read: ReadDossier) -> dict[str, str]:
    basic, position = fields_of(read.view, "basic_info"), fields_of(read.view, "present_position")
    supplement = fields_of(read.view, "overview_supplement")
    highest = _highest(read)
    return {
        "name": read.row["name"],
        "sex": basic.get("sex", ""),
        "born": month_of(basic.get("birth_date", "")),
        "ethnicity": basic.get("ethnicity", ""),
        "political_status": basic.get("political_status", ""),
        "health": supplement.get("health", ""),
        "working_since": month_of(supplement.get("began_work_on", "")),
        "post": supplement.get("administrative_post", ""),
        "identity_number": read.row["identity_number"],
        "unit_name": read.row["unit_name"],
        "education": _joined(highest.get("education_level"), highest.get("degree")),
        "school": _joined(highest.get("school"), highest.get("ended_on"), highest.get("major")),
        "current_title": _current_title(read),
        "current_title_obtained": _joined(
            position.get("current_title_obtained_on"), position.get("current_title_obtained_by")
        ),
        "current_specialty": _joined(position.get("current_specialty"), position.get("specialty_years")),
        "series": _joined(read.label("title_category", "title_category"), read.label("title_series", "title_series")),
        "specialty": read.label("specialty", "specialty"),
        "title": f"{_wanted(read)}（{read.label('title_level', 'title_level')}）",
        "route": _joined(
            read.label("declaration_route", "declaration_route"), read.label("review_mode", "review_mode")
        ),
    }


def _highest(read: ReadDossier) -> Mapping[str, str]:
    """The row of 学习经历 ticked as highest, as it is read."""
    held = rows(read.values, "education")
    highest = marked(held, "is_highest")
    shown = rows_of(read.view, "education")
    return next((row for row, one in zip(shown, held, strict=False) if one is highest), {})


def _recommendation(variables: Mapping[str, Any]) -> list[dict[str, Any]]:
    """推荐和公示情况 and 推荐小组意见 (U13), and what the round decided (W1)."""
    held = section(variables, "recommendation")
    named = (("推荐和公示情况", ("notice", "recommendation_notice")), ("推荐小组意见", ("panel_opinion",)))
    found = [(label, next((held[key] for key in keys if held.get(key)), "")) for label, keys in named]
    return [{"label": label, "value": str(text), "wide": True} for label, text in found if text]


def _joined(*texts: str | None) -> str:
    return " ".join(text for text in texts if text)


def month_of(day: str) -> str:
    """1976年3月 of 1976年3月12日."""
    return day[: day.find("月") + 1] or day


def _day(at: datetime) -> str:
    day = local(at)
    return f"{day.year}年{day.month}月{day.day}日"


__all__ = ["Folding", "frame_of", "general_sheet", "general_sheet_of", "qr_text", "watermark"]
