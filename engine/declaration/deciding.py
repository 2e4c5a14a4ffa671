"""What holds for every decision on a declaration, whoever asks: pages, batches and the API pass these hooks.

A decision carries the name of who made it, and a level that is closed approves nothing more (P26).
"""

from collections.abc import Mapping

from engine.access import Actor
from engine.clock import local
from engine.db import Transaction
from engine.declaration.dossier import section
from engine.declaration.dossier_problem import DossierProblem
from engine.declaration.hooks import check_forwarding, file_keys, refuse, year_of
from engine.declaration.remarks import with_remarks
from engine.declaration.years import LEVELS, year_plan
from engine.document import attach_to_case
from engine.errors import Refused
from engine.flow.contexts import TaskContext

#: outcomes that send a declaration on
ONWARD = frozenset({"approve", "assign", "entrust"})
#: the fields of 量化评分推荐排名 a unit fills in, due when it forwards (Q34)
RANKING = {
    "quantified_score": "请填写量化评分推荐排名得分",
    "score_rank": "请填写得分排序",
    "recommendation_rank": "请填写推荐排序",
    "recommended_total": "请填写单位共推荐人数",
}


def sign(tx: Transaction, actor: Actor, task: TaskContext, values: dict[str, object]) -> Mapping[str, object]:
    """The hook of decisions that need nothing else: the name of who decides goes with them."""
    return {**values, "decided_by": actor.name}


def check_review(tx: Transaction, actor: Actor, task: TaskContext, values: dict[str, object]) -> Mapping[str, object]:
    """The hook of a unit's officer and leader: onward only while the level is open. Raises `Refused` with the date."""
    refuse_when_closed(tx, task)
    attach_to_case(tx, actor, file_keys(values), task.case_key)
    return sign(tx, actor, task, with_remarks(tx, actor, task, values))


def check_recommending(
    tx: Transaction, actor: Actor, task: TaskContext, values: dict[str, object]
) -> Mapping[str, object]:
    """The hook of the own unit's officer who forwards: besides that, proofs and ranking are due (Q34).

    An agency ranks nobody: those it recommends come from different employers (J24).
    """
    refuse_when_closed(tx, task)
    if task.outcome == "approve" and task.variables.get("is_agency") is not True:
        known = section(task.variables, "overview_supplement")
        missing = [name for name in RANKING if values.get(name, known.get(name)) is None]
        refuse(DossierProblem("overview_supplement", name, RANKING[name]) for name in missing)
    forwarded = check_forwarding(tx, actor, task, values)
    return sign(tx, actor, task, with_remarks(tx, actor, task, forwarded))


def refuse_when_closed(tx: Transaction, task: TaskContext) -> None:
    """Raise `Refused` where the task's level has closed and the decision would send the declaration on."""
    level = task.variables.get("review_level")
    if task.outcome not in ONWARD or not isinstance(level, str) or level not in LEVELS:
        return
    closes = year_plan(tx, year_of(tx, task)).closing_of(level)
    if closes is not None and closes <= tx.now:
        at = local(closes)
        day = f"{at.month}月{at.day}日{at:%H:%M}"
        raise Refused(f"{LEVELS[level]}审核已于 {day} 截止，不能再通过；可以退回，或请省职改办调整年度计划。")
