"""Reading request bodies: what must be there, and of which kind."""

from collections.abc import Mapping
from typing import Any

from engine.errors import InvalidInput


def as_object(body: Any) -> Mapping[str, Any]:
    """The body as a JSON object; no body is an empty one."""
    if body is None:
        return {}
    if not isinstance(body, dict):
        raise InvalidInput("请求体应为 JSON 对象。")
    return body


def text(body: Mapping[str, Any], name: str) -> str | None:
    """The text under that name, None where it is missing or null."""
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise InvalidInput(f"{name} 应为文本。")
    return value


def required_text(body: Mapping[str, Any], name: str) -> str:
    value = text(body, name)
    if not value:
        raise InvalidInput(f"缺少 {name}。")
    return value


def whole(body: Mapping[str, Any], name: str, default: int | None = None) -> int | None:
    value = body.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidInput(f"{name} 应为整数。")
    return value


def flag(body: Mapping[str, Any], name: str, default: bool) -> bool:
    value = body.get(name)
    if value is None:
        return default
    if not isinstance(value, bool):
        raise InvalidInput(f"{name} 应为 true 或 false。")
    return value


def variables(body: Mapping[str, Any], name: str = "variables") -> dict[str, Any]:
    value = body.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise InvalidInput(f"{name} 应为 JSON 对象。")
    return value


def texts(body: Mapping[str, Any], name: str) -> list[str] | None:
    value = body.get(name)
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise InvalidInput(f"{name} 应为文本的列表。")
    return value
