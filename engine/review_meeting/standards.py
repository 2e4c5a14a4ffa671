"""评分标准 (M9, M10): items with points and weights, submitted by the office, confirmed by whoever presides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.db import Transaction
from engine.errors import InvalidInput, NotFound, Refused, StaleTask
from engine.flow.contexts import TaskContext
from engine.flow.queries import case_tasks
from engine.review_meeting.creating import editable_meeting
from engine.review_meeting.defence.holding import item_problems
from engine.review_meeting.meetings import Meeting, groups_of
from engine.review_meeting.tables import StandardState, scoring_standard

STEP = "set_standard"
WHOLE = Decimal(100)
MOST_ITEMS, MOST_POINTS, HEAVIEST = 20, Decimal(1000), Decimal(10)
LONGEST_NAME, LONGEST_ITEM, LONGEST_GUIDE = 100, 50, 300
CHANGED = "有同事刚刚修改过这个标准，您的修改没有保存；请核对页面上最新的内容后再改。"
#: what the office begins with
FIRST_ITEMS = (
    ("业绩成果", "0.4", "项目、获奖、专利和实际贡献"),
    ("学术水平", "0.3", "论文、论著和代表作的水平"),
    ("专业工作经历", "0.2", "履职年限、承担的主要工作"),
    ("继续教育和考核", "0.1", "学时、年度考核情况"),
)

s = scoring_standard.c


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a standard: at most `points`, which count `weight` times in the total; the totals go up to 100."""

    name: str
    points: Decimal
    weight: Decimal
    guide: str = ""


@dataclass(frozen=True, slots=True)
class StandardFields:
    """A standard as it is typed. `groups` are the groups it holds for, none meaning all; `lowest` asks for a remark below it."""

    name: str
    groups: tuple[int, ...]
    items: tuple[Item, ...]
    lowest: Decimal = Decimal(0)
    anonymous: bool = False


def standards_of(tx: Transaction, meeting: int) -> list[Mapping[str, Any]]:
    """The standards of a meeting in the order they were made. The caller has made sure that its reader may see it."""
    return [
        dict(row._mapping) for row in tx.rows(sa.select(scoring_standard).where(s.meeting == meeting).order_by(s.id))
    ]


def save_standard(
    tx: Transaction,
    actor: Actor,
    meeting: int,
    fields: StandardFields,
    *,
    standard: int | None = None,
    version: int = 0,
) -> int:
    """Add a standard, or change one as it was at `version`; its id. Raises `InvalidInput` by field, `StaleTask` where a
    colleague was faster, `Refused` while it is with whoever presides."""
    _open(tx, actor, meeting)
    values = _columns(tx, meeting, fields, standard)
    if standard is None:
        key = tx.next_key()
        tx.insert(
            scoring_standard, id=key, meeting=meeting, state=StandardState.DRAFT, version=1, **values, **_UNCONFIRMED
        )
        return key
    this = sa.and_(s.id == standard, s.meeting == meeting, s.version == version)
    if not tx.execute(sa.update(scoring_standard).where(this).values(version=version + 1, **values)).rowcount:
        raise StaleTask(CHANGED)
    return standard


def remove_standard(tx: Transaction, actor: Actor, meeting: int, standard: int, *, version: int) -> None:
    """Delete a standard. Raises `StaleTask` where a colleague was faster."""
    _open(tx, actor, meeting)
    this = sa.and_(s.id == standard, s.meeting == meeting, s.version == version)
    if not tx.execute(sa.delete(scoring_standard).where(this)).rowcount:
        raise StaleTask(CHANGED)


def check_standards(
    tx: Transaction, actor: Actor, task: TaskContext, values: dict[str, object]
) -> Mapping[str, object]:
    """The hook of 设置评分标准: every group has exactly one standard of its own, or the one for all. Raises `InvalidInput`."""
    held = standards_of(tx, task.case_key)
    problems = item_problems(tx, task.case_key, held)
    everybody = [one for one in held if not one["groups"]]
    if not held:
        problems["name"] = ["请先添加评分标准"]
    elif len(everybody) > 1:
        problems["groups"] = ["适用全部分组的标准只能有一个，请为其他标准选择分组"]
    for group in groups_of(tx, task.case_key):
        own = [one for one in held if group["id"] in one["groups"]]
        if len(own) > 1:
            problems[f"group[{group['id']}]"] = [f"“{group['name']}”有 {len(own)} 个标准，只能用一个"]
        elif held and not own and not everybody:
            problems[f"group[{group['id']}]"] = [f"“{group['name']}”还没有评分标准"]
    if problems:
        raise InvalidInput("评分标准还不完整，请补充后再提交。", problems)
    _set_state(tx, task.case_key, StandardState.SUBMITTED)
    return values


