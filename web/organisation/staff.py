"""`/accounts`: 工作人员帐号管理 (U4), and what is done to one account of whatever kind: 停用, 启用, 重置密码."""

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Request, Response

from engine.access import Actor, Permission, authorize
from engine.db import Transaction
from engine.errors import InvalidInput
from engine.organisation import Role, create_account, disable_account, enable_account, reset_password, unit_names
from engine.organisation.accounts import Details, edit_account, give_staff_role, governed
from engine.organisation.leaving import LeftBehind, tasks_left_behind, tasks_left_by_role
from engine.organisation.role_changes import change_staff_role, role_to_change
from engine.organisation.roles import GRANTS, ROLES, STAFF_ROLES
from engine.organisation.staff import StaffFilter, list_staff, name_of, staff_details
from web.deps import POSTED, Form, Key, app_of, command, current, query
from web.organisation.asking import back_to, filters_of, first_errors, first_password, text_of, values_of
from web.organisation.events import told
from web.pages import flash, page, redirect
from web.paging import Pager, size_of

router = APIRouter()

FILTERS = ("login", "name", "role", "mobile", "state", "unit_name")
FIELDS = ("login", "name", "role", "mobile", "email", "department")
STATES = [("active", "正常"), ("disabled", "已停用")]


@router.get("/accounts")
def show_staff(request: Request) -> Response:
    asked = request.query_params
    below = asked.get("tab") == "below"
    with query(request) as (tx, actor):
        size = size_of(asked)
        wanted = StaffFilter(below=below, **filters_of(asked, FILTERS))
        found = list_staff(tx, actor, wanted, limit=size, before=asked.get("before"), after=asked.get("after"))
    return page(
        request,
        "organisation/staff.html",
        rows=found.rows,
        found=Pager(None, False, found.previous, found.next, size),
        fields=_filter_fields(below=below),
        below=below,
        tabs=[
            {"label": "本单位工作人员", "url": "/accounts", "current": not below},
            {"label": "下级单位管理员", "url": "/accounts?tab=below", "current": below},
        ],
    )


def _filter_fields(*, below: bool) -> list[dict[str, Any]]:
    role = {"name": "role", "label": "角色", "kind": "select", "options": _role_words(STAFF_ROLES)}
    return [
        {"name": "name", "label": "姓名"},
        {"name": "login", "label": "登录名"},
        {"name": "unit_name", "label": "单位名称"} if below else role,
        {"name": "state", "label": "状态", "kind": "select", "options": STATES},
        {"name": "mobile", "label": "手机号码"},
    ]


def _role_words(roles: frozenset[Role]) -> list[tuple[str, str]]:
    return [(role.value, rights.label) for role, rights in ROLES.items() if role in roles]


def _roles_for(actor: Actor, unit: int | None) -> list[tuple[str, str]]:
    """What may be given in that unit: staff in the own one, an administrator in those below."""
    mine = STAFF_ROLES if unit == actor.unit else frozenset({Role.UNIT_ADMIN})
    return _role_words(mine & GRANTS.get(actor.role, frozenset()))


def _unit_of(actor: Actor, given: str) -> int | None:
    return int(given) if given.isdecimal() and len(given) < 19 else actor.unit


@router.get("/accounts/new")
def show_new(request: Request) -> Response:
    with query(request) as (tx, actor):
        authorize(actor, Permission.ACCOUNTS_MANAGE)
        return _draw_new(request, tx, actor, _unit_of(actor, request.query_params.get("unit", "")), {}, {})


def _draw_new(
    request: Request,
    tx: Transaction,
    actor: Actor,
    unit: int | None,
    values: dict[str, str],
    errors: dict[str, str],
) -> Response:
    names = unit_names(tx, {unit} if unit else set())
    roles = _roles_for(actor, unit)
    return page(
        request,
        "organisation/staff_form.html",
        status=422 if errors else 200,
        heading="新增工作人员帐号" if unit == actor.unit else "新增单位管理员帐号",
        action="/accounts/new" if unit == actor.unit else f"/accounts/new?unit={unit}",
        values=values or ({"role": roles[0][0]} if len(roles) == 1 else {}),
        errors=errors,
        roles=roles,
        left=LeftBehind([], False),
        unit_name=names.get(unit or 0, ""),
        login="",
        cancel="/accounts",
    )


@router.post("/accounts/new")
def do_create(request: Request, form: Form = POSTED) -> Response:
    current(request)
    password, hashed = first_password(request)
    values = values_of(form, FIELDS)
    try:
        with command(request) as (tx, actor):
            unit = _unit_of(actor, request.query_params.get("unit", ""))
            key, is_new = _create(tx, actor, unit, values, hashed)
    except InvalidInput as problem:
        with query(request) as (tx, actor):
            unit = _unit_of(actor, request.query_params.get("unit", ""))
            return _draw_new(request, tx, actor, unit, values, first_errors(problem))
    if not is_new:
        flash(request, f"{values['name'].strip()}已有个人账户，已增加角色；登录密码不变，登录后可切换身份。")
        return redirect(request, "/accounts")
    if app_of(request).settings.demo:
        flash(request, f"新增成功，初始密码为 {password}，首次登录须修改。")
        return redirect(request, "/accounts" if unit == actor.unit else "/accounts?tab=below")
    return show_first_password(request, key, "新增成功", password, "/accounts")


