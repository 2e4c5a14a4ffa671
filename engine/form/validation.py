"""Whether the values may be handed in, and if not, what to correct."""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from engine.clock import Clock
from engine.form.blank import is_blank
from engine.form.choosing import Chooser
from engine.form.kinds.base import WRONG_TYPE
from engine.form.model import Component, Field, Group, RowList
from engine.form.options import OptionSource
from engine.form.places import get
from engine.form.problems import Problem
from engine.form.scope import Scope

if TYPE_CHECKING:
    from engine.form.form import Form

MOST_PROBLEMS = 200
"""Sentences on one page; nobody reads more, and a hostile list ends here."""


def find_problems(
    form: "Form",
    values: Mapping[str, Any],
    context: Mapping[str, Any],
    *,
    options: OptionSource,
    clock: Clock | None,
    sections: Collection[str] | None = None,
    partial: bool = False,
) -> list[Problem]:
    """The problems in the order of the page. `sections` limits the look to these sections (`""` for what stands
    outside any); `partial` asks only whether what is there is right, not whether anything is missing."""
    search = _Search(form, Chooser(options), values, partial, sections)
    search.walk(form.components, values, Scope(values, context, clock), "", ())
    return search.found


class _Search:
    def __init__(
        self, form: "Form", chooser: Chooser, values: Mapping[str, Any], partial: bool, sections: Collection[str] | None
    ) -> None:
        self.form, self.chooser, self.partial, self.sections = form, chooser, partial, sections
        chosen = form.outcome.value(values.get("outcome")) if form.outcome else None
        self.wanted = chosen.requires if chosen else frozenset()
        self.found: list[Problem] = []

    def walk(
        self, components: Sequence[Component], data: Mapping[str, Any], scope: Scope, prefix: str, rows: tuple[int, ...]
    ) -> None:
        for component in components:
            if len(self.found) >= MOST_PROBLEMS or component.hide.holds(scope) or self._is_left_out(component):
                continue
            before = len(self.found)
            if isinstance(component, Field):
                self._field(component, data, scope, prefix, rows)
            elif isinstance(component, Group):
                self._group(component, data, scope, prefix, rows)
            elif isinstance(component, RowList):
                self._rows(component, data, scope, prefix, rows)
            if len(self.found) == before and not self.partial:
                self._rules(component, scope, prefix, rows)

    def _is_left_out(self, component: Component) -> bool:
        if self.sections is None:
            return False
        if isinstance(component, Group) and not component.section:
            return False
        return getattr(component, "section", "") not in self.sections

    def _field(self, field: Field, data: Mapping[str, Any], scope: Scope, prefix: str, rows: tuple[int, ...]) -> None:
        if field.locked.holds(scope):
            return
        value = get(data, field.steps)
        if field.kind.is_empty(value):
            if not self.partial and (field.required.holds(scope) or field.path in self.wanted):
                self._add(field, scope, prefix, rows, field.kind.ask + "{}")
            elif not self.partial and field.files.least:
                self._add(field, scope, prefix, rows, _too_few_files(field, 0))
            return
        choices = self.chooser.options(field, scope) if field.kind.chooses else ()
        for fault in field.kind.faults(field, value, scope, choices):
            self._add(field, scope, prefix, rows, fault)
        if isinstance(value, list) and not self.partial and len(value) < field.files.least:
            self._add(field, scope, prefix, rows, _too_few_files(field, len(value)))

    def _group(self, group: Group, data: Mapping[str, Any], scope: Scope, prefix: str, rows: tuple[int, ...]) -> None:
        if not group.steps:
            self.walk(group.children, data, scope, prefix, rows)
            return
        inner = get(data, group.steps)
        if inner is not None and not isinstance(inner, Mapping):
            self._add(group, scope, prefix, rows, WRONG_TYPE)
            return
        self.walk(group.children, inner or {}, scope, f"{prefix}{'.'.join(group.steps)}.", rows)

    def _rows(self, rows: RowList, data: Mapping[str, Any], scope: Scope, prefix: str, outer: tuple[int, ...]) -> None:
        held = get(data, rows.steps)
        if held is None or held == "":
            held = []
        if not isinstance(held, list) or not all(isinstance(row, Mapping) for row in held[: rows.most + 1]):
            self._add(rows, scope, prefix, outer, WRONG_TYPE)
            return
        filled = [number for number, row in enumerate(held[: rows.most + 1]) if not is_blank(rows.children, row)]
        if len(held) > rows.most:
            self._add(rows, scope, prefix, outer, f"{{}}最多 {rows.most} 行，请删除多余的行")
            return
        if len(filled) < rows.least and not self.partial:
            self._add(rows, scope, prefix, outer, f"{{}}至少填写 {rows.least} 行，现在是 {len(filled)} 行")
        name = prefix + ".".join(rows.steps)
        for number in filled:
            inner = scope.row(held[number], number + 1)
            self.walk(rows.children, held[number], inner, f"{name}[{number}].", (*outer, number + 1))

    def _rules(self, component: Component, scope: Scope, prefix: str, rows: tuple[int, ...]) -> None:
        for rule in (*component.rules, *self.form.rules.get(component.path, ())):
            if rule.when is not None and not rule.when.holds(scope):
                continue
            if rule.check.value(scope) is False:
                self._add(component, scope, prefix, rows, rule.message.render(scope))

    def _add(self, component: Component, scope: Scope, prefix: str, rows: tuple[int, ...], fault: str) -> None:
        label = component.label.render(scope) or self.form.name_of(component)
        steps = getattr(component, "steps", ())
        name = prefix + ".".join(steps) if steps else component.id
        section = getattr(component, "section", "")
        self.found.append(Problem(name, label, fault.replace("{}", f"“{label}”"), section, rows))


def _too_few_files(field: Field, count: int) -> str:
    return f"{{}}至少上传 {field.files.least} 个文件，现在是 {count} 个"
