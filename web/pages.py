"""Draws pages and pieces of pages: Jinja over `web/`, one environment for all slices.

A route ends in one of
    return page(request, "inbox/inbox.html", tasks=tasks)                  the whole page
    return piece(request, "inbox/inbox.html", "rows", tasks=tasks)         one named block of it, for htmx
    return redirect(request, "/inbox")                                     a plain form and htmx alike
and may say something first: flash(request, "已保存"). Every macro of `web/shared` is `ui.NAME` in every template.
"""

import base64
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined, Template, pass_context
from jinja2.runtime import Context, Macro
from markupsafe import Markup
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from web.assets import has_asset, static_url
from web.filters import FILTERS
from web.view import View

ROOT = Path(__file__).parent
SYSTEM_NAME = "河北省专业技术人员职称评审信息系统"
SPONSOR = "主办单位：河北省人力资源和社会保障厅"
CSRF_FIELD = "csrf_token"
CSRF_HEADER = "X-CSRF-Token"

_FLASH = "flash"
#: an address that answers with a page or a piece must not be mixed up by the browser's cache
_VARY = {"Vary": "HX-Request"}

Kind = Literal["info", "good", "warn", "bad"]


class Pieces:
    """The macros of `web/shared/*.html` by name.

    A macro whose name begins with `_` is private to its file; a file whose name does is a part of the frame.
    """

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._macros: dict[str, Macro] = {}

    def __getattr__(self, name: str) -> Macro:
        if name.startswith("_"):
            raise AttributeError(name)
        if name not in self._macros:
            self._macros = self._collect()
        try:
            return self._macros[name]
        except KeyError:
            raise AttributeError(f"web/shared has no macro {name}") from None

    def _collect(self) -> dict[str, Macro]:
        macros: dict[str, Macro] = {}
        for file in sorted((ROOT / "shared").glob("[!_]*.html")):
            source = file.read_text(encoding="utf-8")
            if "{% macro" not in source:
                continue
            module = self._environment.get_template(f"shared/{file.name}").module
            for name, value in vars(module).items():
                if isinstance(value, Macro) and not name.startswith("_"):
                    if name in macros:
                        raise ValueError(f"two macros of web/shared are called {name}")
                    macros[name] = value
        return macros


@cache
def environment() -> Environment:
    """The one Jinja environment. Escapes everything; a name that is not there is an error, not an empty place."""
    env = Environment(
        loader=FileSystemLoader(ROOT),
        autoescape=True,
        undefined=StrictUndefined,
        bytecode_cache=FileSystemBytecodeCache(),
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: "" if value is None else value,
    )
    env.filters.update(FILTERS)
    env.globals.update(
        ui=Pieces(env),
        static_url=static_url,
        has_asset=has_asset,
        csrf_input=_csrf_input,
        query_with=query_with,
        SYSTEM_NAME=SYSTEM_NAME,
        SPONSOR=SPONSOR,
        CSRF_HEADER=CSRF_HEADER,
    )
    return env


def query_with(query: QueryParams, **changes: object) -> str:
    """`?…` of the present query with some names changed; None takes a name away. For the links of a list.

    >>> query_with(QueryParams("tab=open&page=3"), page=None, sort="name")
    '?tab=open&sort=name'
    """
    kept = [(name, value) for name, value in query.multi_items() if name not in changes]
    added = [(name, str(value)) for name, value in changes.items() if value is not None]
    return "?" + urlencode(kept + added)


@pass_context
def _csrf_input(context: Context) -> Markup:
    """`{{ csrf_input() }}`: the hidden field every form that posts carries."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(CSRF_FIELD, context["view"].csrf)


def page(
    request: Request,
    template: str | Template,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **context: Any,
) -> HTMLResponse:
    """The whole page, with what `flash` has kept for it."""
    flashes = _take_flashes(request)
    body = environment().get_template(template).render(_frame_context(request, flashes) | context)
    answer = HTMLResponse(body, status_code=status, headers=_VARY | dict(headers or {}))
    if _FLASH in request.cookies:
        answer.delete_cookie(_FLASH, path="/")
    return answer


def piece(
    request: Request,
    template: str | Template,
    block: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **context: Any,
) -> HTMLResponse:
    """One `{% block %}` of the template alone, with the same context as `page`; `flash` becomes a toast.

    The block sees the macros as `ui.NAME`; imports at the top of the template are outside it.
    """
    source = environment().get_template(template)
    scope = source.new_context(_frame_context(request, []) | context)
    body = "".join(source.blocks[block](scope))
    for kind, text in getattr(request.state, "flashes", []):
        body += _toast(kind, text)
    return HTMLResponse(body, status_code=status, headers=_VARY | dict(headers or {}))


def redirect(request: Request, url: str) -> Response:
    """Sends the browser to `url` by GET: 303 for a plain form, HX-Redirect for htmx. What was flashed is shown there."""
    answer: Response
    if is_htmx(request):
        answer = Response(status_code=204, headers={"HX-Redirect": url})
    else:
        answer = RedirectResponse(url, status_code=303)
    flashes = getattr(request.state, "flashes", [])
    if flashes:
        packed = base64.urlsafe_b64encode(json.dumps(flashes).encode()).decode()
        answer.set_cookie(_FLASH, packed, max_age=120, httponly=True, samesite="lax", path="/")
    return answer


def flash(request: Request, text: str, kind: Kind = "good") -> None:
    """A sentence for the next thing the person sees: this page, this piece, or the page a redirect leads to."""
    if not hasattr(request.state, "flashes"):
        request.state.flashes = []
    request.state.flashes.append([kind, text])


def is_htmx(request: Request) -> bool:
    """Whether htmx asks for a piece. Going back in history and boosted links want the whole page."""
    whole = "HX-History-Restore-Request" in request.headers or "HX-Boosted" in request.headers
    return request.headers.get("HX-Request") == "true" and not whole


def _toast(kind: str, text: str) -> str:
    toast = environment().globals["ui"].toast(text, kind)  # type: ignore[attr-defined]
    return f'<hx-partial hx-target="#toasts" hx-swap="beforeend">{toast}</hx-partial>'


def _take_flashes(request: Request) -> list[list[str]]:
    waiting = list(getattr(request.state, "flashes", []))
    try:
        kept = json.loads(base64.urlsafe_b64decode(request.cookies.get(_FLASH, "")))
    except ValueError:
        return waiting
    # The cookie is the browser's: anything but pairs of text is ignored, and templates escape the rest.
    if not isinstance(kept, list):
        return waiting
    return [pair for pair in kept if _is_flash(pair)] + waiting


def _is_flash(pair: object) -> bool:
    match pair:
        case ["info" | "good" | "warn" | "bad", str()]:
            return True
    return False


def _frame_context(request: Request, flashes: list[list[str]]) -> dict[str, Any]:
    view: View = getattr(request.state, "view", None) or View()
    theme = view.theme or request.cookies.get("theme", "auto")
    density = view.density or request.cookies.get("density", "comfortable")
    return {
        "request": request,
        "view": view,
        "flashes": flashes,
        "theme": theme if theme in {"light", "dark"} else "auto",
        "density": density if density == "compact" else "comfortable",
        "keys": "off" if request.cookies.get("keys") == "off" else "on",
        "nav_closed": request.cookies.get("nav") == "closed",
        "nav_current": view.current_item(request.url.path, request.url.query),
    }
