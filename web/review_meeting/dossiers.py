"""`/review-meetings/{key}/dossiers`: 参评材料分组 (M7) – by choice, in batch, all, by rule."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.access import Actor
from engine.db import Transaction
from engine.errors import InvalidInput, Refused
from engine.review_meeting.dossiers import count_groups, dossiers_of
from engine.review_meeting.grouping import (
    STEP,
    add_by_specialty,
    add_dossiers,
    add_evenly,
    move_dossiers,
    remove_dossiers,
    waiting_dossiers,
    waiting_specialties,
)
from engine.review_meeting.meetings import desk_of, groups_of, meeting_of
from engine.review_meeting.tables import DossierStage
from web.deps import POSTED, Form, Key, code_book, command, query
from web.pages import flash, redirect
from web.review_meeting.console import STAGES
from web.review_meeting.frame import (
    BASE,
    Errors,
    address_of,
    complete_step,
    draw,
    may_keep,
    number_in,
    numbers_in,
    page_in,
    said_at,
    text_in,
)

router = APIRouter()

ADDRESS = BASE + "/{key}/dossiers"
SIZES = (50, 100, 200)


@router.get(ADDRESS)
def show_dossiers(request: Request, key: Key) -> Response:
    with query(request) as (tx, actor):
        return _draw(request, tx, actor, key)


@router.post(ADDRESS)
def change(request: Request, key: Key, form: Form = POSTED) -> Response:
    """Enter, move, take out or confirm, by the button pressed; thousands are one statement."""
    try:
        with command(request) as (tx, actor):
            said = _change(tx, actor, key, form)
    except (InvalidInput, Refused) as error:
        with query(request) as (tx, actor):
            return _draw(request, tx, actor, key, *said_at(error, "to_group"), form=form)
    flash(request, said)
    done = text_in(form, "do") == "confirm"
    tab = "?tab=grouped" if text_in(form, "tab") == "grouped" else ""
    return redirect(request, address_of(key) if done else f"{address_of(key)}/dossiers{tab}")


def _change(tx: Transaction, actor: Actor, key: int, form: Form) -> str:
    group, ticked = number_in(form, "to_group"), numbers_in(form, "dossier")
    match text_in(form, "do"):
        case "confirm":
            complete_step(tx, actor, key, STEP, {"outcome": "confirm"})
            return "参评材料分组已确认。"
        case "add" | "add_all" | "move" if group is None:
            raise InvalidInput(fields={"to_group": ["请选择分到哪个组"]})
        case "add":
            return f"已把 {add_dossiers(tx, actor, key, group or 0, ticked)} 份材料分到组。"
        case "add_all":
            return f"已把 {add_dossiers(tx, actor, key, group or 0)} 份材料全部分到组。"
        case "even":
            return f"已把 {add_evenly(tx, actor, key, number_in(form, 'committee') or 0)} 份材料均分到各组。"
        case "rule":
            return f"已按专业把 {add_by_specialty(tx, actor, key, _rule(form))} 份材料分到组。"
        case "move":
            return f"已调整 {move_dossiers(tx, actor, key, group or 0, ticked)} 份材料的分组。"
        case "remove":
            return f"已移出 {remove_dossiers(tx, actor, key, ticked)} 份材料。"
    raise InvalidInput("请选择要办理的事项。")


def _rule(form: Form) -> dict[tuple[int, str], int]:
    """`rule[7/philosophy]` → the group those of committee 7 and that specialty go to."""
    found: dict[tuple[int, str], int] = {}
    for name in form:
        if name.startswith("rule[") and name.endswith("]"):
            committee, _, specialty = name[5:-1].partition("/")
            group = number_in(form, name)
            if committee.isdecimal() and len(committee) < 19 and group is not None:
                found[int(committee), specialty] = group
    return found


def _draw(
    request: Request,
    tx: Transaction,
    actor: Actor,
    key: int,
    errors: Errors | None = None,
    status: int = 200,
    *,
    form: Form | None = None,
) -> Response:
    """The page; `form` is what was posted, where it comes back with what was ticked."""
    meeting, desk = meeting_of(tx, actor, key), desk_of(tx, actor, key)
    params, book = request.query_params, code_book(request, tx, meeting.year)
    task = desk.task_of(STEP) if may_keep(actor, meeting) else None
    number, size = page_in(request, SIZES)
    counts = count_groups(tx, key)
    text = params.get("text", "").strip()
    waiting = waiting_dossiers(tx, meeting, size=1)[1] if task else 0
    tab = params.get("tab") if form is None else text_in(form, "tab")
    grouped = task is None or tab == "grouped" or (not waiting and sum(counts.values()) > 0)
    chosen = params.get("group", "")
    group = int(chosen) if chosen.isdecimal() and len(chosen) < 19 else None
    stage = next((one for one in DossierStage if one.value == params.get("stage")), None)
    if grouped:
        found = dossiers_of(tx, actor, meeting, group=group, stage=stage, text=text, page=number, size=size)
        rows, total = found.rows, found.total
    else:
        specialty = params.get("specialty", "")
        rows, total = waiting_dossiers(tx, meeting, text=text, specialty=specialty, page=number, size=size)
    groups = groups_of(tx, key)
    specialties = waiting_specialties(tx, meeting) if task and not grouped else []
    return draw(
        request,
        tx,
        actor,
        key,
        "dossiers.html",
        "dossiers",
        errors=errors,
        status=status,
        picked=numbers_in(form, "dossier") if form is not None else (),
        to_group=text_in(form, "to_group") if form is not None else "",
        meeting=meeting,
        desk=desk,
        task=task,
        grouped=grouped,
        sheets=[
            {"label": "待分组", "url": f"{address_of(key)}/dossiers", "current": not grouped, "count": waiting},
            {
                "label": "已分组",
                "url": f"{address_of(key)}/dossiers?tab=grouped",
                "current": grouped,
                "count": sum(counts.values()),
            },
        ]
        if task
        else [],
        rows=[{"key": row.get("declaration") or row["case_key"], "row": row, **_words(book, row)} for row in rows],
        total=total,
        number=number,
        size=size,
        sizes=SIZES,
        groups=groups,
        choices=[(one["id"], f"{one['name']}（{counts.get(one['id'], 0)} 份）") for one in groups],
        specialties=[
            {
                **one,
                "name": f"rule[{one['committee']}/{one['specialty'] or ''}]",
                "label": book.label("specialty", one["specialty"]) if one["specialty"] else "未填专业",
                "committee_name": meeting.committee_name(one["committee"]),
                "groups": [(g["id"], g["name"]) for g in groups if g["committee"] == one["committee"]],
            }
            for one in specialties
        ],
        fields=_filters(book, groups, specialties, grouped),
    )


def _words(book: Any, row: Any) -> dict[str, str]:
    return {
        "title": f"{book.label('title_name', row['title_name']) if row['title_name'] else ''}",
        "specialty": book.label("specialty", row["specialty"]) if row["specialty"] else "—",
        "stage": STAGES[row["stage"]] if "stage" in row else "",
    }


def _filters(book: Any, groups: Any, specialties: Any, grouped: bool) -> list[dict[str, Any]]:
    fields: list[dict[str, Any]] = [{"name": "text", "label": "申报编号或姓名"}]
    if grouped:
        fields.append(
            {
                "name": "group",
                "label": "分组",
                "kind": "select",
                "options": [(one["id"], one["name"]) for one in groups],
            }
        )
        stages = [(stage.value, words) for stage, words in STAGES.items()]
        fields.append({"name": "stage", "label": "评审进度", "kind": "select", "options": stages})
    else:
        options = [
            (one["specialty"], book.label("specialty", one["specialty"])) for one in specialties if one["specialty"]
        ]
        fields.append({"name": "specialty", "label": "申报专业", "kind": "select", "options": options})
    return fields
