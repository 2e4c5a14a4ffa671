"""The tree of units: opening one under another, and moving one with all that lies below it (catalogue U1–U3)."""

from dataclasses import asdict, dataclass

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from engine.access import Actor, Permission, authorize, in_scope, unit_ancestor
from engine.db import Transaction
from engine.errors import InvalidInput, NotFound, Refused
from engine.organisation.events import record
from engine.organisation.tables import RecommendationMode, State, unit
from engine.reference import CodeBook
from engine.reference.check_digits import check_credit_code, check_registry_code, tidy_code


@dataclass(frozen=True, slots=True)
class UnitFields:
    """The fields of 新增 besides 上级机构, in the manual's order (U3), and the settings of Q31, J24 and Q34.

    Choices are values of code lists.
    """

    code: str
    region: str
    name: str
    category: str
    nature: str
    industry: str
    responsible_person: str
    economic_type: str = ""
    may_create_committee: bool = False
    may_form_committee: bool = False
    credit_code: str = ""
    registry_code: str = ""
    contact_person: str = ""
    contact_phone: str = ""
    fax: str = ""
    email: str = ""
    postcode: str = ""
    address: str = ""
    leader_review: bool = True
    is_agency: bool = False
    recommendation_mode: RecommendationMode = RecommendationMode.ROUND


REQUIRED = ("code", "region", "name", "category", "nature", "industry", "responsible_person")
#: U3; a telephone's limit counts neither hyphens nor spaces (Q40)
LIMITS = {
    "code": 4,
    "name": 100,
    "credit_code": 50,
    "registry_code": 50,
    "contact_person": 20,
    "contact_phone": 12,
    "fax": 20,
    "email": 100,
    "postcode": 20,
    "address": 100,
    "responsible_person": 50,
}
LISTS = {
    "region": "region",
    "category": "organisation_category",
    "nature": "organisation_nature",
    "industry": "industry",
    "economic_type": "economic_type",
}
#: the category of units that stand in for employers that are not public (J24)
AGENCY = "agency"
TAKEN = "该代码已被同一上级的其他机构使用，请换一个"


def create_unit(tx: Transaction, actor: Actor, book: CodeBook, parent: int, fields: UnitFields) -> int:
    """Open a unit under `parent`, which must lie in the actor's subtree; returns its id.

    Raises `InvalidInput` with a sentence per field, `NotFound` for a superior the actor does not see. A unit's rights to create and
    to form committees are never wider than its superior's (Q5); its code is one segment, unique among siblings (Q4).
    """
    authorize(actor, Permission.UNITS_MANAGE)
    superior = find_unit(tx, actor, parent)
    fields = _tidy(fields)
    problems = _problems(fields, book)
    problems.update(_wider(fields.may_create_committee, fields.may_form_committee, superior))
    if problems:
        raise InvalidInput(fields=problems)
    key = insert_unit(tx, fields, parent)
    record(tx, actor, "unit:created", unit=key)
    return key


def insert_unit(tx: Transaction, fields: UnitFields, parent: int | None) -> int:
    """Write the unit and its line of ancestors, without asking anybody: for `create_unit` and the first units of a province."""
    key = tx.next_key()
    empty = {name: None for name, value in asdict(fields).items() if value == ""}
    row = {**asdict(fields), **empty, "id": key, "parent": parent, "state": State.ACTIVE, "created_at": tx.now}
    try:
        with tx.savepoint():
            tx.execute(sa.insert(unit).values(**row))
    except IntegrityError:
        raise InvalidInput(fields={"code": [TAKEN]}) from None
    tx.insert(unit_ancestor, ancestor=key, unit=key, distance=0)
    if parent is not None:
        above = unit_ancestor.alias("above")
        tx.execute(
            sa.insert(unit_ancestor).from_select(
                ["ancestor", "unit", "distance"],
                sa.select(above.c.ancestor, sa.literal(key), above.c.distance + 1).where(above.c.unit == parent),
            )
        )
    return key


