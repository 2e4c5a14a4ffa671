"""`/recommendation/rounds/{case}/ranking`: 推荐评议 – scores, ranks, the panel, as a page and as a workbook (W1, W3)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from fastapi import APIRouter, Request
from starlette.datastructures import UploadFile
from starlette.responses import Response

from engine.access import Actor
from engine.db import Transaction
from engine.declaration.recommendation.quota import check_posts
from engine.declaration.recommendation.ranking import RANKING, Judged, Member, save_ranking
from engine.declaration.recommendation.rounds import Round, present, round_of
from engine.declaration.recommendation.starting import METHODS
from engine.document.workbooks import Column, read_rows, write_workbook
from engine.errors import InvalidInput, Refused, StaleTask
from engine.flow.completion import complete_task
from web.declaration.recommendation import BASE, lines_of, posts_label
from web.deps import POSTED, Form, Key, code_book, command, query
from web.pages import flash, page, redirect

router = APIRouter()

ADDRESS = BASE + "/rounds/{case_key}/ranking"
#: so many members of a panel may be named, and so many empty lines are offered
MOST_MEMBERS, SPARE = 25, 3
NO, YES = "no", "yes"
CHOSEN: Mapping[str, bool | None] = {YES: True, NO: False, "": None}
WORDS = {"是": True, "推荐": True, "否": False, "不推荐": False, "不予推荐": False, "": None}
COLUMNS = (
    Column("declaration_no", "申报编号", required=True, width=16),
    Column("name", "姓名", width=12),
    Column("title", "申报职称", width=24),
    Column("score", "得分", note="0 至 1000，最多两位小数", required=True, width=10),
    Column("recommendation_rank", "推荐排序", note="推荐的从 1 起，不重复", width=10),
    Column("recommended", "是否推荐", choices=("是", "否"), required=True, width=10),
    Column("reason", "不予推荐的理由", width=40),
)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LARGEST = 5 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the inputs: texts by name; `errors` by the same names."""

    values: Mapping[str, str]
    errors: Mapping[str, list[str]]


@router.get(ADDRESS)
def show_ranking(request: Request, case_key: Key) -> Response:
    with query(request) as (tx, actor):
        held = round_of(tx, actor, case_key)
        if held.task_of(RANKING) is None:
            return redirect(request, f"{BASE}/rounds/{case_key}")
        return _draw(request, tx, held, Typed(_stored(held), {}))


@router.post(ADDRESS)
def save(request: Request, case_key: Key, form: Form = POSTED) -> Response:
    """Keep what was typed; `publicise` confirms the result then, `cancel` gives the round up."""
    typed = {name: str(value).strip() for name, value in form.items() if isinstance(value, str)}
    wanted = typed.get("outcome", "")
    try:
        if wanted != "cancel":
            with command(request) as (tx, actor):
                _save(tx, actor, case_key, typed)
        if wanted in ("publicise", "cancel"):
            with command(request) as (tx, actor):
                _complete(tx, actor, case_key, wanted)
    except InvalidInput as error:
        return _again(request, case_key, typed, error.fields or {"": [error.message]})
    except StaleTask:
        raise
    except Refused as refusal:
        return _again(request, case_key, typed, {"": [refusal.message]})
    said = {"publicise": "评议结果已确认。", "cancel": "本轮已撤销，参加的申报人可以进入下一轮。"}
    flash(request, said.get(wanted, "已保存，得分排序已重新计算。"))
    return redirect(request, f"{BASE}/rounds/{case_key}" + ("" if wanted else "/ranking"))


@router.get(ADDRESS + ".xlsx")
def download(request: Request, case_key: Key) -> Response:
    """The round as a workbook to be filled in elsewhere and taken in again."""
    with query(request) as (tx, actor):
        held = round_of(tx, actor, case_key)
        lines = lines_of(held, code_book(request, tx, held.row["year"]))
    data = write_workbook(COLUMNS, [_cells(line) for line in lines if not line["left"]])
    headers = {"Content-Disposition": f'attachment; filename="ranking-{case_key}.xlsx"'}
    return Response(data, media_type=XLSX, headers=headers)


@router.post(ADDRESS + "/workbook")
def take_in(request: Request, case_key: Key, form: Form = POSTED) -> Response:
    """Read the filled-in workbook: every row is kept, or none with what is wrong in which row."""
    upload = form.get("workbook")
    try:
        if not isinstance(upload, UploadFile) or not upload.filename:
            raise InvalidInput("请选择填好的工作簿。")
        if upload.size is not None and upload.size > LARGEST:
            raise InvalidInput("工作簿超过 5 MB，请只保留评议表。")
        rows = read_rows(upload.file.read(), COLUMNS)
        with command(request) as (tx, actor):
            held = round_of(tx, actor, case_key)
            save_ranking(
                tx,
                actor,
                case_key,
                _read_workbook(held, rows),
                method=held.row["method"],
                panel=[Member(**one) for one in held.row["panel"]],
                panel_opinion=held.row["panel_opinion"],
                version=held.row["version"],
            )
    except InvalidInput as error:
        with query(request) as (tx, actor):
            held = round_of(tx, actor, case_key)
            sentences = [one for found in error.fields.values() for one in found] or [error.message]
            return _draw(request, tx, held, Typed(_stored(held), {"workbook": sentences}), 422)
    flash(request, f"已读入 {len(rows)} 人的评议结果，请核对后确认。")
    return redirect(request, f"{BASE}/rounds/{case_key}/ranking")


