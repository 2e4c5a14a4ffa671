"""Many units from a workbook: its columns, what is wrong with its rows, importing them all together or row by row."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.access import Actor, Permission, authorize
from engine.clock import local
from engine.db import Transaction
from engine.document.workbooks import Column, Row, read_rows, template
from engine.errors import InvalidInput
from engine.organisation.import_rows import LOGIN_TAKEN, TITLES_STAY, Checked, start_rows, taken_logins
from engine.organisation.queries import full_code
from engine.organisation.sessions import normal_login
from engine.organisation.tables import RecommendationMode, State, unit
from engine.organisation.unit_fields import LIMITS, LISTS, UnitFields, problems_of, tidy_fields, wider_than
from engine.organisation.unit_opening import Opened, open_unit
from engine.organisation.unit_tree import within
from engine.organisation.units import TAKEN
from engine.reference import CodeBook, CodeLists

#: the kind of batch that imports row by row
UNIT_IMPORT = "unit_import"
#: so many rows are imported together, in one transaction nobody else waits for too long
MOST_TOGETHER = 500
MOST_ROWS = 20_000
YES, NO = "是", "否"
MODES = {"组织推荐": RecommendationMode.ROUND, "直接上报": RecommendationMode.DIRECT}
NOTES = (
    f"每行一个机构。{TITLES_STAY}",
    "上级机构可以是系统中已有的机构，也可以是同一表格中排在前面的行。",
)


@dataclass(frozen=True, slots=True)
class CheckedUnit(Checked):
    """A row with the name of the unit it would open, under the unit of the code `superior`."""

    name: str = ""
    superior: str = ""

    @property
    def sentences(self) -> list[str]:
        """What is wrong, with the column it is about."""
        return sentences_of(self.problems)


def sentences_of(problems: Mapping[str, list[str]]) -> list[str]:
    """What is wrong, each with the column it is about."""
    titles = {column.name: column.title for column in columns_of(None)}
    return [f"{titles.get(name, name)}：{text}" for name, found in problems.items() for text in found]


def columns_of(book: CodeBook | None) -> list[Column]:
    """The columns of the workbook, the required ones marked; with a book also the choices."""
    lists = {name: _labels(book, LISTS[name]) if book else () for name in LISTS}
    yes_no = (YES, NO)
    return [
        Column("superior", "上级机构代码", "上级的完整机构代码，如 0001-0101；不填则为您所在的机构。", width=22),
        Column("code", "机构代码", "1 至 4 位数字或字母，同一上级下不重复。", required=True, width=10),
        Column("name", "机构名称", "最多 100 个字符。", required=True, width=36),
        Column("region", "所属区域", "从下拉列表选择。", required=True, choices=lists["region"], width=22),
        Column("category", "机构单位类别", "从下拉列表选择。", required=True, choices=lists["category"], width=18),
        Column("nature", "机构单位性质", "从下拉列表选择。", required=True, choices=lists["nature"], width=18),
        Column("economic_type", "用人单位经济类型", "从下拉列表选择。", choices=lists["economic_type"], width=18),
        Column("may_create_committee", "评委会创建权", "是或否，不填为否；不能超出上级。", choices=yes_no),
        Column("may_form_committee", "评委会组建权", "是或否，不填为否；不能超出上级。", choices=yes_no),
        Column("industry", "所属行业", "从下拉列表选择。", required=True, choices=lists["industry"], width=22),
        Column("credit_code", "统一社会信用代码", "18 位，按校验位核对。", width=22),
        Column("registry_code", "组织机构代码", "9 位，按校验位核对。", width=14),
        Column("contact_person", "联系人", f"最多 {LIMITS['contact_person']} 个字符。"),
        Column("contact_phone", "联系电话", "最多 12 位，短横和空格不计。"),
        Column("fax", "传真", "最多 20 位，短横和空格不计。"),
        Column("email", "电子邮箱", "形如 name@example.com。", width=24),
        Column("postcode", "邮政编码", "最多 20 个字符。", width=10),
        Column("address", "通讯地址", "最多 100 个字符。", width=36),
        Column("responsible_person", "分管人", "最多 50 个字符。", required=True),
        Column("leader_review", "单位领导审核", "是或否，不填为是。", choices=yes_no),
        Column("is_agency", "代理机构", "是或否，不填为否。", choices=yes_no),
        Column("recommendation_mode", "推荐方式", "不填为组织推荐。", choices=tuple(MODES)),
        Column("login", "管理员登录名", "不填则用完整机构代码。", width=22),
    ]


def unit_template(book: CodeBook) -> bytes:
    """The empty workbook with its drop-downs and notes."""
    return template(columns_of(book), NOTES, title="机构")


def read_units(tx: Transaction, actor: Actor, book: CodeBook, data: bytes) -> list[CheckedUnit]:
    """The rows of a workbook with what is wrong with each, in a handful of statements however many rows.

    Raises `InvalidInput` for a file that is no such workbook, and `NotAllowed`.
    """
    authorize(actor, Permission.UNITS_MANAGE)
    own = full_code(tx, actor.unit) if actor.unit is not None else ""
    rows = read_rows(data, columns_of(None), most=MOST_ROWS)
    known = units_by_code(tx, actor, {_superior(row.values, own) for row in rows})
    return list(_checked(tx, book, rows, known, own))


def _checked(
    tx: Transaction, book: CodeBook, rows: Sequence[Row], known: dict[str, Any], own: str
) -> Iterable[CheckedUnit]:
    below = _codes_below(tx, {row.id for row in known.values()})
    taken = {f"{code}-{lower}" for code, row in known.items() for lower in below.get(row.id, ())}
    logins = taken_logins(tx, [_login(row.values, _superior(row.values, own)) for row in rows])
    chooser = Chooser(book)
    for row in rows:
        superior = _superior(row.values, own)
        problems = chooser.problems(row.values)
        fields = tidy_fields(chooser.fields(row.values))
        problems = {**problems_of(fields, book), **problems}
        above = known.get(superior)
        code = f"{superior}-{fields.code}"
        if above is None:
            problems["superior"] = [f"没有找到代码为 {superior} 的上级机构，或者它不在您的管理范围内"]
        elif above.state != State.ACTIVE:
            problems["superior"] = ["上级机构已停用或撤销"]
        else:
            problems.update(wider_than(above, create=fields.may_create_committee, form=fields.may_form_committee))
        if code in taken:
            problems["code"] = [TAKEN]
        login = _login(row.values, superior)
        if login in logins:
            problems["login"] = [LOGIN_TAKEN]
        taken.add(code)
        logins.add(login)
        if above is not None and not problems:
            known[code] = NewUnit(0, State.ACTIVE, fields.may_create_committee, fields.may_form_committee)
        yield CheckedUnit(row.number, dict(row.values), problems, fields.name, superior)


@dataclass(frozen=True, slots=True)
class NewUnit:
    """A unit an earlier row will have opened, as far as the rows below it ask."""

    id: int
    state: State
    may_create_committee: bool
    may_form_committee: bool


class Chooser:
    """Reads labels as values of code lists: 医疗卫生机构 is `hospital`."""

    def __init__(self, book: CodeBook) -> None:
        self._values = {
            name: {label: value for value, label in _pairs(book, code_list)} for name, code_list in LISTS.items()
        }

    def problems(self, values: Mapping[str, str]) -> dict[str, list[str]]:
        """What is in no list, by column."""
        found = {
            name: ["请从模板的下拉列表中选择"]
            for name, known in self._values.items()
            if values[name] and values[name] not in known
        }
        for name in ("may_create_committee", "may_form_committee", "leader_review", "is_agency"):
            if values[name] not in {"", YES, NO}:
                found[name] = ["请填写是或否"]
        if values["recommendation_mode"] not in {"", *MODES}:
            found["recommendation_mode"] = ["请填写组织推荐或直接上报"]
        return found

    def fields(self, values: Mapping[str, str]) -> UnitFields:
        """The fields of a row; what is in no list stays out."""
        text = {name: values[name] for name in LIMITS}
        chosen = {name: known.get(values[name], "") for name, known in self._values.items()}
        return UnitFields(
            **{**text, **chosen},
            may_create_committee=values["may_create_committee"] == YES,
            may_form_committee=values["may_form_committee"] == YES,
            leader_review=values["leader_review"] != NO,
            is_agency=values["is_agency"] == YES,
            recommendation_mode=MODES.get(values["recommendation_mode"], RecommendationMode.ROUND),
        )


def import_together(
    tx: Transaction, actor: Actor, book: CodeBook, rows: Sequence[CheckedUnit], *, password_hash: str
) -> list[Opened]:
    """Open all units with their administrators' accounts, or none. Raises `InvalidInput` where a row is wrong or there are
    too many for one transaction."""
    if len(rows) > MOST_TOGETHER:
        raise InvalidInput(
            f"一次完整导入最多 {MOST_TOGETHER} 行，现有 {len(rows)} 行；请改用逐行导入，或者分成几个文件。"
        )
    wrong = [row for row in rows if row.problems]
    if wrong:
        raise InvalidInput(f"有 {len(wrong)} 行有误，没有导入任何机构，请修改后重新上传。")
    chooser = Chooser(book)
    opened = []
    for row in rows:
        try:
            opened.append(_open(tx, actor, book, chooser, row.values, password_hash))
        except InvalidInput as problem:
            said = "；".join(sentences_of(problem.fields)) or problem.message
            raise InvalidInput(f"第 {row.number} 行：{said}。没有导入任何机构。") from problem
    return opened


def start_import(
    tx: Transaction, actor: Actor, rows: Sequence[CheckedUnit], *, password_hash: str, title: str, command_key: str
) -> int:
    """Import row by row in the background: what is right is opened, what is wrong says why; the batch's key."""
    authorize(actor, Permission.UNITS_MANAGE)
    return start_rows(
        tx,
        actor,
        UNIT_IMPORT,
        rows,
        lambda row: row.name,
        password_hash=password_hash,
        title=title,
        command_key=command_key,
    )


