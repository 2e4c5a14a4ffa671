"""Drawing up the nodes of a form for the values as they are."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from engine.clock import Clock
from engine.form.choosing import Chooser
from engine.form.kinds import Text
from engine.form.kinds.text import counts_itself
from engine.form.merging import compute
from engine.form.model import Component, Field, Group, Ornament, RowList
from engine.form.options import OptionSource
from engine.form.ornaments import draw_ornament
from engine.form.paths import html_id
from engine.form.places import MISSING, get
from engine.form.scope import Scope
from engine.form.values import shown
from engine.form.view import Column, FormView, Node, Row, SectionView

if TYPE_CHECKING:
    from engine.form.form import Form

MOST_TABLE_ROWS = 500


def prepare(
    form: "Form", values: Mapping[str, Any], context: Mapping[str, Any], *, options: OptionSource, clock: Clock | None
) -> FormView:
    """The view of a form; inputs never touched show their default."""
    if form.has_computed:
        values = dict(values)
        compute(form, values, context, clock)
    draw = _Draw(form, Chooser(options))
    scope = Scope(values, context, clock)
    nodes = draw.all(form.components, values, scope, "")
    chosen = values.get("outcome")
    return FormView(
        id=form.id,
        nodes=nodes,
        sections=tuple(_sections(form, nodes)),
        outcome=form.outcome.values if form.outcome else (),
        chosen=chosen if isinstance(chosen, str) else "",
    )


def _sections(form: "Form", nodes: Sequence[Node]) -> list[SectionView]:
    drawn: dict[str, Node] = {}
    _collect(nodes, drawn)
    return [
        SectionView(
            section.path, drawn[section.path].id, drawn[section.path].label, section.chapter, drawn[section.path]
        )
        for section in form.sections
        if section.path in drawn
    ]


def _collect(nodes: Sequence[Node], drawn: dict[str, Node]) -> None:
    for node in nodes:
        if node.path:
            drawn.setdefault(node.path, node)
        elif node.kind == "group":
            _collect(node.children, drawn)


class _Draw:
    def __init__(self, form: "Form", chooser: Chooser) -> None:
        self.form, self.chooser = form, chooser

    def all(
        self, components: Sequence[Component], data: Mapping[str, Any], scope: Scope, prefix: str
    ) -> tuple[Node, ...]:
        nodes = (
            self._node(component, data, scope, prefix)
            for component in components
            if not component.hide.holds(scope) and component.path != "outcome"
        )
        return tuple(node for node in nodes if node is not None)

    def _node(self, component: Component, data: Mapping[str, Any], scope: Scope, prefix: str) -> Node | None:
        if isinstance(component, Field):
            return self._field(component, data, scope, prefix)
        if isinstance(component, Group):
            return self._group(component, data, scope, prefix)
        if isinstance(component, RowList):
            return self._rows(component, data, scope, prefix)
        if isinstance(component, Ornament):
            return draw_ornament(component, scope, prefix)
        return None

    def _field(self, field: Field, data: Mapping[str, Any], scope: Scope, prefix: str) -> Node:
        name = prefix + ".".join(field.steps)
        value = get(data, field.steps, MISSING)
        if value is MISSING and scope.this is None and field.locked.always:
            # only told, never written: what the process knows under that name
            value = get(scope.context, name.split("."), MISSING)
        value = _default(field) if value is MISSING else value
        return Node(
            kind=field.type,
            id=html_id(name),
            name=name,
            label=field.label.render(scope) or field.key,
            hint=field.hint.render(scope),
            span=field.span,
            value=value,
            required=field.required.holds(scope) or (field.type == "filepicker" and field.files.least > 0),
            required_for=self._required_for(field),
            readonly=field.locked.holds(scope),
            drives=field.drives,
            component=field.id,
            **self._extras(field, value, scope),
        )

    def _required_for(self, field: Field) -> tuple[str, ...]:
        if self.form.outcome is None:
            return ()
        return tuple(value.label for value in self.form.outcome.values if field.path in value.requires)

    def _extras(self, field: Field, value: Any, scope: Scope) -> dict[str, Any]:
        if field.kind.chooses:
            return self._choice_extras(field, value, scope)
        if isinstance(field.kind, Text):
            return _text_extras(field, scope, field.kind)
        if field.type == "number":
            return _number_extras(field, scope)
        if field.type == "datetime":
            return {"subtype": field.subtype}
        if field.type == "filepicker":
            limits = field.files
            accept = field.accept.render(scope) or ("image/*" if limits.image else "")
            return {
                "accept": accept,
                "most": limits.most,
                "least": limits.least,
                "bytes": limits.bytes,
                "image": limits.image,
            }
        return {}

    def _choice_extras(self, field: Field, value: Any, scope: Scope) -> dict[str, Any]:
        options = tuple(self.chooser.options(field, scope))
        return {
            "options": options,
            "strangers": self.chooser.strangers(field, value, options),
            "cascades": field.choices.ref_parent is not None or field.choices.ref_filter is not None,
            "waits": not options and field.choices.ref_parent is not None,
        }

    def _group(self, group: Group, data: Mapping[str, Any], scope: Scope, prefix: str) -> Node:
        inner: Any = get(data, group.steps) if group.steps else data
        name = prefix + ".".join(group.steps) if group.steps else ""
        return Node(
            kind="group",
            id=html_id(name or group.id),
            name=name,
            label=group.label.render(scope),
            hint=group.hint.render(scope),
            span=group.span,
            outline=group.outline,
            path=group.section if group.section == name else "",
            component=group.id,
            children=self.all(
                group.children, inner if isinstance(inner, Mapping) else {}, scope, f"{name}." if name else prefix
            ),
        )

    def _rows(self, rows: RowList, data: Mapping[str, Any], scope: Scope, prefix: str) -> Node:
        held = get(data, rows.steps, MISSING)
        shown_rows = [{}] * rows.initial if held is MISSING or held is None else held
        shown_rows = shown_rows[: rows.most] if isinstance(shown_rows, list) else []
        name = prefix + ".".join(rows.steps)
        drawn = tuple(self._row(rows, row, number, scope, name) for number, row in enumerate(shown_rows))
        return Node(
            kind="dynamiclist",
            id=html_id(name),
            name=name,
            label=rows.label.render(scope),
            hint=rows.hint.render(scope),
            required=rows.least > 0,
            least=rows.least,
            most=rows.most,
            drives=rows.drives,
            display=rows.display,
            path=rows.section if rows.section == name else "",
            component=rows.id,
            rows=drawn,
            columns=_columns(rows, drawn, scope),
            may_add=rows.may_change and len(drawn) < rows.most,
            add_label=rows.add_label,
        )

    def _row(self, rows: RowList, row: Any, number: int, scope: Scope, name: str) -> Row:
        data = row if isinstance(row, Mapping) else {}
        inner = scope.row(data, number + 1)
        children = self.all(rows.children, data, inner, f"{name}[{number}].")
        place = f"{name}[{number}]"
        return Row(place, html_id(place), number + 1, _title(rows, children, name, number), children, rows.may_change)


def _default(field: Field) -> Any:
    if field.default is None:
        return None
    return field.default if field.type == "filepicker" else field.kind.take(field, field.default)


def _text_extras(field: Field, scope: Scope, kind: Text) -> dict[str, Any]:
    limited = field.max_length.constant is not None or field.max_length.expression is not None
    names = [name for name, condition in field.formats if condition.holds(scope)]
    counter = kind.longest(field, scope) if limited and not counts_itself(field, scope) else None
    return {
        "counter": counter,
        "prefix": field.prefix.render(scope),
        "suffix": field.suffix.render(scope),
        "subtype": names[0] if names else "",
    }


def _number_extras(field: Field, scope: Scope) -> dict[str, Any]:
    return {
        "minimum": shown(field.minimum.value(scope)),
        "maximum": shown(field.maximum.value(scope)),
        "step": shown(field.step) if field.step else "",
        "prefix": field.prefix.render(scope),
        "suffix": field.suffix.render(scope),
    }


def _columns(rows: RowList, drawn: Sequence[Row], scope: Scope) -> tuple[Column, ...]:
    """The headings of the table: every input in a table of inputs, the chosen few in a list of cards."""
    fields = [child for child in rows.children if isinstance(child, Field)]
    inner = scope.row({}, 1)
    if rows.display == "cards":
        fields = [field for key in rows.columns for field in fields if field.key == key]
    return tuple(Column(field.key, field.label.render(inner) or field.key, field.required.always) for field in fields)


def _title(rows: RowList, children: Sequence[Node], name: str, number: int) -> str:
    wanted = [f"{name}[{number}].{key}" for key in rows.columns]
    texts = [child.shown for child in children if child.name in wanted]
    return " · ".join(text for text in texts if text)
