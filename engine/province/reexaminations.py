"""Who failed in a meeting of the province asks for a re-examination, and it is answered so far."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from engine.db import Transaction
from engine.declaration.demo_people import actor_of_login
from engine.declaration.demo_season import standing_at
from engine.flow.completion import complete_task
from engine.flow.tables import case, task
from engine.organisation import Role
from engine.province.aftercare import OPINION, whoever
from engine.province.declarations import Pattern
from engine.result.aftercare.reexamination import PROCESS, ask_reexamination, reexamination_term
from engine.result.demo_meeting import Proceedings

#: it is asked for so long before now, or before the term is over
LATELY, IN_TIME = timedelta(hours=6), timedelta(days=1)
SAID: Mapping[str, Mapping[str, Any]] = {
    "reexamination_request": {"reexamination_reason": "计票结果有疑问，请核实。（示例）", "reexamination_files": []},
    "reexamination_check": {"checked_points": ["投票和计票"], "finding": "计票无误。（示例）", "finding_files": []},
}


def reexamine(held: Proceedings, failed: Pattern, outcomes: str, now: datetime) -> None:
    """Ask about the result of a meeting, within the term, and let whoever it waits for do a step for each outcome."""
    with standing_at(held.database, held.at), held.database.read() as tx:
        asker = actor_of_login(tx, failed.who.number, Role.APPLICANT)
        ask_by = reexamination_term(tx, asker, failed.case).ask_by
    held.at = max(held.at, min(now - LATELY, ask_by - IN_TIME))
    held.act(ask_reexamination, failed.case, by=asker)
    for outcome in outcomes.split():
        with held.database.read() as tx:
            waiting = tx.row(sa.select(task).where(task.c.case_key.in_(sa.select(case.c.key).where(_about([failed])))))
            assert waiting is not None
            actor = whoever(tx, waiting)
        given = SAID.get(waiting.form_id, {"opinion": OPINION})
        held.act(complete_task, waiting.key, {**given, "outcome": outcome}, by=actor)
        held.sweep()


def reexaminations_of(tx: Transaction, dossiers: Sequence[Pattern]) -> list[int]:
    """The cases of those who asked."""
    return [row.key for row in tx.rows(sa.select(case.c.key).where(_about(dossiers)))]


def _about(dossiers: Sequence[Pattern]) -> sa.ColumnElement[bool]:
    numbers = [f"{one.number}-FC-1" for one in dossiers]
    return sa.and_(case.c.process_id == PROCESS, case.c.business_key.in_(numbers))
