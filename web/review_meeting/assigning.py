"""`/review-meetings/{key}/assignment`: the leader's page for 主审 and 副审 – by hand, for many, for all, by optimisation (M12)."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.access import Actor
from engine.db import Transaction
from engine.errors import InvalidInput, Refused, StaleTask
from engine.review_meeting.assignment.blocking import Blocked
from engine.review_meeting.assignment.history import Earlier, history_of
from engine.review_meeting.assignment.proposing import (
    Wishes,
    assign_by_hand,
    assign_many,
    clear_assignment,
    propose_assignment,
)
from engine.review_meeting.assignment.publishing import publish_assignment, undo_assignment
from engine.review_meeting.assignment.reading import Assignment, Line, assignment_of, groups_to_assign
from web.deps import POSTED, Form, Key, code_book, command, query
from web.pages import flash, page, redirect
from web.review_meeting.scoring_words import assignment_url, key_in, stage_badge, title_of

router = APIRouter()

TEMPLATE = "review_meeting/assignment.html"
SIZES = (20, 50, 100)
TABS = {"": "全部", "missing": "未分配", "invalid": "须调整"}
Sentences = Sequence[str]
EARLIER = {Earlier.LAST: "尽量不再分给", Earlier.NEVER: "不再分给", Earlier.IGNORED: "不考虑"}


@router.get("/review-meetings/{key}/assignment")
def show_assignment(request: Request, key: Key) -> Response:
    with query(request) as (tx, actor):
        return _draw(request, tx, actor, key)


@router.post("/review-meetings/{key}/assignment")
def assign(request: Request, key: Key, form: Form = POSTED) -> Response:
    """What the pressed button says: save, for the ticked, for all, by optimisation, anew, publish, take back."""
    group, wanted = key_in(form.get("group")) or 0, str(form.get("do", "save"))
    try:
        with command(request) as (tx, actor):
            left = _do(tx, actor, key, group, wanted, form)
    except StaleTask:
        raise
    except (InvalidInput, Refused) as error:
        with query(request) as (tx, actor):
            return _draw(request, tx, actor, key, problems=_sentences(error), status=422)
    if isinstance(left, Blocked):
        with query(request) as (tx, actor):
            return _draw(request, tx, actor, key, blocked=left.reasons, status=422)
    flash(request, SAID[wanted] if not left else f"{SAID[wanted]}有 {len(left)} 份没有分配：{'；'.join(left[:3])}。")
    tab = str(form.get("tab", ""))
    return redirect(request, assignment_url(key, group=group, tab=tab, page=form.get("page")))


SAID = {
    "save": "已保存，公布之前评委看不到。",
    "batch": "已分配给所选材料。",
    "all": "已分配给其余材料。",
    "optimise": "已提出分配方案，请核对后公布。",
    "clear": "已清空本组的分配方案。",
    "publish": "已公布，评委已收到通知。",
    "undo": "已撤销公布，可以重新调整。",
}


def _do(tx: Transaction, actor: Actor, key: int, group: int, wanted: str, form: Form) -> Sequence[str] | Blocked | None:
    version = key_in(form.get("version"))
    primary, secondary = key_in(form.get("primary")), key_in(form.get("secondary"))
    if wanted == "optimise":
        seed = str(form.get("seed", ""))
        proposed = propose_assignment(tx, actor, key, group, seed=seed, wishes=_wishes(form), version=version)
        return proposed if isinstance(proposed, Blocked) else None
    if wanted in ("batch", "all"):
        ticked = [found for one in form.getlist("declaration") if (found := key_in(one)) is not None]
        chosen = ticked if wanted == "batch" else None
        if chosen is None:
            primary, secondary = key_in(form.get("all_primary")), key_in(form.get("all_secondary"))
        return assign_many(
            tx, actor, key, group, declarations=chosen, primary=primary, secondary=secondary, version=version
        )[1]
    if wanted == "clear":
        clear_assignment(tx, actor, key, group, version=version)
    elif wanted == "publish":
        publish_assignment(tx, actor, key, group)
    elif wanted == "undo":
        undo_assignment(tx, actor, key, group)
    else:
        assign_by_hand(tx, actor, key, group, _pairs(form), version=version)
    return None


def _wishes(form: Form) -> Wishes:
    earlier = str(form.get("earlier", ""))
    return Wishes(
        least=_positive(form, "least", "每人下限"),
        most=_positive(form, "most", "每人上限"),
        strict="strict" in form,
        keep="keep" in form,
        earlier=Earlier(earlier) if earlier in EARLIER else Earlier.LAST,
    )


def _positive(form: Form, name: str, words: str) -> int | None:
    text = str(form.get(name, "")).strip()
    if not text:
        return None
    if not (text.isascii() and text.isdecimal()) or len(text) > 5:
        raise InvalidInput(fields={name: [f"{words}应为正整数"]})
    return int(text)


def _pairs(form: Form) -> dict[int, tuple[int | None, int | None]]:
    """The reviewers of each line of the page."""
    lines = [found for name in form if name.startswith("line_") and (found := key_in(name[5:])) is not None]
    return {one: (key_in(form.get(f"primary_{one}")), key_in(form.get(f"secondary_{one}"))) for one in lines}


def _sentences(error: InvalidInput | Refused) -> list[str]:
    fields = error.fields if isinstance(error, InvalidInput) else {}
    return [sentence for found in fields.values() for sentence in found] or [error.message]


def _draw(
    request: Request,
    tx: Transaction,
    actor: Actor,
    key: int,
    *,
    problems: Sentences = (),
    blocked: Sentences = (),
    status: int = 200,
) -> Response:
    groups = groups_to_assign(tx, actor, key)
    asked = key_in(request.query_params.get("group")) or key_in(getattr(request.state, "form", {}).get("group"))
    group = next((one for one in groups if one["id"] == asked), groups[0] if groups else None)
    if group is None:
        return page(request, TEMPLATE, held=None, key=key, groups=[])
    held = assignment_of(tx, actor, key, group["id"])
    book = code_book(request, tx, held.meeting["year"])
    tab = request.query_params.get("tab", "")
    lines = _of_tab(held, tab)
    number, size = _place(request, len(lines))
    names = {one.expert: one.name for one in held.members}
    scored = history_of(tx, key, group["id"], list(names)).scored if held.lines else frozenset()
    return page(
        request,
        TEMPLATE,
        status=status,
        key=key,
        held=held,
        groups=[
            {"label": one["name"], "url": assignment_url(key, group=one["id"]), "current": one["id"] == group["id"]}
            for one in groups
        ],
        tabs=[
            {
                "label": words,
                "url": assignment_url(key, group=group["id"], tab=name),
                "current": name == tab,
                "count": len(_of_tab(held, name)),
            }
            for name, words in TABS.items()
        ],
        tab=tab,
        rows=[
            _row(held, line, names, title_of(book, line.title_name), book, scored)
            for line in lines[(number - 1) * size :][:size]
        ],
        choices=[(one.expert, one.name) for one in held.members if not one.is_leader],
        number=number,
        size=size,
        total=len(lines),
        problems=problems,
        blocked=blocked,
        sizes=SIZES,
        earlier=list(EARLIER.items()),
        address=assignment_url(key, group=group["id"], tab=tab),
        typed=getattr(request.state, "form", {}),
    )


def _place(request: Request, total: int) -> tuple[int, int]:
    params = request.query_params
    size = next((one for one in SIZES if str(one) == params.get("size")), SIZES[1])
    asked = params.get("page", "")
    last = max(1, -(-total // size))
    return (min(int(asked), last) if asked.isdecimal() and 0 < len(asked) < 6 and int(asked) else 1), size


def _of_tab(held: Assignment, tab: str) -> Sequence[Line]:
    if tab == "missing":
        return [one for one in held.lines if one.primary is None or one.secondary is None]
    return held.invalid if tab == "invalid" else held.lines


def _row(
    held: Assignment, line: Line, names: Mapping[int, str], title: str, book: Any, scored: Collection[tuple[int, int]]
) -> dict[str, Any]:
    words, kind = stage_badge(line.stage)
    return {
        "key": line.declaration,
        "line": line,
        "title": title,
        "specialty": book.label("specialty", line.specialty) if line.specialty else "",
        "primary": names.get(line.primary or 0, ""),
        "secondary": names.get(line.secondary or 0, ""),
        "barred": [
            names[who] for declaration, who in sorted(held.barred) if declaration == line.declaration and who in names
        ],
        "before": [names[who] for declaration, who in sorted(scored) if declaration == line.declaration],
        "stage": words,
        "stage_kind": kind,
        "change_url": f"/review-meetings/{held.meeting['case_key']}/assignment/{line.declaration}",
    }
