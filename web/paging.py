"""Lists read from a place on: what `ui.cursor_pager` draws, and what an address says of it."""

from dataclasses import dataclass

from starlette.datastructures import QueryParams
from starlette.requests import Request

SIZES = (20, 50, 100)


@dataclass(frozen=True, slots=True)
class Pager:
    """`previous` and `next` are cursors, None at an end; `total` is None where nobody counted."""

    total: int | None
    more: bool
    previous: str | None
    next: str | None
    size: int


def size_of(query: QueryParams) -> int:
    """Rows on a page, as the address says, where it is one of the sizes there are."""
    return next((size for size in SIZES if str(size) == query.get("size")), SIZES[0])


def place_of(request: Request) -> str:
    """The query of the address as it is, to come back to the same list; nothing where there is none."""
    return f"?{request.query_params}" if request.query_params else ""
