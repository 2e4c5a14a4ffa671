"""`/applicants`: 申报人帐号管理 (U5): the people of the own unit who declare in a year."""

from typing import Any

from fastapi import APIRouter, Request, Response

from engine.access import Actor
from engine.clock import local
from engine.db import Transaction
from engine.declaration.moving import correct_identity
from engine.errors import InvalidInput, Refused
from engine.organisation import Applicant, create_enrolment, unit_names
from engine.organisation.applicants import (
    ApplicantFilter,
    applicant_details,
    edit_applicant,
    find_applicant,
    list_applicants,
    refuse_unless_applicants,
)
from engine.organisation.enrolments import EnrolledElsewhere
from engine.organisation.queries import is_agency
from web.deps import POSTED, Form, Key, app_of, code_book, command, current, query, year_of
from web.organisation.asking import filters_of, first_errors, first_password, values_of
from web.organisation.events import told
from web.organisation.staff import STATES, show_first_password
from web.pages import flash, page, redirect
from web.paging import Pager, size_of

router = APIRouter()

FILTERS = ("name", "identity_number", "mobile", "department", "state")
FIELDS = ("name", "identity_type", "identity_number", "mobile", "department", "employer")
CONTACT = ("mobile", "department", "employer")
CORRECTION = ("name", "identity_type", "identity_number", "reason")
#: the manual's applicants sign in with the number of their identity card
IDENTITY_CARD = "01"
FILTER_FIELDS: list[dict[str, Any]] = [
    {"name": "name", "label": "姓名"},
    {"name": "identity_number", "label": "证件号码"},
    {"name": "mobile", "label": "手机号码"},
    {"name": "state", "label": "状态", "kind": "select", "options": STATES},
    {"name": "department", "label": "所在部门"},
]


@router.get("/applicants")
def show_applicants(request: Request) -> Response:
    asked, year = request.query_params, year_of(request)
    with query(request) as (tx, actor):
        size = size_of(asked)
        wanted = ApplicantFilter(**filters_of(asked, FILTERS))
        found = list_applicants(
            tx, actor, year, wanted, limit=size, before=asked.get("before"), after=asked.get("after")
        )
        present, agency = year == local(tx.now).year, is_agency(tx, actor.unit)
    return page(
        request,
        "organisation/applicants.html",
        rows=found.rows,
        found=Pager(None, False, found.previous, found.next, size),
        fields=FILTER_FIELDS,
        year=year,
        present=present,
        agency=agency,
    )


@router.get("/applicants/new")
def show_new(request: Request) -> Response:
    with query(request) as (tx, actor):
        return _draw_new(request, tx, actor, {"identity_type": IDENTITY_CARD}, {})


def _draw_new(
    request: Request,
    tx: Transaction,
    actor: Actor,
    values: dict[str, str],
    errors: dict[str, str],
    elsewhere: str = "",
) -> Response:
    refuse_unless_applicants(actor)
    return page(
        request,
        "organisation/applicant_form.html",
        status=422 if errors else 409 if elsewhere else 200,
        heading="新增申报人帐号",
        action="/applicants/new",
        values=values,
        errors=errors,
        types=_types(request, tx),
        facts=[
            ("申报单位", unit_names(tx, {actor.unit or 0}).get(actor.unit or 0, "")),
            ("年度", str(local(tx.now).year)),
        ],
        agency=is_agency(tx, actor.unit),
        elsewhere=elsewhere,
        cancel="/applicants",
    )


def _types(request: Request, tx: Transaction) -> list[tuple[str, str]]:
    return [(option.value, option.label) for option in code_book(request, tx).options("identity_type", {})]


