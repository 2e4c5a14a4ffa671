"""Who asks, and in which transaction: what the endpoints of every slice begin with.

    @router.get("/inbox")
    def show_inbox(request: Request) -> Response:
        with query(request) as (tx, actor):          # reads, no BEGIN
            tasks = ...
        return page(request, "inbox/inbox.html", tasks=tasks)

    @router.post("/tasks/{key}/claim")
    def claim(request: Request, key: int, form: Form = POSTED) -> Response:
        with command(request) as (tx, actor):        # one transaction, committed before the answer
            claim_task(tx, actor, key)
        return redirect(request, f"/tasks/{key}")

Endpoints are plain `def`: FastAPI runs each in one thread. `POSTED` is the only dependency, and asynchronous, so it costs no second
hop to a thread.
"""

import hmac
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Annotated

from fastapi import Depends, Path, Request
from starlette.datastructures import FormData

from engine.access import Actor, Permission
from engine.bootstrap import App
from engine.clock import local
from engine.db import Database, Transaction
from engine.errors import ZhipingError
from engine.flow.queries import count_inbox
from engine.organisation import Session, actor_of, is_due, role_choices, touch_session
from engine.reference import CodeBook, CodeLists
from web.navigation import groups_for
from web.pages import CSRF_FIELD, CSRF_HEADER, is_htmx
from web.told import told_to
from web.view import RoleChoice, View

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
#: where somebody who still has the initial password may go
BEFORE_CHANGE = frozenset({"/password", "/sign-out", "/preferences"})
YEAR_COOKIE = "year"
#: so many past years are offered
YEARS = 5


class SignedOut(ZhipingError):
    """登录已过期，请重新登录；填写的内容仍在本页。"""


class PageExpired(ZhipingError):
    """页面停留过久，没有提交成功，请刷新页面后再提交一次。"""


class MustChangePassword(ZhipingError):
    """请先修改初始密码，再办理其他事项。"""


def app_of(request: Request) -> App:
    app = request.app.state.app
    assert isinstance(app, App)
    return app


def database_of(request: Request) -> Database:
    return app_of(request).database


def cookie_name(app: App) -> str:
    """Behind https the name itself keeps other hosts and paths from setting the cookie."""
    return "__Host-session" if app.settings.secure_cookies else "session"


def token_of(request: Request) -> str:
    return request.cookies.get(cookie_name(app_of(request)), "")


async def posted(request: Request) -> AsyncIterator[FormData]:
    """The posted form. Parsed here, since an endpoint in a thread cannot wait for the body; its files are closed at the end."""
    async with request.form() as form:
        request.state.form = form
        yield form


Form = FormData
POSTED = Depends(posted)
#: a key in an address; what can be none leads nowhere (404)
Key = Annotated[int, Path(ge=1, lt=2**63)]


@contextmanager
def query(request: Request) -> Iterator[tuple[Transaction, Actor]]:
    """A view for reading and the one who asks. Raises `SignedOut` and `MustChangePassword` (see `web.errors`)."""
    with database_of(request).read() as tx:
        yield tx, _enter(request, tx)


@contextmanager
def command(request: Request) -> Iterator[tuple[Transaction, Actor]]:
    """A transaction, committed when the block ends, and the one who asks. Raises `PageExpired` without this session's CSRF token."""
    actor = current(request)
    with database_of(request).transaction() as tx:
        yield tx, actor


def current(request: Request) -> Actor:
    """The one who asks, for endpoints that need no transaction of their own."""
    with database_of(request).read() as tx:
        return _enter(request, tx)


def session_of(request: Request) -> Session:
    """The sign-in of who asks; only after `current`, `query` or `command`."""
    held = request.state.session
    assert isinstance(held, Session)
    return held


def year_of(request: Request) -> int:
    """The review year chosen in the top bar, else the present one (A10)."""
    this = local(database_of(request).clock.now()).year
    chosen = request.cookies.get(YEAR_COOKIE, "")
    return int(chosen) if chosen in {str(year) for year in range(this - YEARS + 1, this + 1)} else this


def code_book(request: Request, tx: Transaction, year: int | None = None) -> CodeBook:
    """The code lists of the year, of the chosen one where none is named: the option source of forms."""
    return tx.service(CodeLists).book(tx, year or year_of(request))


def try_enter(request: Request) -> None:
    """Fill in the frame for somebody who is signed in, on pages that are open to everybody."""
    with database_of(request).read() as tx:
        found = actor_of(tx, token_of(request))
        if found is not None:
            _remember(request, tx, *found)


def _enter(request: Request, tx: Transaction) -> Actor:
    found = actor_of(tx, token_of(request))
    if found is None:
        raise SignedOut
    actor, held = found
    _remember(request, tx, actor, held)
    if request.method not in SAFE and not _is_genuine(request, held):
        raise PageExpired
    if held.must_change and request.url.path not in BEFORE_CHANGE:
        raise MustChangePassword
    if is_due(held, tx.now):
        app = app_of(request)
        with app.database.transaction() as own:
            touch_session(own, held, app.settings.session_hours)
    return actor


def _is_genuine(request: Request, held: Session) -> bool:
    given = request.headers.get(CSRF_HEADER)
    if given is None:
        form = getattr(request.state, "form", None)
        given = form.get(CSRF_FIELD) if form is not None else None
    return isinstance(given, str) and hmac.compare_digest(given.encode(), held.csrf.encode())


def _remember(request: Request, tx: Transaction, actor: Actor, held: Session) -> None:
    request.state.actor = actor
    request.state.session = held
    # A piece has no frame, and so needs no list of roles and no count.
    framed = not is_htmx(request)
    roles = role_choices(tx, held.account) if framed and held.roles > 1 else []
    waiting = count_tasks(tx, actor) if framed and request.method == "GET" and not held.must_change else None
    told = told_to(request, tx, actor) if framed and not held.must_change else None
    demo = app_of(request).settings.demo
    year = year_of(request)
    this = local(tx.now).year
    request.state.view = View(
        csrf=held.csrf,
        actor_name=actor.name,
        unit_name=held.office_name if actor.units else held.unit_name,
        role_label=held.role_label,
        roles=tuple(
            RoleChoice(str(role.membership), role.label, role.unit_name, role.membership == held.membership)
            for role in roles
        ),
        account=str(held.account),
        year=year,
        years=tuple(range(this, this - YEARS, -1)),
        nav=() if held.must_change else groups_for(actor, waiting, unread=told.unread if told else 0, demo=demo),
        contact=told.contact if told else "",
        contact_phone=told.phone if told else "",
        unread=held.unread,
        batches=held.batches,
        theme=held.theme.value,
        density=held.density.value,
        demo=demo,
        suggest_url="/search/suggestions",
    )


def count_tasks(tx: Transaction, actor: Actor) -> int | None:
    """How many tasks wait for the actor, its own and those it may claim; nothing for roles that have none."""
    if not actor.may(Permission.TASKS_WORK):
        return None
    counts = count_inbox(tx, actor)
    return counts.mine + counts.free
