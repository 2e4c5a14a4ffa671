"""批量新增专家 (K4): a workbook for one pool; every row is judged, and either all of them come in or none."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from engine.access import Actor
from engine.clock import local
from engine.committee.adding import Added, Known, known_of, problems_among, write_experts
from engine.committee.expert_fields import NewExpert, Rules, rules_for
from engine.committee.keeping import find_pool
from engine.committee.terms import years_later
from engine.committee.vetting_batch import start_asking
from engine.db import Transaction
from engine.document.workbooks import Column, Row, read_rows, template, write_workbook
from engine.errors import InvalidInput
from engine.reference import CodeBook

MOST_ROWS = 5_000
NOTES = (
    "每行一名专家。标题不要修改，列的顺序可以调整，不需要的选填列可以删去。",
    "证件号码、手机号码请按文本填写；日期写作 2026-06-30。",
    "任何一行有误，整份表格都不导入；按页面列出的原因改好后重新上传。",
    "聘期起不填的为导入当天；聘期止不填的，为最长的一届。",
)

#: the columns with a list
DAYS = {"term_from": "聘期起", "term_until": "聘期止"}
LISTED = {"identity_type": "证件类型", "specialty": "可评专业", "title_level": "现职称等级"}


@dataclass(frozen=True, slots=True)
class Checked:
    """A row of the workbook, and what is wrong with it by column."""

    number: int
    values: Mapping[str, str]
    fields: NewExpert
    problems: Mapping[str, list[str]] = field(default_factory=dict)

    @property
    def sentences(self) -> list[str]:
        return [text for found in self.problems.values() for text in found]


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of it: the experts, and the batch that asks the new ones for their profiles, if there are any."""

    added: Sequence[Added]
    batch: int | None


def columns_for(rules: Rules) -> list[Column]:
    """The columns of the workbook of a pool, with its lists."""
    return [
        Column("name", "姓名", "最多 50 个字符。", required=True),
        Column(
            "identity_type",
            "证件类型",
            "从下拉列表选择；不填的为居民身份证。",
            choices=tuple(rules.identity_types.values()),
            width=22,
        ),
        Column("identity_number", "证件号码", "即登录名；身份证按校验位核对。", required=True, width=22),
        Column("phone", "手机号码", "11 位。", required=True, width=16),
        Column("workplace", "工作单位", "单位全称，最多 100 个字符。", required=True, width=36),
        Column(
            "specialty",
            "可评专业",
            "从下拉列表选择，须在本评委会的评审范围内。",
            required=True,
            choices=tuple(rules.specialties.values()),
            width=24,
        ),
        Column(
            "title_level",
            "现职称等级",
            "从下拉列表选择。",
            required=True,
            choices=tuple(rules.levels.values()),
            width=16,
        ),
        Column("term_from", "聘期起", "如 2026-06-30；不填的为导入当天。", width=14),
        Column("term_until", "聘期止", f"最长 {rules.term_years} 年；不填的取最长。", width=14),
    ]


def pool_template(tx: Transaction, actor: Actor, book: CodeBook, committee_id: int) -> bytes:
    """下载模板: an empty workbook with drop-downs and a sheet that explains each column. Raises `NotFound`."""
    find_pool(tx, actor, committee_id)
    return template(columns_for(rules_for(tx, book, committee_id)), NOTES, title="专家")


def read_experts(tx: Transaction, actor: Actor, book: CodeBook, committee_id: int, data: bytes) -> list[Checked]:
    """The rows of a workbook for a pool, each with what is wrong with it. Raises `InvalidInput` for a file that is no such workbook."""
    find_pool(tx, actor, committee_id, to_change=True)
    rules = rules_for(tx, book, committee_id)
    rows = read_rows(data, columns_for(rules), most=MOST_ROWS)
    today = local(tx.now).date()
    fields = [_fields(row, rules, today) for row in rows]
    return list(_judged(rows, fields, rules, known_of(tx, committee_id, fields)))


