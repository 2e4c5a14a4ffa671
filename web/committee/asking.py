"""What the pages of committees and experts read from requests."""

from datetime import date

from starlette.datastructures import QueryParams

from web.deps import Form


def text_of(form: Form, name: str) -> str:
    """A posted text without spaces around it; empty where there is none."""
    return str(form.get(name, "")).strip()


def day_of(text: str) -> date | None:
    """A day as browsers post it; nothing where it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def key_of(text: str | None) -> int | None:
    """A key somebody chose; nothing where it can be none."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 19 else None


def page_of(params: QueryParams) -> int:
    """The number of the page an address asks for."""
    text = params.get("page", "")
    return max(1, int(text)) if text.isascii() and text.isdecimal() and len(text) < 6 else 1
