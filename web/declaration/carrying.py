"""`/declaration/{case}/carry`: 沿用往年材料 – what an earlier declaration has, beside what is typed, to be chosen by section (W13)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.access import Actor
from engine.db import Transaction
from engine.declaration.carrying import Source, carried_values, carry_over, carry_sources
from engine.declaration.detail import Filling
from engine.errors import NotFound
from engine.form.sameness import same_content
from web.declaration.differences import Difference, differences
from web.declaration.filling import open_filling, view_of
from web.declaration.sections import fill_url
from web.declaration.words import status_kind
from web.deps import POSTED, Form, Key, code_book, command, query
from web.pages import flash, page, redirect

router = APIRouter()

#: so many differing inputs are shown of a section; the rest is counted
MOST_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Choice:
    """A section one may take over: whether it is empty now, and what differs."""

    path: str
    label: str
    chosen: bool
    empty: bool
    rows: int
    fields: Sequence[Difference]
    more: int


@router.get("/declaration/{case_key}/carry")
def show_choices(request: Request, case_key: Key) -> Response:
    """The earlier declaration the address names, else the newest, section by section."""
    with query(request) as (tx, actor):
        filling = open_filling(tx, actor, case_key)
        sources = carry_sources(tx, actor, case_key)
        asked = request.query_params.get("from", "")
        source = next((one for one in sources if str(one.case_key) == asked), sources[0] if sources else None)
        choices = _choices(tx, actor, filling, source) if source else []
        return page(
            request,
            "declaration/carry.html",
            case_key=case_key,
            sources=[
                (one, code_book(request, tx, one.year).label("title_name", one.title_name), status_kind(one.status))
                for one in sources
            ],
            source=source,
            choices=choices,
            back_url=fill_url(filling),
        )


@router.post("/declaration/{case_key}/carry")
def carry(request: Request, case_key: Key, form: Form = POSTED) -> Response:
    source = str(form.get("from", ""))
    if not source.isdecimal() or len(source) > 18:
        raise NotFound
    chosen = {str(name) for name in form.getlist("section")}
    with command(request) as (tx, actor):
        filling = open_filling(tx, actor, case_key)
        taken = carry_over(tx, actor, filling, int(source), chosen)
    if not taken:
        flash(request, "没有选择要沿用的部分，内容没有变化。", "info")
        return redirect(request, f"/declaration/{case_key}/carry?from={source}")
    flash(request, f"已沿用 {len(taken)} 个部分，请逐项核对，补充今年的内容。")
    return redirect(request, fill_url(filling))


def _choices(tx: Transaction, actor: Actor, filling: Filling, source: Source) -> list[Choice]:
    carried = carried_values(tx, actor, source.case_key)
    wanted = [section.path for section in filling.form.sections if section.path in carried]
    before = view_of(tx, filling, {**filling.values, **_merged(filling, carried)})
    found = differences(before, view_of(tx, filling), wanted)
    choices = []
    for path, section in zip(wanted, found, strict=True):
        if not section.fields:
            continue
        now, value = filling.values.get(path), carried[path]
        empty = same_content(now, None)
        rows = len(value) if isinstance(value, list) else 0
        fields = list(section.fields)
        choices.append(
            Choice(path, section.label, empty, empty, rows, fields[:MOST_SHOWN], max(len(fields) - MOST_SHOWN, 0))
        )
    return choices


def _merged(filling: Filling, carried: dict[str, Any]) -> dict[str, Any]:
    """The earlier values as they would stand: what the account or a register says stays."""
    return {
        name: {**(filling.values.get(name) or {}), **v} if isinstance(v, dict) else v for name, v in carried.items()
    }