def import_item(tx: Transaction, actor: Actor, params: Any, item: Any) -> dict[str, Any]:
    """One row of the batch."""
    book = tx.service(CodeLists).book(tx, local(tx.now).year)
    chooser = Chooser(book)
    try:
        problems = chooser.problems(item["values"])
        if problems:
            raise InvalidInput(fields=problems)
        opened = _open(tx, actor, book, chooser, item["values"], params["password_hash"])
    except InvalidInput as problem:
        raise InvalidInput("；".join(sentences_of(problem.fields)) or problem.message) from problem
    return {"unit": opened.unit, "login": opened.login}


def _open(
    tx: Transaction,
    actor: Actor,
    book: CodeBook,
    chooser: Chooser,
    values: Mapping[str, str],
    password_hash: str,
) -> Opened:
    own = full_code(tx, actor.unit) if actor.unit is not None else ""
    superior = _superior(values, own)
    above = units_by_code(tx, actor, {superior}).get(superior)
    if above is None:
        raise InvalidInput(fields={"superior": [f"没有找到代码为 {superior} 的上级机构，或者它不在您的管理范围内"]})
    fields = chooser.fields(values)
    return open_unit(tx, actor, book, above.id, fields, password_hash=password_hash, login=values["login"])


def units_by_code(tx: Transaction, actor: Actor, codes: Iterable[str]) -> dict[str, Any]:
    """The units of these full codes that lie in the actor's subtree: a statement for each level of the tree."""
    wanted = {tuple(code.split("-")) for code in codes if code}
    found: dict[str, Any] = {}
    above: dict[int | None, tuple[str, ...]] = {None: ()}
    for level in range(1, max(map(len, wanted), default=0) + 1):
        heads = {code[:level] for code in wanted if len(code) >= level}
        parents = [key for key in above if key is not None]
        place = unit.c.parent.in_(parents) if parents else unit.c.parent.is_(None)
        columns = (
            unit.c.id,
            unit.c.parent,
            unit.c.code,
            unit.c.state,
            unit.c.may_create_committee,
            unit.c.may_form_committee,
            within(actor, unit.c.id).label("seen"),
        )
        rows = tx.rows(sa.select(*columns).where(place, unit.c.code.in_(sorted({head[-1] for head in heads}))))
        lines = {row.id: (*above[row.parent], row.code) for row in rows}
        found |= {"-".join(lines[row.id]): row for row in rows if row.seen and lines[row.id] in wanted}
        above = {key: line for key, line in lines.items() if line in heads}
        if not above:
            break
    return found


def _superior(values: Mapping[str, str], own: str) -> str:
    return values["superior"].upper() or own


def _login(values: Mapping[str, str], superior: str) -> str:
    return normal_login(values["login"] or f"{superior}-{values['code']}")


def _codes_below(tx: Transaction, parents: set[int]) -> dict[int, set[str]]:
    taken: dict[int, set[str]] = {}
    for row in tx.rows(sa.select(unit.c.parent, unit.c.code).where(unit.c.parent.in_(sorted(parents)))):
        taken.setdefault(row.parent, set()).add(row.code)
    return taken


def _pairs(book: CodeBook, name: str) -> list[tuple[str, str]]:
    """Value and label of what may be chosen; regions with the names of those they lie in."""
    if name == "region":
        codes = [code for code in book.codes(name) if code.active]
        return [(code.value, book.path_label(name, code.value).removeprefix("河北省") or code.label) for code in codes]
    return [(code.value, code.label) for code in book.codes(name) if code.active]


def _labels(book: CodeBook, name: str) -> tuple[str, ...]:
    return tuple(label for _, label in _pairs(book, name))
