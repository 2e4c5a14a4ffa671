"""`/recommendation`: 单位推荐与公示 – who waits, the rounds of the year, one round with all that belongs to it (W1)."""

from secrets import token_urlsafe
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.access import Actor
from engine.db import Transaction
from engine.declaration.recommendation.publicity import publicity_words
from engine.declaration.recommendation.quota import check_posts
from engine.declaration.recommendation.rounds import Round, present, round_of, rounds_of_unit
from engine.declaration.recommendation.starting import own_unit, start_round, waiting_declarants
from engine.declaration.sheets.lists import Publicity, publicity_sheet
from engine.errors import InvalidInput
from engine.flow.registry import registry_of
from engine.reference import CodeBook
from web.declaration.sheets import pdf_answer
from web.declaration.words import titles_of
from web.deps import POSTED, Form, Key, code_book, command, query, year_of
from web.due import age_of, due_in
from web.pages import flash, page, redirect

router = APIRouter()

BASE = "/recommendation"
ROUND_KINDS = {"已办结": "good", "已撤销": "", "单位公示中": "info", "待登记公示结果": "warn"}
RESULTS = {True: ("推荐", "good"), False: ("不予推荐", "bad"), None: ("未定", "")}


@router.get(BASE)
def show_rounds(request: Request) -> Response:
    with query(request) as (tx, actor):
        return _draw_list(request, tx, actor)


@router.post(f"{BASE}/rounds")
def start(request: Request, form: Form = POSTED) -> Response:
    """Begin a round with the ticked declarants, or with all of them."""
    ticked = {int(str(key)) for key in form.getlist("declaration") if str(key).isdecimal()}
    everybody = form.get("all") == "1"
    try:
        with command(request) as (tx, actor):
            case_key = start_round(
                tx,
                actor,
                year=year_of(request),
                declarations=None if everybody else ticked,
                command_key=str(form.get("command_key", ""))[:64] or None,
            )
    except InvalidInput as error:
        with query(request) as (tx, actor):
            return _draw_list(request, tx, actor, error.message)
    flash(request, "已开始一轮推荐，请登记评分、排序和推荐意见。")
    return redirect(request, f"{BASE}/rounds/{case_key}/ranking")


@router.get(BASE + "/rounds/{case_key}")
def show_round(request: Request, case_key: Key) -> Response:
    """Where the round stands, what to do next, who is in it, objections to it."""
    with query(request) as (tx, actor):
        held = round_of(tx, actor, case_key)
        book = code_book(request, tx, held.row["year"])
        calendar = registry_of(tx).calendar
        steps = [
            {
                "name": one.row["name"],
                "due": due_in(one.row["due_at"], tx.now, calendar),
                "url": task_url(held, one.row) if one.may_work else "",
            }
            for one in held.tasks
        ]
        verdicts = check_posts(tx, held) if held.row["ended_at"] is None else []
    return page(
        request,
        "declaration/recommendation_round.html",
        held=held,
        row=held.row,
        status_kind=ROUND_KINDS.get(held.row["status"], "info"),
        steps=steps,
        actions=[one for one in held.actions if one.form_id],
        candidates=lines_of(held, book),
        verdicts=[(one, posts_label(book, one.title_level, one.specialty)) for one in verdicts if one.checked],
        publicity=publicity_words(held.variables.get("publicity") or {}),
        about=held.variables.get("publicity") or {},
        result=held.variables.get("result") or {},
    )


@router.get(BASE + "/rounds/{case_key}/table")
def show_table(request: Request, case_key: Key) -> Response:
    """The table of all declarants to be printed and hung up, without personal data nobody needs to know."""
    with query(request) as (tx, actor):
        held = round_of(tx, actor, case_key)
        book = code_book(request, tx, held.row["year"])
        today = tx.now
    return page(
        request,
        "declaration/recommendation_table.html",
        held=held,
        row=held.row,
        candidates=lines_of(held, book),
        publicity=publicity_words(held.variables.get("publicity") or {}),
        about=held.variables.get("publicity") or {},
        today=today,
        back_url=f"{BASE}/rounds/{case_key}",
    )


@router.get(BASE + "/rounds/{case_key}/table.pdf")
def print_table(request: Request, case_key: Key) -> Response:
    """公示表 of the round as a PDF."""
    with query(request) as (tx, actor):
        held = round_of(tx, actor, case_key)
        published = held.variables.get("publicity") or {}
        keys = [row["declaration"] for row in present(held.candidates)]
        about = Publicity(held.row["unit_name"], held.row["year"], phone=published.get("phone") or "")
        sheet = publicity_sheet(tx, actor, keys, about)
    return pdf_answer(request, sheet)


def task_url(held: Round, task: Any) -> str:
    """Where a task of the round is done."""
    return (
        f"{BASE}/rounds/{held.case_key}/ranking" if task["element_id"] == "rank_candidates" else f"/tasks/{task['key']}"
    )


def lines_of(held: Round, book: CodeBook) -> list[dict[str, Any]]:
    """The candidates as tables show them."""
    return [
        {
            "row": row,
            "key": row["declaration"],
            "titles": titles_of(book, row),
            "current": book.label("title_name", row["current_title_name"]) if row["current_title_name"] else "无",
            "result": RESULTS[row["recommended"]],
            "left": row not in present([row]),
        }
        for row in held.candidates
    ]


def posts_label(book: CodeBook, level: str, specialty: str) -> str:
    """高级(副高) · 心血管内科"""
    words = book.label("title_level", level)
    return f"{words} · {book.label('specialty', specialty)}" if specialty else words


def _draw_list(request: Request, tx: Transaction, actor: Actor, problem: str = "") -> Response:
    year = year_of(request)
    waiting = waiting_declarants(tx, actor, year)
    book, calendar = code_book(request, tx, year), registry_of(tx).calendar
    return page(
        request,
        "declaration/recommendation.html",
        status=422 if problem else 200,
        year=year,
        problem=problem,
        command_key=token_urlsafe(12),
        waiting=[
            {
                "key": row.case_key,
                "row": dict(row._mapping),
                "titles": titles_of(book, dict(row._mapping)),
                "age": age_of(row.submitted_at, tx.now, calendar) if row.submitted_at else "",
            }
            for row in waiting
        ],
        rounds=[
            {"row": row, "url": f"{BASE}/rounds/{row['case_key']}", "kind": ROUND_KINDS.get(row["status"], "info")}
            for row in rounds_of_unit(tx, own_unit(actor), year)
        ],
    )
