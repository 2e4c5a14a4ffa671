"""What is filled in of a committee, and what must hold of it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from engine.committee.composition import RuleResult, rank_of
from engine.committee.tables import CommitteeKind
from engine.form.kinds.text import check_telephone
from engine.reference import CodeBook

LIMITS = {"code": 20, "name": 100, "filing_no": 50, "contact_person": 20}
REQUIRED = {
    "code": "评委会代码",
    "name": "评委会名称",
    "series": "评审系列",
    "region": "评审区域",
    "filing_no": "备案文号",
    "contact_person": "联系人",
    "contact_phone": "联系电话",
}
#: what is picked from a list
CHOSEN = frozenset({"series", "region"})
#: which field a rule of the composition speaks of; the others speak of the number of members
FIELD_OF = {"J05": "valid_until", "J14": "specialties"}


@dataclass(frozen=True, slots=True)
class CommitteeFields:
    """授权单位评委会管理/新增. `series`, `specialties`, `levels` and `region` are values of the code lists; no specialties
    means all of the series. `show_opinions` lets applicants read what was written of their dossier, after the ballot (Q42)."""

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
    show_opinions: bool = False


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
    """A sentence per field that is wrong by itself; the forming unit and the rules of composition are the caller's to judge."""
    found = {
        name: [f"请{'选择' if name in CHOSEN else '填写'}{label}"]
        for name, label in REQUIRED.items()
        if not getattr(fields, name)
    }
    for name, limit in LIMITS.items():
        if (counted := len(getattr(fields, name))) > limit:
            found[name] = [f"最多 {limit} 个字符，现有 {counted} 个"]
    if fields.contact_phone and (problem := check_telephone(fields.contact_phone)):
        found["contact_phone"] = [f"联系电话{problem}"]
    if fields.code and not (fields.code.isascii() and fields.code.isalnum()):
        found["code"] = ["评委会代码由数字和字母组成"]
    if fields.kind not in set(CommitteeKind):
        found["kind"] = ["请选择组建方式"]
    if fields.members is None or not 1 <= fields.members <= 999:
        found["members"] = ["评委人数应是 1 至 999 的整数"]
    return {**found, **_choices(fields, book), **_dates(fields)}


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
    return found


def _dates(fields: CommitteeFields) -> dict[str, list[str]]:
    begin, end = fields.valid_from, fields.valid_until
    days = {"valid_from": ("有效期起", begin), "valid_until": ("有效期止", end)}
    found = {name: [f"请填写{label}"] for name, (label, day) in days.items() if day is None}
    if begin is not None and end is not None and end < begin:
        return {"valid_until": ["有效期止应不早于有效期起"]}
    return found


def facts_of(fields: CommitteeFields, book: CodeBook) -> dict[str, object]:
    """What the rules of composition are asked with: only what is sound by itself, so that each is judged once."""
    facts: dict[str, object] = {"region": fields.region, "series_count": _series_count(fields, book)}
    if fields.members is not None and 1 <= fields.members <= 999:
        facts["members"] = fields.members
    if fields.levels and fields.kind in set(CommitteeKind):
        facts |= {"kind": str(fields.kind), "rank": rank_of(fields.levels)}
    if not _dates(fields) and fields.valid_from and fields.valid_until:
        facts |= {"filing_from": fields.valid_from.isoformat(), "filing_until": fields.valid_until.isoformat()}
    return facts


def _series_count(fields: CommitteeFields, book: CodeBook) -> int | None:
    """How many series it would review: its own, and those its specialties belong to."""
    if not fields.series:
        return None
    held = [book.find("specialty", value) for value in fields.specialties]
    return len({fields.series, *("" if one is None else one.parent for one in held)})


def problems_by_rule(results: Sequence[RuleResult]) -> dict[str, list[str]]:
    """The sentences of the rules that do not hold, by the field each speaks of."""
    found: dict[str, list[str]] = {}
    for result in results:
        if not result.ok:
            found.setdefault(FIELD_OF.get(result.rule, "members"), []).append(result.sentence)
    return found
