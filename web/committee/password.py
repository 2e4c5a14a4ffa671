"""First passwords of committees and experts: made, and shown this once."""

from fastapi import Request
from starlette.responses import Response

from engine.organisation import make_initial_password
from web.deps import app_of
from web.pages import page


def first_password(request: Request) -> tuple[str, str]:
    """A first password and its hash: made before the transaction that uses it."""
    app = app_of(request)
    password = make_initial_password(demo=app.settings.demo)
    return password, app.passwords.hash(password)


def show_password(request: Request, name: str, login: str, password: str, back: str) -> Response:
    """A first password, this once."""
    return page(request, "committee/password.html", name=name, login=login, password=password, back=back)
