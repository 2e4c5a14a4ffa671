"""Proposing reviewers for a group: by hand, for many, for all, by optimisation. Nothing is seen by the experts before it is published."""

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from engine.access import Actor
from engine.db import Transaction
from engine.errors import InvalidInput, NotAllowed, NotFound, Refused, StaleTask
from engine.review_meeting.assignment.blocking import Blocked
from engine.review_meeting.assignment.history import Earlier, History, history_of
from engine.review_meeting.assignment.optimising import Facts, Reviewer, Work, optimise
from engine.review_meeting.assignment.reading import Assignment, assignment_of, lock_group, pair_problem
from engine.review_meeting.assignment.tables import AssignmentState, assignment_pair, assignment_run
from engine.review_meeting.conflicts.recording import record_conflicts

LONGEST_SEED = 64
#: the greatest load that can be asked for
MOST = 99_999

Reviewers = tuple[int | None, int | None]


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the leader asks of a proposal: how many dossiers an expert gets at least and at most, whether the specialty is a must
    (`strict`), whether what was chosen by hand stays (`keep`), and what earlier reviews mean (`earlier`)."""

    least: int | None = None
    most: int | None = None
    strict: bool = False
    keep: bool = True
    earlier: Earlier = Earlier.LAST

    def check(self) -> None:
        """Raises `InvalidInput` by field."""
        words = {"least": "每人下限", "most": "每人上限"}
        values = {"least": self.least, "most": self.most}
        wrong = {
            name: [f"{words[name]}应为 1 到 {MOST} 的整数"]
            for name, value in values.items()
            if value is not None and not 1 <= value <= MOST
        }
        if not wrong and (self.least or 0) > (self.most or MOST):
            wrong = {"least": ["每人下限不能高于每人上限"]}
        if wrong:
            raise InvalidInput(fields=wrong)


def propose_assignment(
    tx: Transaction,
    actor: Actor,
    meeting: int,
    group: int,
    *,
    seed: str = "",
    wishes: Wishes | None = None,
    version: int | None = None,
) -> Assignment | Blocked:
    """智能分配: work out the whole group's reviewers, and keep them as the leader's proposal; or say what makes that impossible.

    The facts are looked through for conflicts first. Without a `seed` a new one is drawn; it is kept and shown, so that anybody
    can repeat the proposal. Raises `Refused` where the assignment is published already, `InvalidInput`, `StaleTask`.
    """
    held = _editable(tx, actor, meeting, group, version)
    if not held.lines:
        raise Refused("本组还没有参评材料，不能分配。")
    if len(held.members) < 1:
        raise Refused("本组还没有评委，不能分配。")
    wishes = wishes or Wishes()
    wishes.check()
    record_conflicts(tx, actor, meeting, [group])
    held = assignment_of(tx, actor, meeting, group)
    seed = seed.strip()[:LONGEST_SEED] or secrets.token_hex(8)
    history = history_of(tx, meeting, group, [one.expert for one in held.members])
    found = optimise(facts_of(held, history, seed=seed, wishes=wishes))
    if isinstance(found, Blocked):
        return found
    by_hand = {line.declaration for line in held.lines if wishes.keep and line.by_hand and not line.problem}
    pairs: dict[int, Reviewers] = {one.declaration: (one.primary, one.secondary) for one in found}
    _keep(tx, held, pairs, by_hand=by_hand)
    _note_run(tx, actor, held, seed=seed)
    tx.flush()
    return assignment_of(tx, actor, meeting, group)


def facts_of(held: Assignment, history: History, *, seed: str, wishes: Wishes) -> Facts:
    """What the optimisation reads of a group."""
    ignored = wishes.earlier is Earlier.IGNORED
    fixed = {line.declaration: line for line in held.lines if wishes.keep and line.by_hand and not line.problem}
    return Facts(
        reviewers=[
            Reviewer(
                one.expert,
                one.name,
                one.specialties,
                most=wishes.most,
                least=wishes.least or 0,
                is_chair=one.is_chair,
            )
            for one in held.members
        ],
        works=[
            Work(
                line.declaration,
                line.number,
                line.specialty,
                line.primary if line.declaration in fixed else None,
                line.secondary if line.declaration in fixed else None,
            )
            for line in held.lines
        ],
        barred=held.barred,
        asked=held.asked,
        scored=frozenset() if ignored else history.scored,
        never=wishes.earlier is Earlier.NEVER,
        met={} if ignored else history.met,
        leader=held.group["leader"],
        strict=wishes.strict,
        seed=seed,
    )


def assign_by_hand(
    tx: Transaction,
    actor: Actor,
    meeting: int,
    group: int,
    pairs: Mapping[int, Reviewers],
    *,
    version: int | None = None,
) -> Assignment:
    """Keep the reviewers the leader chose for these dossiers, dossier by dossier.

    Raises `InvalidInput` by dossier (`pair[KEY]`) where somebody cannot review it, `StaleTask` where somebody saved since.
    """
    held = _editable(tx, actor, meeting, group, version)
    known = {line.declaration: line for line in held.lines}
    problems = {
        f"pair[{key}]": [f"{known[key].number}：{problem}"]
        for key, chosen in pairs.items()
        if key in known and (problem := _problem(held, key, chosen))
    }
    if problems:
        raise InvalidInput("有的材料不能这样分配，请按提示修改。", problems)
    changed = {
        key: chosen
        for key, chosen in pairs.items()
        if key in known and chosen != (known[key].primary, known[key].secondary)
    }
    _keep(tx, held, changed, by_hand=set(changed))
    _note_run(tx, actor, held)
    tx.flush()
    return assignment_of(tx, actor, meeting, group)


def assign_many(
    tx: Transaction,
    actor: Actor,
    meeting: int,
    group: int,
    *,
    declarations: Collection[int] | None,
    primary: int | None,
    secondary: int | None,
    version: int | None = None,
) -> tuple[Assignment, list[str]]:
    """批量分配 and 全部分配 (M12): the same reviewers for the ticked dossiers, or for all that have none (`declarations` None).

    A role left None stays as it is. Where somebody cannot review a dossier it is left out; the sentences say which and why.
    """
    held = _editable(tx, actor, meeting, group, version)
    if primary is None and secondary is None:
        raise InvalidInput(fields={"primary": ["请选择主审或者副审"]})
    wanted = [
        line
        for line in held.lines
        if (line.declaration in declarations if declarations is not None else _lacks(line.primary, line.secondary))
    ]
    if not wanted:
        raise InvalidInput("请先勾选要分配的材料。" if declarations is not None else "本组材料都已分配。")
    chosen: dict[int, Reviewers] = {}
    left: list[str] = []
    for line in wanted:
        both = (
            primary if primary is not None else line.primary,
            secondary if secondary is not None else line.secondary,
        )
        problem = _problem(held, line.declaration, both)
        if problem:
            left.append(f"{line.number}：{problem}")
        else:
            chosen[line.declaration] = both
    _keep(tx, held, chosen, by_hand=set(chosen))
    _note_run(tx, actor, held)
    tx.flush()
    return assignment_of(tx, actor, meeting, group), left


def clear_assignment(tx: Transaction, actor: Actor, meeting: int, group: int, *, version: int | None = None) -> None:
    """Begin the proposal of a group anew."""
    held = _editable(tx, actor, meeting, group, version)
    p = assignment_pair.c
    tx.execute(sa.delete(assignment_pair).where(p.meeting == meeting, p.meeting_group == group))
    _note_run(tx, actor, held)
    tx.flush()


def _lacks(primary: int | None, secondary: int | None) -> bool:
    return primary is None or secondary is None


def _problem(held: Assignment, declaration: int, chosen: Reviewers) -> str:
    members = {one.expert: one for one in held.members}
    return pair_problem(declaration, *chosen, held.group["leader"], held.barred, members)


def _editable(tx: Transaction, actor: Actor, meeting: int, group: int, version: int | None) -> Assignment:
    lock_group(tx, group)
    held = assignment_of(tx, actor, meeting, group)
    if not held.may_edit:
        raise NotAllowed("主副审由本组组长分配。")
    if held.published:
        raise Refused("本组的分配已经公布。要整组重来请先撤销公布，个别材料请用“更换评委”。")
    if held.group["leader"] is None:
        raise NotFound
    if version is not None and version != held.version:
        raise StaleTask("本组的分配在您打开之后有变动，请刷新后再修改。")
    return held


def _keep(tx: Transaction, held: Assignment, pairs: Mapping[int, Reviewers], *, by_hand: Collection[int]) -> None:
    for declaration, (primary, secondary) in pairs.items():
        row = {
            "meeting": held.meeting["case_key"],
            "declaration": declaration,
            "meeting_group": held.group["id"],
            "primary_expert": primary,
            "secondary_expert": secondary,
            "by_hand": declaration in by_hand,
        }
        tx.writes.upsert(assignment_pair, row, ("meeting_group", "primary_expert", "secondary_expert", "by_hand"))


def _note_run(tx: Transaction, actor: Actor, held: Assignment, *, seed: str | None = None) -> None:
    row = {
        "meeting": held.meeting["case_key"],
        "meeting_group": held.group["id"],
        "state": AssignmentState.DRAFT,
        "seed": held.seed if seed is None else seed,
        "version": held.version + 1,
        "saved_at": tx.now,
        "saved_by": actor.login,
        "published_at": None,
        "published_by": None,
        "task_key": None,
    }
    tx.writes.upsert(assignment_run, row, tuple(name for name in row if name not in ("meeting", "meeting_group")))
