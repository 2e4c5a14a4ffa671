"""The home page and the people of the demo province."""

from dataclasses import dataclass
from itertools import groupby

from fastapi import APIRouter, Request, Response

from engine.bulletin.announcements import visible_announcements
from engine.committee.demo_experts import demo_pool_accounts
from engine.declaration.years import current_year
from engine.errors import NotFound
from engine.organisation import ROLES, Role
from engine.organisation.demo import DemoAccount, demo_accounts
from web.deps import app_of, database_of, try_enter
from web.navigation import home_of
from web.pages import page, redirect
from web.plan_banner import year_plan_banner
from web.view import View

router = APIRouter()

#: so many announcements stand on the portal
ANNOUNCED = 6


@dataclass(frozen=True, slots=True)
class DemoUnit:
    """A unit of the demo province with those who sign in for it."""

    name: str
    people: tuple[DemoAccount, ...]


def public_view(request: Request) -> View:
    """The frame for somebody who is not signed in."""
    return View(demo=app_of(request).settings.demo)


@router.get("/")
def show_home(request: Request) -> Response:
    """The portal (A1, A2); who is signed in goes on to the place of the role."""
    try_enter(request)
    actor = getattr(request.state, "actor", None)
    if actor is not None:
        return redirect(request, home_of(actor))
    request.state.view = public_view(request)
    with database_of(request).read() as tx:
        found, _ = visible_announcements(tx, None, size=ANNOUNCED)
        plan = year_plan_banner(tx, None, current_year(tx))
    return page(request, "organisation/home.html", announcements=found, plan=plan)


@router.get("/demo")
def show_demo(request: Request) -> Response:
    """Everybody one may sign in as, unit by unit; only in demo mode."""
    if not app_of(request).settings.demo:
        raise NotFound
    try_enter(request)
    if getattr(request.state, "view", None) is None:
        request.state.view = public_view(request)
    units = tuple(DemoUnit(name, tuple(people)) for name, people in groupby(_by_unit(), key=lambda person: person.unit))
    return page(request, "organisation/demo.html", units=units, role_label=role_label, sign_in_tab=sign_in_tab)


def _by_unit() -> list[DemoAccount]:
    people = (*demo_accounts(), *demo_pool_accounts())
    order = list(dict.fromkeys(person.slug for person in people))
    return sorted(people, key=lambda person: order.index(person.slug))


def role_label(role: str) -> str:
    """The manual's word for a role."""
    return ROLES[Role(role)].label


def sign_in_tab(person: DemoAccount) -> str:
    return "person" if person.kind == "person" else "unit"