def _unread(row: Row, one: NewExpert) -> dict[str, list[str]]:
    """What was typed and says nothing: what is in no list, what is no day."""
    typed = {name: row.values[name] for name in (*LISTED, *DAYS) if row.values[name] and not getattr(one, name)}
    return {
        name: [
            f"“{text}”不在“{LISTED[name]}”的下拉选项中，请从列表选择"
            if name in LISTED
            else f"{DAYS[name]}“{text}”不是日期，请写作 2026-06-30"
        ]
        for name, text in typed.items()
    }


def _fields(row: Row, rules: Rules, today: date) -> NewExpert:
    given = row.values
    begin = _day(given["term_from"]) if given["term_from"] else today
    end = _day(given["term_until"])
    if not given["term_until"] and begin is not None:
        end = years_later(begin, rules.term_years, -1)
    return NewExpert(
        name=given["name"],
        identity_type=_value(rules.identity_types, given["identity_type"]) if given["identity_type"] else "01",
        identity_number=given["identity_number"],
        phone=given["phone"],
        workplace=given["workplace"],
        specialty=_value(rules.specialties, given["specialty"]),
        title_level=_value(rules.levels, given["title_level"]),
        term_from=begin,
        term_until=end,
    ).tidy()


def _value(labels: Mapping[str, str], label: str) -> str:
    """The value of a label, also where it is typed without what stands in brackets at its end: 居民身份证."""
    return next((value for value, words in labels.items() if label in (words, words.partition("（")[0])), "")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.replace("/", "-").replace(".", "-"))
    except ValueError:
        return None


def _judged(rows: Sequence[Row], fields: Sequence[NewExpert], rules: Rules, known: Known) -> Iterator[Checked]:
    seen: dict[tuple[str, str], int] = {}
    for row, one in zip(rows, fields, strict=True):
        problems = {**problems_among(one, rules, known), **_unread(row, one)}
        if one.term_from is None and not row.values["term_until"]:
            problems.pop("term_until", None)
        document = (one.identity_type, one.identity_number)
        if document in seen and one.identity_number:
            problems["identity_number"] = [f"与第 {seen[document]} 行重复"]
        seen.setdefault(document, row.number)
        yield Checked(row.number, row.values, one, problems)


def import_experts(
    tx: Transaction, actor: Actor, book: CodeBook, committee_id: int, data: bytes, *, password_hash: str, title: str
) -> Imported:
    """Take every expert of a workbook into a pool, in this one transaction; the new ones are asked for their profiles by a batch.

    Raises `InvalidInput` where one row is wrong: then nothing is written.
    """
    rows = read_experts(tx, actor, book, committee_id, data)
    wrong = sum(bool(row.problems) for row in rows)
    if wrong:
        raise InvalidInput(f"有 {wrong} 行需要修改，整份表格都没有导入；请按下列原因修改后重新上传。")
    pool = find_pool(tx, actor, committee_id, to_change=True)
    fields = [row.fields for row in rows]
    rules, known = rules_for(tx, book, committee_id), known_of(tx, committee_id, fields)
    added = write_experts(tx, actor, pool, rules, fields, known, password_hash)
    new = {
        one.expert: f"第 {row.number} 行　{row.fields.name}"
        for one, row in zip(added, rows, strict=True)
        if not one.known
    }
    if not new:
        return Imported(added, None)
    return Imported(added, start_asking(tx, actor, new, unit=pool.forming_unit, title=title))


def report(rows: Sequence[Checked], rules: Rules) -> bytes:
    """The workbook again with a column that says what is wrong with each row, to be mended and uploaded anew."""
    columns = [*columns_for(rules), Column("problems", "需要修改", width=60)]
    return write_workbook(columns, ({**row.values, "problems": "；".join(row.sentences)} for row in rows), title="专家")
