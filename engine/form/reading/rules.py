"""Reading conditions over several inputs: `check` properties of a component, and `zhiping.rules` of the form."""

from collections.abc import Mapping
from typing import Any

from engine.form.model import Rule
from engine.form.reading.notes import Notes
from engine.form.reading.part import Part

SUFFIXES = ("", *map(str, range(2, 10)))


def rules_of(part: Part, path: str) -> tuple[Rule, ...]:
    """The properties `check` … `check9` with their messages."""
    found = []
    for suffix in SUFFIXES:
        name = f"check{suffix}"
        if name not in part.properties:
            continue
        message = part.properties.get(f"checkMessage{suffix}", "")
        if not message:
            part.notes.error("rule", part.id, f"属性 {name} 缺少提示语，请填写 checkMessage{suffix}。")
        check = part.notes.dynamic(part.properties[name], part.id, f"属性 {name}")
        if check.expression is None and not part.properties[name].lstrip().startswith("="):
            part.notes.error("rule", part.id, f"属性 {name} 应为以 = 开头的表达式。")
        found.append(Rule(f"{part.id}.{name}", check, part.notes.template(message, part.id, "提示语"), path))
    return tuple(found)


def form_rules(document: Mapping[str, Any], form_id: str, notes: Notes) -> list[Rule]:
    """The list `zhiping.rules` of a form: `id`, `check`, `message`, `field` and optionally `when`."""
    extension = document.get("zhiping") or {}
    raw = extension.get("rules", []) if isinstance(extension, Mapping) else None
    if not isinstance(raw, list):
        notes.error("rule", form_id, "zhiping.rules 应为列表。")
        return []
    return [rule for number, entry in enumerate(raw, 1) if (rule := _rule(entry, number, form_id, notes))]


def _rule(entry: object, number: int, form_id: str, notes: Notes) -> Rule | None:
    if not isinstance(entry, Mapping):
        notes.error("rule", form_id, f"第 {number} 条规则应为一组属性。")
        return None
    name = str(entry.get("id") or f"rule-{number}")
    for wanted in ("check", "message", "field"):
        if not isinstance(entry.get(wanted), str) or not entry[wanted].strip():
            notes.error("rule", name, f"规则缺少 {wanted}。")
            return None
    check = notes.dynamic(_equation(entry["check"]), name, "规则 check")
    if check.expression is None:
        return None
    when = notes.dynamic(_equation(str(entry["when"])), name, "规则 when") if entry.get("when") else None
    return Rule(name, check, notes.template(entry["message"], name, "提示语"), entry["field"].strip(), when)


def _equation(text: str) -> str:
    return "=" + text.lstrip().removeprefix("=")
