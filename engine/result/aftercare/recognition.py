"""初次认定: what the table `recognition_term` asks of who wants a first title, before anybody has to read the request (W14)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from engine.access import Actor
from engine.clock import local
from engine.db import Transaction
from engine.declaration.decisions import decide
from engine.errors import InvalidInput
from engine.flow.contexts import TaskContext
from engine.reference import CodeLists
from engine.result.aftercare.telling import keep_files

TABLE = "recognition_term"
#: what the table says of who has worked too few years: with this word, a reason is enough to be looked at
REASON = "reason"


def check_recognition(
    tx: Transaction, actor: Actor, task: TaskContext, values: dict[str, object]
) -> Mapping[str, object]:
    """The hook of 申请初次认定: level and years of work as the table wants them, or a reason where it takes one; the files become the
    case's.

    Years count from the later of graduation and the beginning of work. Raises `InvalidInput` by field.
    """
    today = local(tx.now).date()
    begun = {name: date.fromisoformat(str(values[name])) for name in ("graduated_on", "working_since")}
    years = full_years(max(begun.values()), today)
    education, level = str(values["recognition_education"]), str(values["title_level"])
    term = decide(tx, TABLE, today.year, {"education": education, "title_level": level, "years": years})
    called = tx.service(CodeLists).book(tx, today.year).label("title_level", level)
    if problem := _problem(term, f"{education}毕业", called, years, begun, reason=str(values.get("term_reason") or "")):
        raise InvalidInput(fields=problem)
    return keep_files(tx, actor, task, values)


def full_years(since: date, until: date) -> int:
    """How many whole years lie between two days."""
    return until.year - since.year - ((until.month, until.day) < (since.month, since.day))


def _problem(
    term: Mapping[str, Any], graduate: str, level: str, years: int, begun: Mapping[str, date], *, reason: str
) -> dict[str, list[str]]:
    if term["fits"]:
        return {}
    if term["needed"] is None:
        return {"title_level": [f"{graduate}不能初次认定为{level}，请改选职称等级，或者通过评审取得"]}
    short = f"{graduate}认定为{level}须在毕业后从事本专业工作满 {term['needed']} 年，现满 {years} 年"
    if term["short"] != REASON:
        return {max(begun, key=lambda name: begun[name]): [f"{short}，期满后再申请"]}
    return {} if reason.strip() else {"term_reason": [f"{short}，请写明理由"]}
