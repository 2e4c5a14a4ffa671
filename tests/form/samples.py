"""Small forms for the tests: written as the JSON a modeler saves, read by the real reader."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from engine.clock import FixedClock
from engine.form import Form, Option, read_form

CLOCK = FixedClock(datetime(2026, 6, 30, 4, tzinfo=UTC))
"""Noon of 30 June 2026 in the province."""

Part = dict[str, Any]


class Lists:
    """A code list of series and their specialties, and what was asked of it."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, object]]] = []

    def options(self, ref_list: str, filters: Mapping[str, object]) -> Sequence[Option]:
        self.asked.append((ref_list, dict(filters)))
        if ref_list == "series":
            return [Option("teacher", "高等学校教师"), Option("health", "卫生")]
        by_parent = {
            "teacher": [Option("logic", "逻辑学")],
            "health": [Option("surgery", "外科"), Option("nursing", "护理")],
        }
        return by_parent.get(str(filters.get("parent")), []) if ref_list == "specialty" else []

    def label(self, ref_list: str, value: str) -> str:
        return {"gemmology": "宝石及材料工艺学（旧）"}.get(value, value)


LISTS = Lists()


def form(*components: Part, **top: Any) -> Form:
    return read_form(
        json.dumps({"type": "default", "id": "sample", "schemaVersion": 19, "components": components, **top})
    )


def text(key: str, label: str = "", **more: Any) -> Part:
    return {"type": "textfield", "id": f"id_{key}", "key": key, "label": label or key, **more}


def part(type: str, key: str, **more: Any) -> Part:
    return {"type": type, "id": f"id_{key}", "key": key, "label": more.pop("label", key), **more}


def choice(key: str, *values: str, type: str = "select", **more: Any) -> Part:
    return part(type, key, values=[{"value": value, "label": f"{value} 项"} for value in values], **more)


def group(path: str, *components: Part, **more: Any) -> Part:
    return {
        "type": "group",
        "id": f"id_{path or 'group'}",
        "path": path,
        "label": path,
        "components": components,
        **more,
    }


def rows(path: str, *components: Part, **more: Any) -> Part:
    return {"type": "dynamiclist", "id": f"id_{path}", "path": path, "label": path, "components": components, **more}


def sentences(
    sample: Form, values: Mapping[str, Any], context: Mapping[str, Any] | None = None, **more: Any
) -> list[str]:
    """The messages of a check, in their order."""
    return [problem.message for problem in sample.validate(values, context, options=LISTS, clock=CLOCK, **more)]


def messages(part: Part, value: Any) -> list[str]:
    """What a form of this one input says of the value."""
    return sentences(form(part), {part["key"]: value})


REQUIRED = {"required": True}
