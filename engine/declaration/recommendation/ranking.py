"""推荐评议: scores, ranks, who is recommended and why not, the panel and what it says."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.db import Transaction
from engine.declaration.hooks import year_of
from engine.declaration.recommendation.quota import check_posts
from engine.declaration.recommendation.rounds import Round, present, round_of
from engine.declaration.recommendation.starting import METHODS
from engine.declaration.recommendation.tables import recommendation_candidate, recommendation_round
from engine.declaration.tables import QuotaCheck
from engine.declaration.years import year_plan
from engine.errors import InvalidInput, Refused, StaleTask
from engine.flow.completion import may_work
from engine.flow.contexts import TaskContext

RANKING = "rank_candidates"
#: §1.11 knows no panel of fewer; an agency need not have one
PANEL = 3
LONGEST_REASON, LONGEST_OPINION = 500, 1000
HIGHEST = Decimal(1000)


@dataclass(frozen=True, slots=True)
class Judged:
    """What the panel says of one declaration. `recommended` is None until it is decided."""

    declaration: int
    score: Decimal | None = None
    recommendation_rank: int | None = None
    recommended: bool | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Member:
    """A member of the panel. `recusal` names the declarants whose case the member stays out of."""

    name: str
    post: str = ""
    recusal: str = ""


def score_ranks(scores: Mapping[int, Decimal | None]) -> dict[int, int | None]:
    """The place of each score, the highest first; equal scores share a place and the next one is skipped: 1, 1, 3."""
    held = [score for score in scores.values() if score is not None]
    return {key: None if score is None else 1 + sum(other > score for other in held) for key, score in scores.items()}


def save_ranking(
    tx: Transaction,
    actor: Actor,
    case_key: int,
    judged: Sequence[Judged],
    *,
    method: str,
    panel: Sequence[Member],
    panel_opinion: str,
    version: int,
) -> None:
    """Keep the panel's work so far, however incomplete; ranks by score are computed.

    Raises `InvalidInput` by field (`score[KEY]`), `StaleTask` where a colleague saved since the page was made, `NotFound`
    and `NotAllowed` as for the task.
    """
    held = round_of(tx, actor, case_key)
    task = held.task_of(RANKING)
    if task is None:
        raise StaleTask("这一轮推荐现在不能修改，请刷新后查看。")
    may_work(actor, task.row)
    if version != held.row["version"]:
        raise StaleTask("有同事刚刚保存过这一轮的评议，请刷新后再修改。")
    _refuse_values(judged, method, panel_opinion)
    known = {row["declaration"] for row in held.candidates}
    ranks = score_ranks({one.declaration: one.score for one in judged})
    for one in judged:
        if one.declaration in known:
            values = {
                "score": one.score,
                "score_rank": ranks[one.declaration],
                "recommendation_rank": one.recommendation_rank if one.recommended else None,
                "recommended": one.recommended,
                "reason": "" if one.recommended else one.reason.strip(),
            }
            tx.writes.update(recommendation_candidate, {"round": case_key, "declaration": one.declaration}, values)
    members = [{"name": m.name, "post": m.post, "recusal": m.recusal} for m in panel if m.name.strip()]
    changed = {"method": method, "panel": members, "panel_opinion": panel_opinion.strip(), "version": version + 1}
    tx.writes.update(recommendation_round, {"case_key": case_key}, changed)


def _refuse_values(judged: Sequence[Judged], method: str, panel_opinion: str) -> None:
    problems: dict[str, list[str]] = {}
    if method not in METHODS:
        problems["method"] = ["请选择评议方式"]
    if len(panel_opinion) > LONGEST_OPINION:
        problems["panel_opinion"] = [f"推荐小组意见最多 {LONGEST_OPINION} 个字，现有 {len(panel_opinion)} 个"]
    for one in judged:
        if one.score is not None and not 0 <= one.score <= HIGHEST:
            problems[f"score[{one.declaration}]"] = ["得分应在 0 至 1000 之间"]
        if one.recommendation_rank is not None and not 1 <= one.recommendation_rank <= 9999:
            problems[f"recommendation_rank[{one.declaration}]"] = ["推荐排序应是正整数"]
        if len(one.reason) > LONGEST_REASON:
            problems[f"reason[{one.declaration}]"] = [f"理由最多 {LONGEST_REASON} 个字"]
    if problems:
        raise InvalidInput(fields=problems)


def ranking_problems(held: Round) -> dict[str, list[str]]:
    """What is still missing before the result can be confirmed, by field and in words that name the person."""
    problems: dict[str, list[str]] = {}
    candidates = present(held.candidates)
    chosen = [row for row in candidates if row["recommended"]]
    twice = Counter(row["recommendation_rank"] for row in chosen)
    for row in candidates:
        key, name = row["declaration"], row["name"]
        if row["recommended"] is None:
            problems[f"recommended[{key}]"] = [f"请确定是否推荐{name}"]
        elif not row["recommended"]:
            if not row["reason"]:
                problems[f"reason[{key}]"] = [f"请写明不予推荐{name}的理由"]
        elif not held.is_agency:
            if row["score"] is None:
                problems[f"score[{key}]"] = [f"请填写{name}的得分"]
            if row["recommendation_rank"] is None:
                problems[f"recommendation_rank[{key}]"] = [f"请填写{name}的推荐排序"]
            elif row["recommendation_rank"] > len(chosen):
                problems[f"recommendation_rank[{key}]"] = [f"{name}的推荐排序不能大于推荐人数 {len(chosen)}"]
            elif twice[row["recommendation_rank"]] > 1:
                problems[f"recommendation_rank[{key}]"] = [f"{name}的推荐排序与他人重复"]
    if not held.is_agency and len(held.row["panel"]) < PANEL:
        problems["panel"] = [f"推荐小组不少于 {PANEL} 人，请补充成员"]
    if not held.row["panel_opinion"]:
        problems["panel_opinion"] = ["请填写推荐小组意见"]
    return problems


def check_ranking(tx: Transaction, actor: Actor, task: TaskContext, values: dict[str, object]) -> Mapping[str, object]:
    """The hook of 推荐评议: a result is confirmed when everybody is judged, and within the posts where the plan blocks (J25).

    Raises `InvalidInput` by field, `Refused` with the sentence of the posts.
    """
    if task.outcome != "publicise":
        return {**values, "recommended_count": 0, "declared_count": 0}
    held = round_of(tx, actor, task.case_key)
    problems = ranking_problems(held)
    if problems:
        raise InvalidInput("评议结果还不完整，请补充后再确认。", problems)
    over = [one.message for one in check_posts(tx, held) if not one.within]
    if over and year_plan(tx, year_of(tx, task)).quota_check is QuotaCheck.BLOCK:
        raise Refused("；".join(over) + "。请调整推荐人选后再确认。")
    candidates = present(held.candidates)
    counted = sum(bool(row["recommended"]) for row in candidates)
    return {**values, "recommended_count": counted, "declared_count": len(candidates)}


def take_out(tx: Transaction, case_key: int, declaration_key: int, reason: str) -> None:
    """A candidate is recommended no longer, with why."""
    c = recommendation_candidate.c
    here = sa.and_(c.round == case_key, c.declaration == declaration_key)
    values: dict[str, Any] = {"recommended": False, "recommendation_rank": None, "reason": reason[:LONGEST_REASON]}
    tx.execute(sa.update(recommendation_candidate).where(here).values(values))
