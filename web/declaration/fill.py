"""`/declaration/{case}/fill`: the filling page, its autosave, its parts drawn again (P5–P21)."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Request
from markupsafe import Markup
from starlette.responses import HTMLResponse, JSONResponse, Response

from engine.access import Actor
from engine.clock import local
from engine.db import Transaction
from engine.declaration.carrying import has_earlier
from engine.declaration.detail import Filling
from engine.declaration.points import points_by_path, tick_point
from engine.errors import Refused, StaleTask
from engine.flow.registry import registry_of
from engine.form import FormView, Problem, is_command
from engine.form.posting import COMMANDS
from web.declaration.differences import SectionDifferences, differences
from web.declaration.filling import (
    VERSIONS,
    Kept,
    Pairs,
    keep,
    open_filling,
    pairs_of,
    parse,
    read_versions,
    saved_words,
    view_of,
    write_versions,
)
from web.declaration.listed import grouped
from web.declaration.returned import returned_filling
from web.declaration.sections import ALL, fill_url, neighbours, shown_section, side_list
from web.deps import POSTED, Form, Key, command, database_of, query
from web.due import due_in
from web.fields import render_form, render_piece, render_section
from web.pages import flash, is_htmx, page, piece, redirect

router = APIRouter()

TEMPLATE = "declaration/fill.html"
#: names of buttons: keep a section or all of them, and go on to submitting
SAVE, SUBMIT = "_save", "_submit"
#: names of cards that stand unfolded
OPEN = "_open"


@router.get("/declaration/{case_key}/fill")
def show_filling(request: Request, case_key: Key) -> Response:
    """All sections on one page, or the one the address names."""
    try:
        with query(request) as (tx, actor):
            return _draw(request, tx, actor, open_filling(tx, actor, case_key))
    except Refused as refusal:
        flash(request, refusal.message, "info")
        return redirect(request, f"/declarations/{case_key}")


@router.get("/declaration/{case_key}/sections")
def show_sections(request: Request, case_key: Key) -> Response:
    """The side list alone, for htmx after something was saved."""
    with query(request) as (tx, actor):
        filling = open_filling(tx, actor, case_key)
        shown = shown_section(filling, request.query_params.get("section", ""))
        return piece(request, TEMPLATE, "sections", side=side_list(filling, shown), sections_url=str(request.url.path))


@router.get("/declaration/{case_key}/part")
def show_part(request: Request, case_key: Key) -> Response:
    """One section for the page that shows them all, when it comes into sight. Nothing where it has gone meanwhile."""
    with query(request) as (tx, actor):
        filling = open_filling(tx, actor, case_key)
        section = view_of(tx, filling).section(_asked(request, filling))
        addresses = _addresses(filling, ALL)
        return HTMLResponse(render_piece(section, **addresses) if section is not None else "")


@router.post("/declaration/{case_key}/fields")
def draw_again(request: Request, case_key: Key, form: Form = POSTED) -> Response:
    """The inputs with what is typed: conditions, cascades and rows worked out anew. For htmx, which puts them in place."""
    with query(request) as (tx, actor):
        filling = open_filling(tx, actor, case_key)
        pairs = pairs_of(form)
        values = parse(tx, actor, filling, pairs)
        view = view_of(tx, filling, values)
        return HTMLResponse(_fields(filling, view, _asked(request, filling), posted=pairs))


@router.post("/declaration/{case_key}/save")
def autosave(request: Request, case_key: Key, form: Form = POSTED) -> Response:
    """Keep what is typed as it is, and answer when; a section that was saved elsewhere is named and left alone."""
    kept = _keep(request, case_key, form)
    if kept.conflicts:
        with query(request) as (tx, actor):
            names = _names(open_filling(tx, actor, case_key), [one.saved.section for one in kept.conflicts])
        message = f"{names}已在别处保存过，这一部分没有保存。请点“暂存”核对不同之处"
        return JSONResponse({"message": message, "fields": {VERSIONS: write_versions(kept.versions)}}, status_code=409)
    at = local(database_of(request).clock.now())
    return JSONResponse({"saved_at": f"{at:%H:%M}", "fields": {VERSIONS: write_versions(kept.versions)}})


@router.post("/declaration/{case_key}/fill")
def take_in(request: Request, case_key: Key, form: Form = POSTED) -> Response:
    """保存, 暂存 and 提交, and without JavaScript the buttons for rows and choices. What was typed is kept in any case."""
    pairs = pairs_of(form)
    if is_command(pairs) and SAVE not in form and SUBMIT not in form:
        with query(request) as (tx, actor):
            filling = open_filling(tx, actor, case_key)
            values = parse(tx, actor, filling, pairs)
            return _draw(request, tx, actor, filling, values, versions=str(form.get(VERSIONS, "")), posted=pairs)
    kept = _keep(request, case_key, form)
    if kept.conflicts:
        return _draw_conflicts(request, case_key, pairs, kept)
    if SUBMIT in form:
        return redirect(request, f"/declaration/{case_key}/submit")
    with query(request) as (tx, actor):
        filling = open_filling(tx, actor, case_key)
    pressed = str(form.get(SAVE, ""))
    section = shown_section(filling, pressed)
    where = f"“{_label(filling, section)}”" if section != ALL else ""
    flash(request, f"{where}已保存，可以随时回来继续填写。")
    anchor = f"f-{section}" if section != ALL else ""
    return redirect(request, fill_url(filling, _asked(request, filling), anchor))


@router.post("/declaration/{case_key}/points")
def tick(request: Request, case_key: Key, form: Form = POSTED) -> Response:
    """Mark what a reviewer asked for as dealt with, or not."""
    with command(request) as (tx, actor):
        filling = open_filling(tx, actor, case_key)
        done = form.get("done") == "1"
        tick_point(tx, actor, filling.task.row["key"], filling.points, str(form.get("point", "")), done=done)
    if not is_htmx(request):
        return redirect(request, f"/declaration/{case_key}/fill#points")
    with query(request) as (tx, actor):
        returned = returned_filling(tx, open_filling(tx, actor, case_key))
        return piece(request, "declaration/_points.html", "points", returned=returned)


def _keep(request: Request, case_key: int, form: Form) -> Kept:
    try:
        with command(request) as (tx, actor):
            filling = open_filling(tx, actor, case_key)
            values = parse(tx, actor, filling, pairs_of(form))
            return keep(tx, actor, filling, values, read_versions(str(form.get(VERSIONS, ""))))
    except StaleTask:
        raise Refused("申报材料已经提交或有了变化，没有保存。请刷新页面查看进度。") from None


def _draw(
    request: Request,
    tx: Transaction,
    actor: Actor,
    filling: Filling,
    values: Mapping[str, Any] | None = None,
    *,
    versions: str | None = None,
    posted: Pairs = (),
) -> Response:
    shown = _asked(request, filling)
    row, marked = filling.task.row, request.query_params.get("check") == "1"
    before, after = neighbours(filling, shown)
    return page(
        request,
        TEMPLATE,
        case_key=row["case_key"],
        title=row["title"],
        number=row["business_key"],
        fields=_fields(
            filling, view_of(tx, filling, values), shown, problems_of(filling) if marked else (), posted=posted
        ),
        side=side_list(filling, shown),
        sections_url=f"/declaration/{row['case_key']}/sections",
        shown=shown,
        one_page=shown == ALL,
        before=before,
        after=after,
        post_url=fill_url(filling, shown),
        whole_url=fill_url(filling),
        carry_url=f"/declaration/{row['case_key']}/carry" if has_earlier(tx, actor, row["case_key"]) else "",
        first_url=fill_url(filling, filling.sections[0].path) if filling.sections else fill_url(filling),
        returned=returned_filling(tx, filling),
        invalid=grouped(filling, filling.made_invalid),
        due=due_in(row["due_at"], tx.now, registry_of(tx).calendar),
        versions=write_versions(filling.draft_versions) if versions is None else versions,
        saved=saved_words(tx, row["key"]),
    )


def _fields(
    filling: Filling, view: FormView, shown: str, problems: Sequence[Problem] = (), *, posted: Pairs = ()
) -> Markup:
    """The inputs of a section; or every section, those that were posted and on a fresh page those of the first chapter drawn,
    the others to be fetched when they come into sight."""
    addresses = _addresses(filling, shown)
    if posted:
        addresses["open_rows"] = frozenset(text for name, text in posted if name == OPEN)
    section = view.section(shown)
    if section is not None:
        return render_section(section, errors=problems, **addresses)
    there = _sections_posted(filling, posted) if posted else _first_chapter(view)
    return render_form(view, errors=problems, drawn=frozenset(there), **addresses)


def _sections_posted(filling: Filling, posted: Pairs) -> set[str]:
    """The sections that were on the page, and those whose buttons for rows were pressed."""
    names = {text if name in COMMANDS else name for name, text in posted}
    return {filling.form.section_of(name) for name in names}


def _first_chapter(view: FormView) -> set[str]:
    return {one.path for one in view.sections if one.chapter == view.sections[0].chapter}


def _addresses(filling: Filling, shown: str) -> dict[str, Any]:
    row = filling.task.row
    case_key, query_text = row["case_key"], "" if shown == ALL else f"?section={shown}"
    return {
        "rerender": f"/declaration/{case_key}/fields{query_text}",
        "upload": f"/files?task={row['key']}",
        "upload_page": f"/declaration/{case_key}/files",
        "section_save": "保存",
        "section_url": f"/declaration/{case_key}/part",
        "section_page": fill_url(filling),
        "notes": {path: [point.text for point in found] for path, found in points_by_path(filling.points).items()},
    }


def problems_of(filling: Filling) -> list[Problem]:
    """What is wrong with the dossier as the inputs show it: without what is only to be looked at."""
    return [Problem(one.path, "", one.message, one.section) for one in filling.problems if one.severity == "error"]


def _asked(request: Request, filling: Filling) -> str:
    return shown_section(filling, request.query_params.get("section", ""))


def _draw_conflicts(request: Request, case_key: int, pairs: Pairs, kept: Kept) -> Response:
    """What this page has beside what was saved elsewhere; nothing is lost until somebody chooses."""
    with query(request) as (tx, actor):
        filling = open_filling(tx, actor, case_key)
        values = parse(tx, actor, filling, pairs)
        paths = [one.saved.section for one in kept.conflicts]
        found: Sequence[SectionDifferences] = differences(view_of(tx, filling, values), view_of(tx, filling), paths)
        hidden = [(name, text) for name, text in pairs if name not in (VERSIONS, SAVE, SUBMIT, "csrf_token")]
        return page(
            request,
            "declaration/conflict.html",
            status=409,
            case_key=case_key,
            names=_names(filling, paths),
            sections=found,
            hidden=hidden,
            versions=write_versions(filling.draft_versions),
            post_url=fill_url(filling, _asked(request, filling)),
            saved_at=max(one.saved.at for one in kept.conflicts),
        )


def _names(filling: Filling, paths: Sequence[str]) -> str:
    return "、".join(f"“{_label(filling, path)}”" for path in paths)


def _label(filling: Filling, path: str) -> str:
    return next((state.label for state in filling.sections if state.path == path), path)
