"""Reading the components one within the other."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from engine.form.kinds import KINDS
from engine.form.model import Component, Computed, Field, Group, RowList, Section
from engine.form.reading.fields import read_field
from engine.form.reading.layout import spans
from engine.form.reading.notes import Notes
from engine.form.reading.ornaments import read_ornament
from engine.form.reading.part import Part
from engine.form.reading.repeating import row_columns, row_limits
from engine.form.reading.rules import rules_of
from engine.form.reading.strangers import note_strangers
from engine.form.reading.vocabulary import ATTRIBUTES, REFUSED

DEEPEST = 8
MOST_COMPONENTS = 2000
_KEY = re.compile(r"\w+(\.\w+)*")
_NOT_KEYS = frozenset({"this", "parent", "i"})


class Tree:
    """Reads a form's components; `words` are those that stand in any expression that changes what is shown."""

    def __init__(self, notes: Notes, words: frozenset[str]) -> None:
        self.notes, self.words = notes, words
        self.components: dict[str, Component] = {}
        self.sections: list[Section] = []
        self._ids: set[str] = set()
        self._count = 0

    def read(
        self, raw: object, *, path: str = "", section: str = "", chapter: str | None = "", depth: int = 1
    ) -> tuple[Component, ...]:
        """The components of one container. `path` is the container's place, `chapter` the heading above the sections
        that may begin here (nothing where none may)."""
        parts = [item for item in raw if isinstance(item, Mapping)] if isinstance(raw, list) else []
        if not isinstance(raw, list) or len(parts) != len(raw):
            self.notes.error("components", section or path, "components 应为组件的列表。")
        if depth > DEEPEST:
            self.notes.error("depth", path, f"组件嵌套超过 {DEEPEST} 层，请减少分组。")
            return ()
        return tuple(self._components(parts, path, section, chapter, depth))

    def _components(
        self, parts: Sequence[Mapping[str, Any]], path: str, section: str, chapter: str | None, depth: int
    ) -> Iterator[Component]:
        for raw, span in zip(parts, spans(parts), strict=True):
            self._count += 1
            if self._count == MOST_COMPONENTS + 1:
                self.notes.error("size", "", f"组件超过 {MOST_COMPONENTS} 个，请拆成几张表单。")
            if self._count > MOST_COMPONENTS:
                return
            part = Part(raw, self.notes, self._count)
            if self._is_known(part) and (component := self._component(part, span, path, section, chapter, depth)):
                yield component

    def _component(
        self, part: Part, span: int, path: str, section: str, chapter: str | None, depth: int
    ) -> Component | None:
        if part.type in KINDS:
            return self._field(part, span, path, section)
        if part.type == "group":
            return self._group(part, span, path, section, chapter, depth)
        if part.type == "dynamiclist":
            return self._list(part, span, path, section, chapter, depth)
        if part.type == "expression":
            return self._computed(part, path, section)
        if part.type == "button":
            self.notes.warn("button", part.id, "提交等按钮由任务页面提供，表单里的按钮不显示。")
            return None
        return read_ornament(part, span)

    def _field(self, part: Part, span: int, path: str, section: str) -> Field | None:
        steps = self._steps(part, "key")
        if not steps:
            return None
        place = _join(path, steps)
        field = read_field(part, path=place, steps=steps, span=span, section=section, rules=rules_of(part, place))
        field = replace(field, drives=field.key in self.words)
        return field if self._is_first(field) else None

    def _computed(self, part: Part, path: str, section: str) -> Computed | None:
        steps = self._steps(part, "key")
        if not steps:
            return None
        expression = part.dynamic("expression", "表达式")
        if expression.expression is None:
            self.notes.error("feel", part.id, "表达式组件要有以 = 开头的表达式。")
        computed = Computed(
            type=part.type,
            id=part.id,
            path=_join(path, steps),
            steps=steps,
            expression=expression,
            hide=part.hide(),
            section=section,
        )
        return computed if self._is_first(computed) else None

    def _group(self, part: Part, span: int, path: str, section: str, chapter: str | None, depth: int) -> Group | None:
        steps = self._steps(part, "path", optional=True)
        place = _join(path, steps) if steps else path
        begins = chapter is not None and bool(steps)
        inner = self._section_name(part, steps) if begins else section
        label = part.template("label", "标签")
        group = Group(
            type=part.type,
            id=part.id,
            path=place if steps else "",
            span=span,
            label=label,
            hint=part.notes.template(part.properties.get("hint"), part.id, "属性 hint"),
            hide=part.hide(),
            properties=part.properties,
            rules=rules_of(part, place or part.id),
            steps=steps,
            outline=part.raw.get("showOutline") is not False,
            section=inner,
            children=self.read(
                part.raw.get("components", []),
                path=place,
                section=inner,
                chapter=None if steps or chapter is None else _plain(part),
                depth=depth + 1,
            ),
        )
        if steps and not self._is_first(group):
            return None
        if begins:
            self.sections.append(Section(inner, _plain(part), chapter or "", group))
        return group

    def _list(self, part: Part, span: int, path: str, section: str, chapter: str | None, depth: int) -> RowList | None:
        steps = self._steps(part, "path")
        if not steps:
            return None
        place = _join(path, steps)
        begins = chapter is not None
        inner = self._section_name(part, steps) if begins else section
        children = self.read(
            part.raw.get("components", []), path=f"{place}[]", section=inner, chapter=None, depth=depth + 1
        )
        rows = RowList(
            type=part.type,
            id=part.id,
            path=place,
            span=16,
            label=part.template("label", "标签"),
            hint=part.notes.template(part.properties.get("hint"), part.id, "属性 hint"),
            hide=part.hide(),
            properties=part.properties,
            rules=rules_of(part, place),
            steps=steps,
            section=inner,
            children=children,
            drives=steps[-1] in self.words,
            **row_limits(part),
            **row_columns(part, children),
        )
        if not self._is_first(rows):
            return None
        if begins:
            self.sections.append(Section(inner, _plain(part), chapter or "", rows))
        return rows

    def _section_name(self, part: Part, steps: tuple[str, ...]) -> str:
        if len(steps) > 1:
            self.notes.error("path", part.id, f"一节的路径应是一个变量名，不能是“{'.'.join(steps)}”。")
        return steps[0]

    def _steps(self, part: Part, name: str, *, optional: bool = False) -> tuple[str, ...]:
        text = part.raw.get(name)
        if text in (None, "") and optional:
            return ()
        if text in (None, ""):
            self.notes.error(
                name, part.id, f"缺少{'字段名（key）' if name == 'key' else '路径（path）'}，填写的内容无处保存。"
            )
            return ()
        if not isinstance(text, str) or not _KEY.fullmatch(text) or not _NOT_KEYS.isdisjoint(text.split(".")):
            self.notes.error(
                name, part.id, f"“{text}”不能作字段名：只能用字母、数字和下划线，且不能是 this、parent、i。"
            )
            return ()
        return tuple(text.split("."))

    def _is_first(self, component: Component) -> bool:
        other = self.components.get(component.path)
        if other is not None:
            self.notes.error("duplicate", component.id, f"字段“{component.path}”已用于组件“{other.id}”，请换一个名称。")
            return False
        self.components[component.path] = component
        return True

    def _is_known(self, part: Part) -> bool:
        if part.id in self._ids:
            self.notes.error("duplicate", part.id, f"组件标识（id）“{part.id}”重复。")
        self._ids.add(part.id)
        if part.type in REFUSED:
            self.notes.error("refused", part.id, REFUSED[part.type])
            return False
        if part.type not in ATTRIBUTES:
            self.notes.error("type", part.id, f"不认识的组件类型“{part.type}”。")
            return False
        note_strangers(part)
        return True


def _join(path: str, steps: tuple[str, ...]) -> str:
    return ".".join(([path] if path else []) + list(steps))


def _plain(part: Part) -> str:
    label = part.raw.get("label")
    return label if isinstance(label, str) else part.id