def _create(tx: Transaction, actor: Actor, unit: int | None, values: dict[str, str], hashed: str) -> tuple[int, bool]:
    """The account, and whether it is new: who declares for the unit has one already."""
    roles = dict(_roles_for(actor, unit))
    missing = {} if values["role"] in roles else {"role": ["请选择角色"]}
    missing |= {} if values["mobile"].strip() else {"mobile": ["请填写手机号码"]}
    if unit is None or missing:
        authorize(actor, Permission.ACCOUNTS_MANAGE)
        raise InvalidInput(fields=missing)
    role = Role(values["role"])
    if role in STAFF_ROLES and unit == actor.unit:
        held = give_staff_role(tx, actor, role=role, login=values["login"], name=values["name"])
        if held is not None:
            return held, False
    details = {name: values[name] for name in ("login", "name", "mobile", "email", "department")}
    return create_account(tx, actor, unit=unit, role=role, password_hash=hashed, **details), True


@router.get("/accounts/{key}")
def show_one(request: Request, key: Key) -> Response:
    with query(request) as (tx, actor):
        found = staff_details(tx, actor, key)
    return page(request, "organisation/staff_detail.html", found=found, events=told(found.events))


@router.get("/accounts/{key}/edit")
def show_edit(request: Request, key: Key) -> Response:
    with query(request) as (tx, actor):
        governed(tx, actor, key)
        return _draw_edit(request, tx, actor, key, None, {})


def _draw_edit(
    request: Request, tx: Transaction, actor: Actor, key: int, typed: dict[str, str] | None, errors: dict[str, str]
) -> Response:
    staff = staff_details(tx, actor, key).staff
    role = role_to_change(tx, actor, key)
    left = tasks_left_by_role(tx, actor, key, role.value) if role else LeftBehind([], False)
    stored = {name: value for name, value in asdict(staff).items() if name in FIELDS} | {"role": role or ""}
    return page(
        request,
        "organisation/staff_form.html",
        status=422 if errors else 200,
        heading="编辑帐号",
        action=f"/accounts/{key}/edit",
        values=typed or stored,
        errors=errors,
        roles=_role_words(STAFF_ROLES) if role else [],
        left=left,
        unit_name=staff.unit,
        login=staff.login,
        cancel=f"/accounts/{key}",
    )


@router.post("/accounts/{key}/edit")
def do_edit(request: Request, key: Key, form: Form = POSTED) -> Response:
    values = values_of(form, ("name", "mobile", "email", "department"))
    role = text_of(form, "role")
    try:
        with command(request) as (tx, actor):
            edit_account(tx, actor, key, Details(**values))
            given = _change_role(tx, actor, key, role) if role else 0
    except InvalidInput as problem:
        with query(request) as (tx, actor):
            return _draw_edit(request, tx, actor, key, values | {"role": role}, first_errors(problem))
    flash(request, f"已保存，{given} 项已签收的待办退回本单位同岗位人员。" if given else "已保存。")
    return redirect(request, f"/accounts/{key}")


def _change_role(tx: Transaction, actor: Actor, key: int, role: str) -> int:
    if role not in set(Role):
        raise InvalidInput(fields={"role": ["请选择角色"]})
    return change_staff_role(tx, actor, key, Role(role))


@router.get("/accounts/{key}/disable")
def ask_disable(request: Request, key: Key) -> Response:
    with query(request) as (tx, actor):
        left = tasks_left_behind(tx, actor, key)
        name = name_of(tx, governed(tx, actor, key))
    back = back_to(request.query_params.get("back", ""), f"/accounts/{key}")
    return page(
        request, "organisation/close_account.html", key=key, name=name, back=back, tasks=left.tasks, more=left.more
    )


@router.post("/accounts/{key}/disable")
def do_disable(request: Request, key: Key, form: Form = POSTED) -> Response:
    with command(request) as (tx, actor):
        disable_account(tx, actor, key)
    flash(request, "帐号已停用。")
    return redirect(request, back_to(text_of(form, "back"), f"/accounts/{key}"))


@router.post("/accounts/{key}/enable")
def do_enable(request: Request, key: Key, form: Form = POSTED) -> Response:
    with command(request) as (tx, actor):
        enable_account(tx, actor, key)
    flash(request, "帐号已启用，密码不变。")
    return redirect(request, back_to(text_of(form, "back"), f"/accounts/{key}"))


@router.get("/accounts/{key}/password")
def ask_reset(request: Request, key: Key) -> Response:
    with query(request) as (tx, actor):
        name = name_of(tx, governed(tx, actor, key))
    back = back_to(request.query_params.get("back", ""), f"/accounts/{key}")
    return page(request, "organisation/reset_password.html", key=key, name=name, back=back)


@router.post("/accounts/{key}/password")
def do_reset(request: Request, key: Key, form: Form = POSTED) -> Response:
    current(request)
    password, hashed = first_password(request)
    with command(request) as (tx, actor):
        reset_password(tx, actor, key, hashed)
    back = back_to(text_of(form, "back"), f"/accounts/{key}")
    if app_of(request).settings.demo:
        flash(request, f"密码已重置为初始密码 {password}，本人登录后须修改。")
        return redirect(request, back)
    return show_first_password(request, key, "密码已重置", password, back)


def show_first_password(request: Request, key: int, heading: str, password: str, back: str) -> Response:
    """The page that says a first password this once; nothing of it is kept."""
    with query(request) as (tx, actor):
        login = governed(tx, actor, key)
        name = name_of(tx, login)
    return page(
        request,
        "organisation/first_password.html",
        heading=heading,
        name=name,
        login=login,
        password=password,
        back=back,
    )
