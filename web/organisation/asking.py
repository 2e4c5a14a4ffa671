"""What the pages of accounts read from requests: fields, where to go back to, a first password."""

from collections.abc import Iterable, Mapping

from fastapi import Request

from engine.errors import InvalidInput
from engine.organisation import make_initial_password
from web.deps import Form, app_of
from web.kept import is_local


def text_of(form: Form, name: str) -> str:
    value = form.get(name)
    return value if isinstance(value, str) else ""


def values_of(form: Form, names: Iterable[str]) -> dict[str, str]:
    return {name: text_of(form, name) for name in names}


def first_errors(problem: InvalidInput) -> dict[str, str]:
    """One sentence by field, as the pages draw them; what concerns the whole form stands at its first field."""
    return {name: found[0] for name, found in problem.fields.items()} or {"name": problem.message}


def back_to(given: str, otherwise: str) -> str:
    return given if is_local(given) else otherwise


def first_password(request: Request) -> tuple[str, str]:
    """A first password and its hash: made before the transaction that uses it."""
    app = app_of(request)
    password = make_initial_password(demo=app.settings.demo)
    return password, app.passwords.hash(password)


def filters_of(query: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    """What the address narrows a list to."""
    return {name: query.get(name, "").strip()[:100] for name in names}
