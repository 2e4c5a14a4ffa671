"""What is filled in of a committee, and what must hold of it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from engine.committee.tables import CommitteeKind
from engine.reference import CodeBook

LIMITS = {"code": 20, "name": 100, "filing_no": 50, "contact_person": 20, "contact_phone": 12}
REQUIRED = {
    "code": "评委会代码",
    "name": "评委会名称",
    "series": "评审系列",
    "region": "评审区域",
    "filing_no": "备案文号",
    "contact_person": "联系人",
    "contact_phone": "联系电话",
}
#: J05: a filing holds for three years at most
YEARS = 3
SENIOR = frozenset({"senior", "associate_senior"})
#: experts at least, by kind and the highest level it reviews: J01, J02, J23
FEWEST: Mapping[tuple[CommitteeKind, str], int] = {
    (CommitteeKind.SERIES, "senior"): 25,
    (CommitteeKind.SPECIALTY, "senior"): 11,
    (CommitteeKind.SERIES, "intermediate"): 15,
    (CommitteeKind.SPECIALTY, "intermediate"): 7,
    (CommitteeKind.SERIES, "junior"): 7,
    (CommitteeKind.SPECIALTY, "junior"): 7,
}
_WORDS = {"senior": "高级", "intermediate": "中级", "junior": "初级"}


@dataclass(frozen=True, slots=True)
class CommitteeFields:
    """授权单位评委会管理/新增. `series`, `specialties`, `levels` and `region` are values of the code lists; no specialties
    means all of the series."""

    code: str = ""
    name: str = ""
    forming_unit: int | None = None
    series: str = ""
    specialties: Sequence[str] = ()
    levels: Sequence[str] = ()
    kind: str = CommitteeKind.SERIES
    region: str = ""
    filing_no: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    members: int | None = None
    contact_person: str = ""
    contact_phone: str = ""


def tidy_fields(fields: CommitteeFields) -> CommitteeFields:
    """Without spaces around texts, the code in capitals, every choice once; by series there are no single specialties."""
    text: dict[str, Any] = {name: value.strip() for name, value in asdict(fields).items() if isinstance(value, str)}
    specialties = () if text["kind"] == CommitteeKind.SERIES else tuple(dict.fromkeys(fields.specialties))
    return replace(
        fields,
        **{**text, "code": text["code"].upper()},
        specialties=specialties,
        levels=tuple(dict.fromkeys(fields.levels)),
    )


def problems_of(fields: CommitteeFields, book: CodeBook) -> dict[str, list[str]]:
    """A sentence per field that is wrong by itself or with its neighbours; the forming unit is the caller's to judge."""
    found = {name: [f"请填写{label}"] for name, label in REQUIRED.items() if not getattr(fields, name)}
    for name, limit in LIMITS.items():
        text = getattr(fields, name)
        counted = text.replace("-", "").replace(" ", "") if name == "contact_phone" else text
        if len(counted) > limit:
            found[name] = [f"最多 {limit} 个字符，现有 {len(counted)} 个"]
    if fields.code and not (fields.code.isascii() and fields.code.isalnum()):
        found["code"] = ["评委会代码由数字和字母组成"]
    if fields.kind not in set(CommitteeKind):
        found["kind"] = ["请选择组建方式"]
    return {**found, **_choices(fields, book), **_term(fields), **_members(fields)}


def _choices(fields: CommitteeFields, book: CodeBook) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    if fields.series and book.find("title_series", fields.series) is None:
        found["series"] = ["请在列出的系列中选择"]
    if fields.region and book.find("region", fields.region) is None:
        found["region"] = ["请在列出的区域中选择"]
    if not fields.levels or any(book.find("title_level", level) is None for level in fields.levels):
        found["levels"] = ["请选择至少一个评审等级"]
    if fields.kind == CommitteeKind.SPECIALTY and not fields.specialties:
        found["specialties"] = ["按专业组建的，请选择至少一个评审专业"]
    elif not _are_of(fields.specialties, fields.series, book):
        found["specialties"] = ["评审专业应属于所选系列；一个评委会不能跨系列评审"]
    return found


def _are_of(specialties: Collection[str], series: str, book: CodeBook) -> bool:
    held = [book.find("specialty", value) for value in specialties]
    return all(one is not None and one.parent == series for one in held)


def _term(fields: CommitteeFields) -> dict[str, list[str]]:
    begin, end = fields.valid_from, fields.valid_until
    found = {name: ["请填写日期"] for name, day in (("valid_from", begin), ("valid_until", end)) if day is None}
    if begin is None or end is None:
        return found
    if end < begin:
        return {"valid_until": ["有效期止应不早于有效期起"]}
    if end >= years_later(begin):
        return {"valid_until": [f"评委会备案有效期最长 {YEARS} 年，期满重新备案；最迟填 {years_later(begin, -1)}"]}
    return {}


def years_later(day: date, days: int = 0) -> date:
    """The day three years later, from which the filing no longer holds, and `days` from there."""
    try:
        end = day.replace(year=day.year + YEARS)
    except ValueError:
        end = date(day.year + YEARS, 3, 1)
    return date.fromordinal(end.toordinal() + days)


def _members(fields: CommitteeFields) -> dict[str, list[str]]:
    if fields.members is None or not 1 <= fields.members <= 999:
        return {"members": ["请填写评委人数"]}
    if fields.members % 2 == 0:
        more, less = fields.members + 1, fields.members - 1
        return {"members": [f"评委人数应为单数，{fields.members} 人请改为 {less} 人或 {more} 人"]}
    rank = "senior" if SENIOR & set(fields.levels) else "intermediate" if "intermediate" in fields.levels else "junior"
    fewest = FEWEST.get((CommitteeKind(fields.kind), rank)) if fields.kind in set(CommitteeKind) else None
    if fields.levels and fewest is not None and fields.members < fewest:
        words = "按系列" if fields.kind == CommitteeKind.SERIES else "按专业"
        return {"members": [f"{words}组建的{_WORDS[rank]}评委会不少于 {fewest} 人"]}
    return {}