def confirm_standards(
    tx: Transaction, actor: Actor, task: TaskContext, values: dict[str, object]
) -> Mapping[str, object]:
    """The hook of 评分标准确认: confirmed as they are, or returned to the office."""
    if task.outcome == "approve":
        _set_state(tx, task.case_key, StandardState.CONFIRMED, confirmed_by=actor.login, confirmed_at=tx.now)
    else:
        _set_state(tx, task.case_key, StandardState.RETURNED)
    return values


def _set_state(tx: Transaction, meeting: int, state: StandardState, **more: Any) -> None:
    tx.execute(sa.update(scoring_standard).where(s.meeting == meeting).values(state=state, **more))


def _open(tx: Transaction, actor: Actor, meeting: int) -> Meeting:
    held = editable_meeting(tx, actor, meeting)
    if not any(one.row["element_id"] == STEP for one in case_tasks(tx, actor, meeting)):
        raise Refused("评分标准现在不能修改：还没有到这一步，或者已提交主任确认。")
    return held


def _columns(tx: Transaction, meeting: int, fields: StandardFields, standard: int | None) -> dict[str, Any]:
    problems = _problems(fields)
    known = {one["id"] for one in groups_of(tx, meeting)}
    if not known.issuperset(fields.groups):
        problems["groups"] = ["所选分组已经不在了，请刷新后再选"]
    if standard is not None and all(one["id"] != standard for one in standards_of(tx, meeting)):
        raise NotFound("这个标准已被删除，请刷新后查看。")
    if problems:
        raise InvalidInput(fields=problems)
    return {
        "name": fields.name.strip(),
        "groups": list(fields.groups),
        "items": [_item(number, item) for number, item in enumerate(fields.items, 1)],
        "lowest": fields.lowest,
        "anonymous": fields.anonymous,
    }


def _problems(fields: StandardFields) -> dict[str, list[str]]:
    problems: dict[str, list[str]] = {}
    if not 1 <= len(fields.name.strip()) <= LONGEST_NAME:
        problems["name"] = [f"请填写标准名称，最多 {LONGEST_NAME} 个字"]
    if not fields.items:
        problems["item_0"] = ["请至少填写一个评分项目"]
    elif len(fields.items) > MOST_ITEMS:
        problems["item_0"] = [f"评分项目最多 {MOST_ITEMS} 个"]
    names: set[str] = set()
    for number, item in enumerate(fields.items):
        name = item.name.strip()
        if not 1 <= len(name) <= LONGEST_ITEM:
            problems[f"item_{number}"] = [f"第 {number + 1} 项：请填写项目名称，最多 {LONGEST_ITEM} 个字"]
        elif name in names:
            problems[f"item_{number}"] = [f"第 {number + 1} 项：项目“{name}”已经有了"]
        names.add(name)
        if not 0 < item.points <= MOST_POINTS:
            problems[f"points_{number}"] = [f"第 {number + 1} 项：分值应在 0 和 {MOST_POINTS} 之间"]
        if not 0 < item.weight <= HEAVIEST:
            problems[f"weight_{number}"] = [f"第 {number + 1} 项：权重应大于 0、不超过 1000%"]
        if len(item.guide) > LONGEST_GUIDE:
            problems[f"guide_{number}"] = [f"第 {number + 1} 项：评分要点最多 {LONGEST_GUIDE} 个字"]
    total = sum((item.points * item.weight for item in fields.items), Decimal(0))
    if fields.items and total != WHOLE and not problems:
        problems["weight_0"] = [f"各项分值乘以权重的合计应为 100 分，现为 {total.normalize():f} 分"]
    if not 0 <= fields.lowest <= WHOLE:
        problems["lowest"] = ["最低分应在 0 和 100 之间"]
    return problems


def _item(number: int, item: Item) -> dict[str, Any]:
    return {
        "key": f"item_{number}",
        "name": item.name.strip(),
        "points": item.points,
        "weight": item.weight,
        "guide": item.guide.strip(),
        "kind": "number",
    }


def first_items() -> Sequence[Item]:
    """What a new standard begins with."""
    return [Item(name, Decimal(100), Decimal(weight), guide) for name, weight, guide in FIRST_ITEMS]


_UNCONFIRMED: Mapping[str, Any] = {"confirmed_by": None, "confirmed_at": None}