@router.post("/applicants/new")
def do_enrol(request: Request, form: Form = POSTED) -> Response:
    current(request)
    password, hashed = first_password(request)
    values = values_of(form, FIELDS)
    try:
        with command(request) as (tx, actor):
            year = local(tx.now).year
            made = create_enrolment(tx, actor, year=year, applicant=Applicant(**values), password_hash=hashed)
    except InvalidInput as problem:
        with query(request) as (tx, actor):
            return _draw_new(request, tx, actor, values, first_errors(problem))
    except EnrolledElsewhere as refused:
        with query(request) as (tx, actor):
            return _draw_new(request, tx, actor, values, {}, refused.message)
    except Refused as refused:
        with query(request) as (tx, actor):
            return _draw_new(request, tx, actor, values, {"identity_number": refused.message})
    if not made.new_account:
        flash(request, f"新增成功。{values['name'].strip()}已有账户，登录密码不变。")
    elif app_of(request).settings.demo:
        flash(request, f"新增成功，初始密码为 {password}，首次登录须修改。")
    else:
        return show_first_password(request, made.account, "新增成功", password, "/applicants")
    return redirect(request, "/applicants")


@router.get("/applicants/{key}")
def show_one(request: Request, key: Key) -> Response:
    with query(request) as (tx, actor):
        found = applicant_details(tx, actor, key)
        label = code_book(request, tx).label("identity_type", found.row.identity_type)
        present = found.row.year == local(tx.now).year
    return page(
        request,
        "organisation/applicant_detail.html",
        found=found,
        events=told(found.events),
        type_label=label,
        present=present,
    )


@router.get("/applicants/{key}/edit")
def show_edit(request: Request, key: Key) -> Response:
    with query(request) as (tx, actor):
        row = find_applicant(tx, actor, key)
        values = {"mobile": row.mobile, "department": row.department, "employer": row.employer}
        return _draw_edit(request, tx, actor, key, values, {})


def _draw_edit(
    request: Request, tx: Transaction, actor: Actor, key: int, values: dict[str, str], errors: dict[str, str]
) -> Response:
    row = find_applicant(tx, actor, key)
    return page(
        request,
        "organisation/applicant_form.html",
        status=422 if errors else 200,
        heading="编辑申报人帐号",
        action=f"/applicants/{key}/edit",
        values=values,
        errors=errors,
        types=[],
        facts=[("姓名", row.name), ("证件号码", row.identity_number)],
        agency=is_agency(tx, actor.unit),
        elsewhere="",
        cancel=f"/applicants/{key}",
    )


@router.post("/applicants/{key}/edit")
def do_edit(request: Request, key: Key, form: Form = POSTED) -> Response:
    values = values_of(form, CONTACT)
    try:
        with command(request) as (tx, actor):
            edit_applicant(tx, actor, key, **values)
    except InvalidInput as problem:
        with query(request) as (tx, actor):
            return _draw_edit(request, tx, actor, key, values, first_errors(problem))
    flash(request, "已保存。")
    return redirect(request, f"/applicants/{key}")


@router.get("/applicants/{key}/identity")
def show_identity(request: Request, key: Key) -> Response:
    with query(request) as (tx, actor):
        row = find_applicant(tx, actor, key)
        values = {"name": row.name, "identity_type": row.identity_type, "identity_number": row.identity_number}
        return _draw_identity(request, tx, actor, key, values, {})


def _draw_identity(
    request: Request,
    tx: Transaction,
    actor: Actor,
    key: int,
    values: dict[str, str],
    errors: dict[str, str],
    refused: str = "",
) -> Response:
    return page(
        request,
        "organisation/identity_form.html",
        status=422 if errors else 409 if refused else 200,
        refused=refused,
        found=find_applicant(tx, actor, key),
        values=values,
        errors=errors,
        types=_types(request, tx),
    )


@router.post("/applicants/{key}/identity")
def do_correct(request: Request, key: Key, form: Form = POSTED) -> Response:
    current(request)
    password, hashed = first_password(request)
    values = values_of(form, CORRECTION)
    try:
        with command(request) as (tx, actor):
            correct_identity(tx, actor, key, password_hash=hashed, **values)
            account = find_applicant(tx, actor, key).account
    except InvalidInput as problem:
        with query(request) as (tx, actor):
            return _draw_identity(request, tx, actor, key, values, first_errors(problem))
    except Refused as problem:
        with query(request) as (tx, actor):
            return _draw_identity(request, tx, actor, key, values, {}, problem.message)
    if app_of(request).settings.demo:
        flash(request, f"已更正，账户重新发放，初始密码为 {password}。")
        return redirect(request, f"/applicants/{key}")
    return show_first_password(request, account, "已更正，账户重新发放", password, f"/applicants/{key}")