def _save(tx: Transaction, actor: Actor, case_key: int, typed: Mapping[str, str]) -> None:
    held = round_of(tx, actor, case_key)
    problems: dict[str, list[str]] = {}
    judged = [_judged(row["declaration"], typed, problems) for row in present(held.candidates)]
    if problems:
        raise InvalidInput(fields=problems)
    version = typed.get("version", "")
    save_ranking(
        tx,
        actor,
        case_key,
        judged,
        method=typed.get("method", ""),
        panel=[
            Member(typed.get(f"member_{n}", ""), typed.get(f"post_{n}", ""), typed.get(f"recusal_{n}", ""))
            for n in range(MOST_MEMBERS)
        ],
        panel_opinion=typed.get("panel_opinion", ""),
        version=int(version) if version.isdecimal() and len(version) < 10 else 0,
    )


def _complete(tx: Transaction, actor: Actor, case_key: int, outcome: str) -> None:
    task = round_of(tx, actor, case_key).task_of(RANKING)
    if task is None:
        raise StaleTask("这一轮推荐现在不能修改，请刷新后查看。")
    complete_task(tx, actor, task.row["key"], {"outcome": outcome})


def _judged(key: int, typed: Mapping[str, str], problems: dict[str, list[str]]) -> Judged:
    score, rank = typed.get(f"score[{key}]", ""), typed.get(f"recommendation_rank[{key}]", "")
    return Judged(
        declaration=key,
        score=_score(score, f"score[{key}]", problems),
        recommendation_rank=_rank(rank, f"recommendation_rank[{key}]", problems),
        recommended=CHOSEN.get(typed.get(f"recommended[{key}]", "")),
        reason=typed.get(f"reason[{key}]", ""),
    )


def _score(text: str, name: str, problems: dict[str, list[str]]) -> Decimal | None:
    try:
        score = Decimal(text) if text else None
        if score is not None and (not score.is_finite() or score != round(score, 2)):
            raise InvalidOperation
    except InvalidOperation:
        problems[name] = [f"得分“{text}”应是数字，最多两位小数"]
        return None
    return score


def _rank(text: str, name: str, problems: dict[str, list[str]]) -> int | None:
    if text and not (text.isascii() and text.isdigit() and len(text) < 5):
        problems[name] = [f"推荐排序“{text}”应是正整数"]
        return None
    return int(text) if text else None


def _read_workbook(held: Round, rows: Any) -> list[Judged]:
    """The rows of the workbook over what is stored, found by their number."""
    known = {row["declaration_no"]: _judged_of(row) for row in present(held.candidates)}
    problems: dict[str, list[str]] = {}
    for row in rows:
        number, values = row.values["declaration_no"], row.values
        if number not in known:
            problems[f"row{row.number}"] = [f"第 {row.number} 行：本轮没有申报编号“{number}”"]
        elif values["recommended"] not in WORDS:
            problems[f"row{row.number}"] = [f"第 {row.number} 行：“是否推荐”应填是或否"]
        else:
            found: dict[str, list[str]] = {}
            known[number] = replace(
                known[number],
                score=_score(values["score"], "score", found),
                recommendation_rank=_rank(values["recommendation_rank"], "rank", found),
                recommended=WORDS[values["recommended"]],
                reason=values["reason"],
            )
            if found:
                problems[f"row{row.number}"] = [
                    f"第 {row.number} 行：{sentence}" for sentences in found.values() for sentence in sentences
                ]
    if problems:
        raise InvalidInput(fields=problems)
    return list(known.values())


def _judged_of(row: Mapping[str, Any]) -> Judged:
    return Judged(row["declaration"], row["score"], row["recommendation_rank"], row["recommended"], row["reason"])


def _cells(line: Mapping[str, Any]) -> dict[str, Any]:
    row = line["row"]
    return {
        "declaration_no": row["declaration_no"],
        "name": row["name"],
        "title": line["titles"].short,
        "score": "" if row["score"] is None else row["score"],
        "recommendation_rank": "" if row["recommendation_rank"] is None else row["recommendation_rank"],
        "recommended": {True: "是", False: "否", None: ""}[row["recommended"]],
        "reason": row["reason"],
    }


def _stored(held: Round) -> dict[str, str]:
    """What the inputs show of what is kept."""
    found = {"method": held.row["method"], "panel_opinion": held.row["panel_opinion"]}
    for number, member in enumerate(held.row["panel"]):
        found |= {f"{name}_{number}": member[key] for name, key in _MEMBER.items()}
    for row in held.candidates:
        key = row["declaration"]
        found[f"score[{key}]"] = "" if row["score"] is None else f"{row['score'].normalize():f}"
        found[f"recommendation_rank[{key}]"] = str(row["recommendation_rank"] or "")
        found[f"recommended[{key}]"] = {True: YES, False: NO, None: ""}[row["recommended"]]
        found[f"reason[{key}]"] = row["reason"]
    return found


_MEMBER = {"member": "name", "post": "post", "recusal": "recusal"}


def _again(request: Request, case_key: int, typed: Mapping[str, str], errors: Mapping[str, list[str]]) -> Response:
    with query(request) as (tx, actor):
        return _draw(request, tx, round_of(tx, actor, case_key), Typed(typed, errors), 422)


def _draw(request: Request, tx: Transaction, held: Round, typed: Typed, status: int = 200) -> Response:
    book = code_book(request, tx, held.row["year"])
    named = sum(bool(typed.values.get(f"member_{n}")) for n in range(MOST_MEMBERS))
    return page(
        request,
        "declaration/recommendation_ranking.html",
        status=status,
        held=held,
        row=held.row,
        lines=[line for line in lines_of(held, book) if not line["left"]],
        typed=typed.values,
        errors=typed.errors,
        methods=[(name, name) for name in METHODS],
        members=range(min(named + SPARE, MOST_MEMBERS)),
        verdicts=[(one, posts_label(book, one.title_level, one.specialty)) for one in check_posts(tx, held)],
        address=f"{BASE}/rounds/{held.case_key}/ranking",
    )
