"""转出 and 转入 of a person (Q36): asking for it; what follows is the diagram's."""

from fastapi import APIRouter, Request, Response

from engine.access import Actor
from engine.db import Transaction
from engine.declaration.moving import request_transfer
from engine.errors import InvalidInput, Refused
from engine.organisation import unit_names
from engine.organisation.applicants import find_applicant, refuse_unless_applicants
from engine.organisation.transfers import find_enrolled, find_target
from web.deps import POSTED, Form, Key, command, query
from web.filters import id_groups
from web.organisation.asking import first_errors, values_of
from web.pages import flash, page, redirect

router = APIRouter()

PERSON = ("name", "identity_type", "identity_number")
ASKED = "申请已提出，对方单位办理后会通知您。"


@router.get("/applicants/{key}/transfer")
def show_release(request: Request, key: Key) -> Response:
    with query(request) as (tx, actor):
        return _draw_release(request, tx, actor, key, {}, {})


def _draw_release(
    request: Request,
    tx: Transaction,
    actor: Actor,
    key: int,
    values: dict[str, str],
    errors: dict[str, str],
    refused: str = "",
) -> Response:
    row = find_applicant(tx, actor, key)
    return page(
        request,
        "organisation/transfer_form.html",
        status=422 if errors else 409 if refused else 200,
        refused=refused,
        heading="转出",
        lead="人员已调往其他单位的，由新单位接收后，本年度账户转到新单位；申报材料尚未上报的，已填写的内容一并转去。",
        action=f"/applicants/{key}/transfer",
        facts=[("姓名", row.name), ("证件号码", id_groups(row.identity_number))],
        hidden={},
        asks_unit=True,
        values=values,
        errors=errors,
        cancel=f"/applicants/{key}",
    )


@router.post("/applicants/{key}/transfer")
def do_release(request: Request, key: Key, form: Form = POSTED) -> Response:
    values = values_of(form, ("to_unit", "reason"))
    try:
        with command(request) as (tx, actor):
            found = find_applicant(tx, actor, key)
            target = find_target(tx, values["to_unit"])
            case = request_transfer(tx, actor, found.id, to_unit=target, reason=values["reason"])
    except InvalidInput as problem:
        with query(request) as (tx, actor):
            return _draw_release(request, tx, actor, key, values, first_errors(problem))
    except Refused as problem:
        with query(request) as (tx, actor):
            return _draw_release(request, tx, actor, key, values, {}, problem.message)
    flash(request, ASKED)
    return redirect(request, f"/cases/{case}")


@router.post("/transfers/in/ask")
def ask_taking(request: Request, form: Form = POSTED) -> Response:
    """The page where a reason is given; a post, so that no identity number stands in an address."""
    with query(request) as (tx, actor):
        return _draw_taking(request, tx, actor, values_of(form, PERSON), {})


def _draw_taking(
    request: Request,
    tx: Transaction,
    actor: Actor,
    values: dict[str, str],
    errors: dict[str, str],
    refused: str = "",
) -> Response:
    refuse_unless_applicants(actor)
    person = {name: values[name] for name in PERSON}
    _, unit = find_enrolled(tx, actor, **person)
    own = unit_names(tx, {actor.unit or 0}).get(actor.unit or 0, "")
    return page(
        request,
        "organisation/transfer_form.html",
        status=422 if errors else 409 if refused else 200,
        refused=refused,
        heading="转入",
        lead="对方单位同意后，该人员本年度的账户转到本单位；申报材料尚未上报的，已填写的内容一并转来。",
        action="/transfers/in",
        facts=[
            ("姓名", person["name"]),
            ("证件号码", id_groups(person["identity_number"])),
            ("现所在单位", unit),
            ("转入单位", own),
        ],
        hidden=person,
        asks_unit=False,
        values=values,
        errors=errors,
        cancel="/applicants",
    )


@router.post("/transfers/in")
def do_take(request: Request, form: Form = POSTED) -> Response:
    values = values_of(form, (*PERSON, "reason"))
    try:
        with command(request) as (tx, actor):
            refuse_unless_applicants(actor)
            enrolment, _ = find_enrolled(tx, actor, **{name: values[name] for name in PERSON})
            case = request_transfer(tx, actor, enrolment, to_unit=actor.unit or 0, reason=values["reason"])
    except InvalidInput as problem:
        with query(request) as (tx, actor):
            return _draw_taking(request, tx, actor, values, first_errors(problem))
    except Refused as problem:
        with query(request) as (tx, actor):
            return _draw_taking(request, tx, actor, values, {}, problem.message)
    flash(request, ASKED)
    return redirect(request, f"/cases/{case}")
