"""What a browser posts for a section, from the values of it."""

from collections.abc import Mapping
from typing import Any


def posted(name: str, value: Any) -> dict[str, str]:
    """`basic_info` → `basic_info.ethnicity`, rows as `education[0].school`, a file as its id."""
    match value:
        case {"id": str(key), "name": _, "size": _}:
            return {name: key}
        case Mapping():
            return {path: text for key, one in value.items() for path, text in posted(f"{name}.{key}", one).items()}
        case [{"id": str(key)}, *_]:
            return {name: key}
        case list():
            rows = (posted(f"{name}[{number}]", row) for number, row in enumerate(value))
            return {path: text for row in rows for path, text in row.items()}
        case None:
            return {name: ""}
    return {name: str(value)}
