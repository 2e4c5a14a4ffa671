"""Whether two sections of a form say the same."""

from typing import Any


def same_content(one: Any, other: Any) -> bool:
    """Whether two sections say the same: an input that was shown and left empty has not changed anything."""
    return (filled(one) or None) == (filled(other) or None)


def filled(value: Any) -> Any:
    """A value without what is empty in it."""
    match value:
        case dict():
            return {name: kept for name, one in value.items() if not _is_empty(kept := filled(one))}
        case list():
            return [kept for one in value if not _is_empty(kept := filled(one))]
    return value


def _is_empty(value: Any) -> bool:
    return value is None or value in ("", [], {})
