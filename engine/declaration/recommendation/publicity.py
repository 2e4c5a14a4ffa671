"""单位公示: its dates, objections while it runs, and what is recorded of it (J10)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa

from engine.access import SYSTEM, Actor
from engine.db import Transaction
from engine.declaration.hooks import file_keys, year_of
from engine.declaration.publicity_terms import check_publicity_term
from engine.declaration.recommendation.ranking import take_out
from engine.declaration.recommendation.rounds import Row, candidates_of, present
from engine.declaration.recommendation.starting import NEWS
from engine.declaration.recommendation.tables import Finding, recommendation_objection
from engine.document import attach_to_case
from engine.errors import InvalidInput, Refused
from engine.flow.contexts import JobContext, TaskContext
from engine.flow.direct import add_message
from engine.reference import CodeLists

o = recommendation_objection.c
UNKNOWN = "本轮没有这位申报人，请核对姓名；针对评议本身的异议可以不写。"


def check_publicity(
    tx: Transaction, actor: Actor, task: TaskContext, values: dict[str, object]
) -> Mapping[str, object]:
    """The hook of 发起公示: it begins today or later and lasts as many working days as the year's plan wants (J10).

    The day it begins is not counted. Raises `InvalidInput` with the earliest day it may end.
    """
    if task.outcome != "start":
        return values
    check_publicity_term(tx, year_of(tx, task), values)
    return values


def announce_publicity(tx: Transaction, context: JobContext) -> Mapping[str, object]:
    """The inline job `announce_publicity`: every declaration of the round shows 单位公示中; a first text of the notice."""
    _tell_all(tx, context, "unit_publicity_started")
    publicity = context.variables["publicity"]
    begin, end = date.fromisoformat(publicity["from"]), date.fromisoformat(publicity["to"])
    days = tx.service(CodeLists).calendar(tx).working_days_between(begin, end)
    where = "、".join(publicity["methods"])
    text = (
        f"经推荐小组评议，{begin.month}月{begin.day}日至{end.month}月{end.day}日在{where}公示 {days} 个工作日，无异议。"
    )
    return {"notice_draft": text}


def retract_publicity(tx: Transaction, context: JobContext) -> None:
    """The inline job `retract_publicity`: the declarations of the round wait for their recommendation again."""
    _tell_all(tx, context, "unit_publicity_stopped")


def _tell_all(tx: Transaction, context: JobContext, name: str) -> None:
    for row in present(candidates_of(tx, context.case_key)):
        add_message(
            tx,
            context.actor or SYSTEM,
            name,
            row["declaration_no"],
            {},
            expires_at=tx.now + NEWS,
            from_case=context.case_key,
        )


def register_objection(tx: Transaction, context: JobContext) -> Mapping[str, object]:
    """The inline job `register_objection`: the objection is kept and waits to be verified.

    Raises `InvalidInput` for a name that nobody of the round has.
    """
    about = str(context.variables.get("objection_about") or "").strip()
    row = _named(present(candidates_of(tx, context.case_key)), about) if about else None
    if about and row is None:
        raise InvalidInput(fields={"objection_about": [UNKNOWN]})
    key, content = tx.next_key(), str(context.variables["objection_content"])
    tx.insert(
        recommendation_objection,
        key=key,
        round=context.case_key,
        declaration=row["declaration"] if row else None,
        content=content,
        objector=str(context.variables.get("objector") or ""),
        recorded_at=tx.now,
        recorded_by=(context.actor or SYSTEM).login,
        outcome=None,
        finding="",
        verified_at=None,
        verified_by=None,
    )
    return {"objection": {"key": key, "about": row["name"] if row else None, "content": content}}


def _named(rows: list[Row], about: str) -> Row | None:
    return next((row for row in rows if about in (row["name"], row["declaration_no"])), None)


def settle_objection(tx: Transaction, context: JobContext) -> None:
    """The inline job `settle_objection`: what verifying has shown; who is concerned is not recommended where it is true."""
    finding = context.variables["finding"]
    key, outcome = int(finding["objection"]), Finding(finding["outcome"])
    values: dict[str, Any] = {
        "outcome": outcome,
        "finding": str(finding["finding"]),
        "verified_at": tx.now,
        "verified_by": (context.actor or SYSTEM).login,
    }
    tx.execute(sa.update(recommendation_objection).where(o.key == key).values(values))
    about = tx.value(sa.select(o.declaration).where(o.key == key))
    if outcome is Finding.UPHELD and about is not None:
        take_out(tx, context.case_key, about, f"公示期间有异议，经核查属实：{finding['finding']}")


def check_result(tx: Transaction, actor: Actor, task: TaskContext, values: dict[str, object]) -> Mapping[str, object]:
    """The hook of 登记公示结果: proofs are there, every objection is verified, and what is said agrees with the objections.

    Raises `Refused` while an objection waits, `InvalidInput` by field.
    """
    if task.outcome == "hand_over":
        rows = tx.rows(sa.select(o.outcome).where(o.round == task.case_key))
        waiting = sum(row.outcome is None for row in rows)
        if waiting:
            raise Refused(f"还有 {waiting} 件异议没有核查，请核查后再登记公示结果。")
        if rows and values.get("has_objection") == "no":
            raise InvalidInput(fields={"has_objection": [f"公示期间登记了 {len(rows)} 件异议，请选择“有异议，已核查”"]})
        if not values.get("ranking_sheet") and task.variables.get("is_agency") is not True:
            raise InvalidInput(fields={"ranking_sheet": ["请上传“申报晋升人员量化评分推荐排名表”"]})
    attach_to_case(tx, actor, file_keys(values), task.case_key)
    return values


def publicity_words(publicity: Mapping[str, Any]) -> str:
    """6月1日 至 6月8日, for pages; empty before it is set."""
    if not publicity:
        return ""
    begin, end = date.fromisoformat(publicity["from"]), date.fromisoformat(publicity["to"])
    return f"{begin.month}月{begin.day}日至{end.month}月{end.day}日"