def move_unit(tx: Transaction, actor: Actor, unit_id: int, new_parent: int) -> None:
    """Put a unit with its whole subtree under another superior.

    Only the lines of ancestors are rewritten, in this transaction; cases, groups and roles keep naming the unit itself. Raises
    `Refused` where the new superior lies below the unit, has fewer rights, or already has its code.
    """
    authorize(actor, Permission.UNITS_MANAGE)
    # moves wait for each other: two at once could put two units below one another
    tx.execute(sa.select(unit.c.id).where(unit.c.parent.is_(None)).with_for_update())
    moving = find_unit(tx, actor, unit_id)
    superior = find_unit(tx, actor, new_parent)
    below = sa.select(unit_ancestor.c.unit).where(unit_ancestor.c.ancestor == unit_id)
    if moving.parent is None:
        raise Refused("最上级单位不能移动。")
    if tx.value(sa.select(sa.literal(new_parent).in_(below))):
        raise Refused("不能移到自己或自己的下级机构之下，请另选上级机构。")
    wider = _wider(moving.may_create_committee, moving.may_form_committee, superior)
    if wider:
        raise Refused(f"{next(iter(wider.values()))[0]}，请先调整权限再移动。")
    try:
        with tx.savepoint():
            tx.execute(sa.update(unit).where(unit.c.id == unit_id).values(parent=new_parent))
    except IntegrityError:
        raise Refused("新的上级机构下已有相同的机构代码，请先修改机构代码。") from None
    _rewrite_ancestors(tx, unit_id, new_parent)
    record(tx, actor, "unit:moved", unit=unit_id, detail={"from": moving.parent, "to": new_parent})


def _rewrite_ancestors(tx: Transaction, unit_id: int, new_parent: int) -> None:
    above, below = unit_ancestor.alias("above"), unit_ancestor.alias("below")
    inside = set(tx.execute(sa.select(below.c.unit).where(below.c.ancestor == unit_id)).scalars())
    tx.execute(
        sa.delete(unit_ancestor).where(unit_ancestor.c.unit.in_(inside), unit_ancestor.c.ancestor.not_in(inside))
    )
    tx.execute(
        sa.insert(unit_ancestor).from_select(
            ["ancestor", "unit", "distance"],
            sa.select(above.c.ancestor, below.c.unit, above.c.distance + below.c.distance + 1)
            .select_from(above.join(below, below.c.ancestor == unit_id))
            .where(above.c.unit == new_parent),
        )
    )


def find_unit(tx: Transaction, actor: Actor, unit_id: int) -> sa.Row[tuple[object, ...]]:
    """The unit's row. Raises `NotFound` where it is not in the actor's subtree."""
    row = tx.row(sa.select(unit).where(unit.c.id == unit_id, in_scope(actor, unit.c.id)))
    if row is None:
        raise NotFound
    return row


def _tidy(fields: UnitFields) -> UnitFields:
    text = {name: value.strip() for name, value in asdict(fields).items() if isinstance(value, str)}
    text["code"] = text["code"].upper()
    text["credit_code"] = tidy_code(text["credit_code"])
    text["registry_code"] = tidy_code(text["registry_code"])
    return UnitFields(**{**asdict(fields), **text})


def _problems(fields: UnitFields, book: CodeBook) -> dict[str, list[str]]:
    values: dict[str, str] = {name: value for name, value in asdict(fields).items() if isinstance(value, str)}
    problems: dict[str, list[str]] = {}
    for name in REQUIRED:
        if not values[name]:
            problems[name] = ["请填写此项"]
    for name, limit in LIMITS.items():
        counted = values[name].replace("-", "").replace(" ", "") if name in {"contact_phone", "fax"} else values[name]
        if len(counted) > limit:
            problems[name] = [f"最多 {limit} 个字符，现有 {len(counted)} 个"]
    for name, code_list in LISTS.items():
        if values[name] and book.find(code_list, values[name]) is None:
            problems[name] = ["请在列出的选项中选择"]
    if values["code"] and not (values["code"].isascii() and values["code"].isalnum()):
        problems["code"] = ["机构代码由 1 至 4 位数字或字母组成"]
    for name, check, label in (
        ("credit_code", check_credit_code, "统一社会信用代码"),
        ("registry_code", check_registry_code, "组织机构代码"),
    ):
        problem = check(values[name]) if values[name] else None
        if problem:
            problems[name] = [f"{label}{problem}"]
    if values["email"] and "@" not in values["email"].strip("@"):
        problems["email"] = ["电子邮箱应形如 name@example.com"]
    return problems


def _wider(create: bool, form: bool, superior: sa.Row[tuple[object, ...]]) -> dict[str, list[str]]:
    problems: dict[str, list[str]] = {}
    if create and not superior.may_create_committee:
        problems["may_create_committee"] = ["上级机构没有评委会创建权，不能授予下级"]
    if form and not superior.may_form_committee:
        problems["may_form_committee"] = ["上级机构没有评委会组建权，不能授予下级"]
    return problems
