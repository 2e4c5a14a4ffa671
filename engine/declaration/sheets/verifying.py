"""Whether a printed sheet equals what the system holds (W5)."""

from dataclasses import dataclass

import sqlalchemy as sa

from engine.access import Actor, Permission, authorize
from engine.clock import local
from engine.db import Transaction
from engine.declaration.dossier import SECTIONS
from engine.declaration.sheets.code import declaration_code, same_code
from engine.declaration.tables import declaration
from engine.flow.variables import read_variables
from engine.flow.visibility import is_visible


@dataclass(frozen=True, slots=True)
class Verdict:
    """What comes of comparing, in words; `kind` is good, warn or bad. `url` leads to the declaration, where it is seen."""

    kind: str
    verdict: str
    sentence: str
    name: str = ""
    url: str = ""


UNKNOWN = Verdict("bad", "没有找到", "没有这个编号的申报材料，或者不在您可以查看的范围内。请核对编号。")


def verify_sheet(tx: Transaction, actor: Actor, number: str, code: str) -> Verdict:
    """Compare the code of a printed sheet with the present data of the declaration it names, for officers who may see that.

    Raises `NotAllowed` for anybody else.
    """
    authorize(actor, Permission.DECLARATIONS_REVIEW)
    d = declaration.c
    row = tx.row(sa.select(declaration).where(d.declaration_no == number, is_visible(d.case_key, actor)))
    if row is None:
        return UNKNOWN
    values = read_variables(tx, row.case_key, frozenset(SECTIONS))
    url = f"/declarations/{row.case_key}"
    if row.submitted_at is None:
        return Verdict("warn", "尚未提交", "这份材料还没有提交，系统中没有可以核对的内容。", row.name, url)
    at = local(row.submitted_at)
    when = f"{at.year}年{at.month}月{at.day}日 {at:%H:%M}"
    if same_code(code, declaration_code(number, row.identity_number, values)):
        return Verdict("good", "一致", f"与 {row.name} 于 {when} 提交的材料一致。", row.name, url)
    return Verdict(
        "warn",
        "不一致",
        f"{row.name} 的材料在打印后有修改（最近一次于 {when} 提交），或者编号、核对码有误。请重新打印后再签字盖章。",
        row.name,
        url,
    )
