"""What a reviewer would otherwise look up by hand: each rule of the declaration with whether it holds, and why not."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from engine.db import Transaction
from engine.declaration.claims import described_uses, earlier_uses
from engine.declaration.decisions import Verdict, check_eligibility, check_level
from engine.declaration.dossier import section
from engine.declaration.facts import eligibility_facts, level_facts
from engine.declaration.hooks import book_of
from engine.declaration.rules import cross_section_problems, materials_of
from engine.reference.check_digits import check_identity_number

CheckKind = Literal["good", "warn", "bad"]

#: sections whose rules are checks of their own below
COVERED = frozenset({"base_material", "setup"})


@dataclass(frozen=True, slots=True)
class Check:
    """One rule, as the task page lists it: `text` names it, `reason` says what was found."""

    kind: CheckKind
    text: str
    reason: str = ""


def dossier_checks(tx: Transaction, year: int, values: Mapping[str, Any]) -> list[Check]:
    """The rules over a declaration that was handed in, asked again as things stand today.

    `values` are the variables of its case. The caller has made sure that its reader may see them.
    """
    book, standing = book_of(tx, year), values.get("standing") or {}
    return [
        _verdict("申报资格", check_eligibility(tx, year, eligibility_facts(values, standing))),
        _verdict("申报等级", check_level(tx, year, level_facts(values, book))),
        _identity(section(values, "basic_info")),
        _materials(tx, year, values),
        *_agreement(tx, year, values),
        _claims(tx, year, values),
    ]


def _verdict(text: str, verdict: Verdict) -> Check:
    # the tables speak to the applicant; here somebody else reads what they say
    return Check("good" if verdict.holds else "bad", text, verdict.message.replace("您", "申报人"))


def _identity(basic_info: Mapping[str, Any]) -> Check:
    if basic_info.get("identity_type") != "01":
        return Check("warn", "证件号码", "不是居民身份证，请核对证件原件")
    fault = check_identity_number(basic_info.get("identity_number") or "")
    return Check("bad", "证件号码", fault) if fault else Check("good", "证件号码", "校验位正确")


def _materials(tx: Transaction, year: int, values: Mapping[str, Any]) -> Check:
    """What must be there on submitting; what the unit still adds before it goes up is a reminder."""
    book, given = book_of(tx, year), section(values, "base_material")
    needed = materials_of(tx, year, values, book, values.get("standing") or {})
    missing = [one for one in needed if not given.get(one.material)]
    if not missing:
        return Check("good", "申报材料", f"应有的 {len(needed)} 种材料齐全")
    names = "、".join(book.label("base_material", one.material) for one in missing)
    if any(one.due == "submit" for one in missing):
        return Check("bad", "申报材料", f"缺少：{names}")
    return Check("warn", "申报材料", f"单位上报前须补充：{names}")


def _claims(tx: Transaction, year: int, values: Mapping[str, Any]) -> Check:
    """Whether the works stand in other declarations; of others no more than the family name is told."""
    told = described_uses(earlier_uses(tx, values), book_of(tx, year))
    return (
        Check("warn", "成果是否用过", "；".join(told))
        if told
        else Check("good", "成果是否用过", "没有在其他申报中用过")
    )


def _agreement(tx: Transaction, year: int, values: Mapping[str, Any]) -> Iterator[Check]:
    """Whether the sections agree with each other."""
    standing = values.get("standing") or {}
    told = check_eligibility(tx, year, eligibility_facts(values, standing)).message
    problems = cross_section_problems(tx, year, values, book_of(tx, year), standing)
    found = [one for one in problems if one.section not in COVERED and one.message != told]
    for one in found:
        yield Check("warn" if one.severity == "warning" else "bad", "前后是否一致", one.message)
    if not found:
        yield Check("good", "前后是否一致", "学历、时间和现职称没有矛盾")
