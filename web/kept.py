"""What was typed when a post could not be taken in: carried by the page that says so, sent again by one press.

Files are not among it; they were uploaded before. Passwords and puzzles are left out.
"""

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from fastapi import Request

from web.pages import CSRF_FIELD

#: more than that stays on the page before, by the browser's way back
MOST = 1024 * 1024
_SECRET = frozenset({CSRF_FIELD, "password", "current", "repeated", "captcha", "ticket"})


@dataclass(frozen=True, slots=True)
class Kept:
    """Where it was going and the fields in their order."""

    path: str
    fields: tuple[tuple[str, str], ...]

    @property
    def packed(self) -> str:
        """The fields as one line, to travel through the sign-in page."""
        return urlencode(self.fields)


def kept_work(request: Request) -> Kept | None:
    """What this request posted; nothing where there was no form, or where it began elsewhere."""
    form = getattr(request.state, "form", None)
    if form is None or request.url.path in {"/sign-in", "/password"}:
        return None
    fields = tuple(
        (name, value) for name, value in form.multi_items() if name not in _SECRET and isinstance(value, str)
    )
    query = f"?{request.url.query}" if request.url.query else ""
    size = sum(len(name) + len(value) for name, value in fields)
    return Kept(request.url.path + query, fields) if fields and size <= MOST else None


def unpack(path: str, packed: str) -> Kept | None:
    """What the sign-in page carried; nothing for an address that is not of this system."""
    if not is_local(path) or not packed:
        return None
    return Kept(path, tuple(parse_qsl(packed, keep_blank_values=True)))


def is_local(path: str) -> bool:
    """Whether an address to go on to stays in this system: a path, never a host."""
    return (
        path.startswith("/")
        and not path.startswith(("//", "/\\"))
        and "\\" not in path
        and path.isprintable()
        and not path.startswith("/sign-in")
    )
