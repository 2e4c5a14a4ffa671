"""Declarations by the hundred thousand, written past the interpreter: only to measure lists on. No case stands behind them."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import Any

import sqlalchemy as sa

from engine.access import unit_ancestor
from engine.db import Database, Transaction
from engine.declaration.tables import declaration, declaration_review
from engine.flow.tables import TaskState, task
from engine.organisation.tables import unit
from engine.reference import CodeBook

#: far above every key that is handed out meanwhile
FIRST_KEY = 1 << 51
SENT = 5000
#: how many in a hundred wait at which place of the way: with the applicant, then officer and leader of each level, then done
SHARES = (6, 12, 6, 14, 8, 20, 4, 30)
#: (level, role) of the places 1 to 6
PLACES = [(level, role) for level in ("unit", "department", "top") for role in ("case_officer", "unit_leader")]
STATUSES = (
    "草稿",
    "待经办人审核",
    "待领导审核",
    "待上级经办人审核",
    "待上级领导审核",
    "待上级经办人审核",
    "待上级领导审核",
    "待评委会",
)
SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜"
    "范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
GIVEN = (
    "伟芳娜秀敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英华玉兰梅建国红志海燕波辉斌鹏飞宇浩凯健俊帆雪琳琪悦欣怡佳慧颖婷晨阳旭东升春"
    "生文博学思远子涵一诺雨泽天佑安宁和平嘉瑞祥云龙虎山川河流林森木水清泉石玉金银铜"
)
PLACE_NAMES = "东西南北中华新安平昌兴盛德明光远长宁永清临海江河湖山石白青云龙凤"
KINDS = ("大学", "师范大学", "医科大学", "理工大学", "农业大学", "职业技术学院", "师范学院", "财经大学")


@dataclass(frozen=True, slots=True)
class BulkUnit:
    id: int
    name: str
    department: int


def insert_declarations(
    tx: Transaction, book: CodeBook, *, top: int, between: int, pattern: int, year: int, count: int
) -> None:
    """So many declarations of so many applicants, in units of 100 on average, 30 units below each department.

    `top` is the title office, `between` a unit below it under which every fifth department hangs, `pattern` a unit whose
    columns the new ones take over. The same each time.
    """
    draw = random.Random(year)  # noqa: S311 - nothing secret is drawn
    units = _insert_units(tx, top, between, pattern, departments=max(1, count // 3000))
    rows = _rows(tx, book, draw, units, year, count)
    while chunk := list(islice(rows, SENT)):
        tx.execute(sa.insert(declaration), chunk)
    for place in range(1, len(SHARES)):
        _insert_reviews(tx, top, place)
    _insert_tasks(tx, pattern)
    tx.execute(sa.text("ANALYZE"))


def settle(database: Database) -> None:
    """What PostgreSQL does by itself some minutes after so many rows have come: without it no index answers alone."""
    if not database.is_sqlite:
        with database.writer.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text("VACUUM ANALYZE"))


def _insert_units(tx: Transaction, top: int, between: int, pattern: int, departments: int) -> list[BulkUnit]:
    like = tx.row(sa.select(unit).where(unit.c.id == pattern))
    assert like is not None
    rows, lines, made = [], [], []
    for number in range(departments):
        department = FIRST_KEY + number * 100
        above_it = [between, top] if number % 5 == 0 else [top]
        tree = [(department, above_it[0], f"测试主管部门{number:03d}")]
        tree += [(department + at, department, f"测试主管部门{number:03d}第{at:02d}单位") for at in range(1, 31)]
        for key, parent, name in tree:
            code = f"{_base36(number):>02}{_base36(key - department):>02}"
            rows.append({**like._mapping, "id": key, "parent": parent, "name": name, "code": code})
            above = [key, *above_it] if key == department else [key, department, *above_it]
            lines += [{"ancestor": one, "unit": key, "distance": far} for far, one in enumerate(above)]
            if parent == department:
                made.append(BulkUnit(key, name, department))
    tx.execute(sa.insert(unit), rows)
    tx.execute(sa.insert(unit_ancestor), lines)
    return made


def _base36(number: int) -> str:
    digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return digits[number // 36 % 36] + digits[number % 36]


def _rows(
    tx: Transaction, book: CodeBook, draw: random.Random, units: Sequence[BulkUnit], year: int, count: int
) -> Iterator[dict[str, Any]]:
    schools = [f"{a}{b}{kind}" for a in PLACE_NAMES for b in PLACE_NAMES for kind in KINDS]
    titles = _weighted(draw, [code for code in book.codes("title_name") if code.parent])
    series = {code.value: code.parent for code in book.codes("title_series")}
    specialties: dict[str, list[str]] = {}
    for code in book.codes("specialty"):
        specialties.setdefault(code.parent or "", []).append(code.value)
    regions = [code.value for code in book.codes("region") if not code.value.endswith("00")]
    majors = _weighted(draw, [code.value for code in book.codes("major")])
    routes = ["regular"] * 90 + [code.value for code in book.codes("declaration_route")]
    educations = [*["21"] * 60, *["14"] * 25, *["31"] * 10, *(code.value for code in book.codes("education_level"))]
    weighted_schools = _weighted(draw, schools)
    for number in range(count):
        own = units[number % len(units)] if number % 3 else units[int(len(units) * draw.random() ** 2)]
        title = titles(draw)
        parent = title.parent or ""
        place = draw.choices(range(len(SHARES)), SHARES)[0]
        born = f"{draw.randint(1966, 1998)}{draw.randint(1, 12):02d}{draw.randint(1, 28):02d}"
        submitted = tx.now - timedelta(minutes=draw.randint(1, 60 * 24 * 60), seconds=draw.randint(0, 59))
        yield {
            "case_key": FIRST_KEY + number,
            "declaration_no": f"{year}-B{number:06d}",
            "person": FIRST_KEY + number,
            "applicant": f"bulk{number}",
            "year": year,
            "live": True,
            "status": STATUSES[place],
            "unit": own.id,
            "unit_name": own.name,
            "name": draw.choice(SURNAMES) + "".join(draw.choices(GIVEN, k=draw.choice((1, 2, 2)))),
            "identity_number": f"990000{born}{number % 10000:04d}",
            "title_category": series.get(parent) or "",
            "title_series": parent,
            "specialty": draw.choice(specialties.get(parent) or [""]),
            "title_name": title.value,
            "title_level": title.extra.get("title_level", ""),
            "declaration_route": draw.choice(routes),
            "review_mode": "review" if draw.random() < 0.95 else "public_review",
            "highest_education": draw.choice(educations),
            "school": weighted_schools(draw),
            "first_education": draw.choice(educations),
            "region": draw.choice(regions),
            "current_title_name": title.value,
            "current_title_level": title.extra.get("title_level", ""),
            "current_title_obtained_on": f"{draw.randint(2005, 2022)}-{draw.randint(1, 12):02d}-01",
            "special_experience": draw.random() < 0.01,
            "entrusted_review": draw.random() < 0.005,
            "major": majors(draw),
            "governing_unit": own.department,
            "review_unit": None,
            "review_position": (place - 1) // 2 if 0 < place < len(SHARES) - 1 else None,
            "started_at": submitted,
            "submitted_at": None if place == 0 else submitted,
            "finished_at": None,
        }


def _weighted(draw: random.Random, found: Sequence[Any]) -> Any:
    """A few are common, most are rare."""
    shuffled = draw.sample(list(found), len(found))
    return lambda draw: shuffled[int(len(shuffled) * draw.random() ** 3)]


def _insert_reviews(tx: Transaction, top: int, place: int) -> None:
    """Everything that waits at the place or came past it."""
    d = declaration.c
    level, role = PLACES[place - 1] if place <= len(PLACES) else PLACES[-1]
    if place > len(PLACES):
        return
    at = {"unit": d.unit, "department": d.governing_unit, "top": sa.literal(top)}[level]
    # the position says where it waits, the status which of the two there; what has none of both is done
    here = sa.and_(
        d.review_position == (place - 1) // 2, d.status.endswith("领导审核" if place % 2 == 0 else "经办人审核")
    )
    further = sa.or_(
        d.status == STATUSES[-1],
        d.review_position > (place - 1) // 2,
        sa.and_(d.review_position == (place - 1) // 2, d.status.endswith("领导审核"), sa.literal(place % 2 == 1)),
    )
    columns = ["case_key", "unit", "role", "year", "decided", "task_key", "at", "outcome", "decided_by"]
    for decided, which in ((False, here), (True, further)):
        chosen = sa.select(
            d.case_key,
            at,
            sa.literal(role),
            d.year,
            sa.literal(decided),
            d.case_key,
            d.submitted_at,
            sa.literal("approve") if decided else sa.null(),
            sa.literal("bulk") if decided else sa.null(),
        )
        tx.execute(sa.insert(declaration_review).from_select(columns, chosen.where(d.case_key >= FIRST_KEY, which)))


def _insert_tasks(tx: Transaction, pattern: int) -> None:
    """The open tasks of what waits, one in a hundred on hold."""
    d, r = declaration.c, declaration_review.c
    empty: dict[str, Any] = {
        "key": r.task_key,
        "case_key": r.case_key,
        "element_key": r.case_key,
        "element_id": sa.literal("officer_review"),
        "name": sa.literal("经办人审核"),
        "process_id": sa.literal("declaration"),
        "definition_key": sa.literal(pattern),
        "title": d.name,
        "candidate_groups": sa.literal("[]"),
        "candidate_users": sa.literal("[]"),
        "candidate": r.role + "@" + sa.cast(r.unit, sa.String(20)),
        "unit_id": d.unit,
        "priority": sa.literal(50),
        "state": sa.case((r.case_key % 100 == 0, TaskState.ON_HOLD.value), else_=TaskState.OPEN.value),
        "version": sa.literal(1),
        "created_at": r.at,
    }
    chosen = sa.select(*empty.values()).join(declaration_review, r.case_key == d.case_key)
    chosen = chosen.where(r.decided.is_(False), r.case_key >= FIRST_KEY)
    tx.execute(sa.insert(task).from_select(list(empty), chosen))
