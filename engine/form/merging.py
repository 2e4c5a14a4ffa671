"""Putting what was given over what was there: only known, unlocked inputs change."""

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from engine.clock import Clock
from engine.feel import to_json
from engine.form.kinds import Files
from engine.form.model import Component, Computed, Field, Group, RowList, Values
from engine.form.places import MISSING, drop, get, put
from engine.form.posting import PostedRows
from engine.form.scope import Scope

if TYPE_CHECKING:
    from engine.form.form import Form

FileSource = Callable[[str], Mapping[str, Any] | None]
"""The descriptor of an uploaded file by its id, or nothing if there is none the person may use."""


def merge(
    form: "Form",
    given: Mapping[str, Any],
    base: Mapping[str, Any],
    context: Mapping[str, Any],
    *,
    files: FileSource | None = None,
    clock: Clock | None = None,
) -> Values:
    """A new value tree: `base` with the inputs of `given` in place. Locked inputs keep what `base` has (or their
    default), names the form does not have are left out, rows follow `given`, files are those `base` or `files` know.
    """
    values = deepcopy(dict(base))
    _merge_all(form.components, values, given, base, files or (lambda key: None))
    if form.has_computed:
        compute(form, values, context, clock)
    if form.has_moving_locks:
        _restore(form.components, values, base, Scope(values, context, clock))
    return values


def _merge_all(
    components: Sequence[Component],
    values: Values,
    given: Mapping[str, Any],
    base: Mapping[str, Any],
    files: FileSource,
) -> None:
    for component in components:
        if isinstance(component, Field):
            _merge_field(component, values, given, base, files)
        elif isinstance(component, Group):
            _merge_group(component, values, given, base, files)
        elif isinstance(component, RowList):
            _merge_rows(component, values, given, base, files)


def _merge_field(
    field: Field, values: Values, given: Mapping[str, Any], base: Mapping[str, Any], files: FileSource
) -> None:
    if field.locked.always:
        if field.default is not None and get(base, field.steps, MISSING) is MISSING:
            put(values, field.steps, field.default)
        return
    value = get(given, field.steps, MISSING)
    if value is MISSING:
        return
    value = field.kind.take(field, value)
    if isinstance(field.kind, Files) and isinstance(value, list):
        value = _descriptors(value, get(base, field.steps), files)
    put(values, field.steps, value)


def _descriptors(ids: Sequence[str], known: Any, files: FileSource) -> list[dict[str, Any]]:
    held = (
        {item["id"]: item for item in known if isinstance(item, dict) and "id" in item}
        if isinstance(known, list)
        else {}
    )
    found = (held.get(key) or files(key) for key in ids)
    return [dict(descriptor) for descriptor in found if descriptor is not None]


def _merge_group(
    group: Group, values: Values, given: Mapping[str, Any], base: Mapping[str, Any], files: FileSource
) -> None:
    if not group.steps:
        _merge_all(group.children, values, given, base, files)
        return
    inner = get(given, group.steps, MISSING)
    if inner is not MISSING and not isinstance(inner, Mapping):
        put(values, group.steps, inner)
        return
    held = get(base, group.steps)
    own = get(values, group.steps)
    if not isinstance(own, dict):
        own = {}
        put(values, group.steps, own)
    _merge_all(group.children, own, {} if inner is MISSING else inner, held if isinstance(held, Mapping) else {}, files)


def _merge_rows(
    rows: RowList, values: Values, given: Mapping[str, Any], base: Mapping[str, Any], files: FileSource
) -> None:
    inner = get(given, rows.steps, MISSING)
    if inner is MISSING:
        return
    held = get(base, rows.steps)
    held = held if isinstance(held, list) else []
    if isinstance(inner, PostedRows):
        put(values, rows.steps, [_row(rows, row, held, number, files, True) for number, row in inner.in_order()])
    elif isinstance(inner, list) and all(isinstance(row, Mapping) for row in inner[: rows.most + 1]):
        taken = inner[: rows.most + 1]
        put(values, rows.steps, [_row(rows, row, held, number, files, False) for number, row in enumerate(taken)])
    else:
        put(values, rows.steps, inner)


def _row(
    rows: RowList, given: Mapping[str, Any], held: list[Any], number: int, files: FileSource, posted: bool
) -> Values:
    before = held[number] if number < len(held) and isinstance(held[number], Mapping) else {}
    row = deepcopy(dict(before))
    if not posted:
        _forget_open(rows.children, row)
    _merge_all(rows.children, row, given, before, files)
    return row


def _forget_open(components: Sequence[Component], row: Values) -> None:
    """Rows given as JSON are whole: what they leave out is gone, unless it is locked."""
    for component in components:
        if isinstance(component, Field | RowList):
            if not (isinstance(component, Field) and component.locked.always):
                drop(row, component.steps)
        elif isinstance(component, Group):
            inner = get(row, component.steps) if component.steps else row
            if isinstance(inner, dict):
                _forget_open(component.children, inner)


def _restore(components: Sequence[Component], values: Values, base: Mapping[str, Any], scope: Scope) -> None:
    """Inputs whose lock is a condition that now holds get back what they had."""
    for component in components:
        if isinstance(component, Field) and component.locked.expression is not None and component.locked.holds(scope):
            before = get(base, component.steps, MISSING)
            if before is MISSING:
                drop(values, component.steps)
            else:
                put(values, component.steps, before)
        elif isinstance(component, Group):
            inner, before = (get(data, component.steps) for data in (values, base))
            if isinstance(inner, dict):
                _restore(component.children, inner, before if isinstance(before, Mapping) else {}, scope)
        elif isinstance(component, RowList):
            _restore_rows(component, get(values, component.steps), get(base, component.steps), scope)


def _restore_rows(rows: RowList, held: Any, before: Any, scope: Scope) -> None:
    if not isinstance(held, list):
        return
    for number, row in enumerate(held):
        if isinstance(row, dict):
            known = before[number] if isinstance(before, list) and number < len(before) else {}
            _restore(rows.children, row, known if isinstance(known, Mapping) else {}, scope.row(row, number + 1))


def compute(form: "Form", values: Values, context: Mapping[str, Any], clock: Clock | None) -> None:
    """Work out every `expression` component and every input with a formula, in the order of the form; each sees the ones
    before it."""
    _compute_all(form.components, values, lambda: Scope(values, context, clock))


def _compute_all(components: Sequence[Component], data: Values, scope: Callable[[], Scope]) -> None:
    for component in components:
        if isinstance(component, Computed):
            put(data, component.steps, to_json(component.expression.value(scope())))
        elif isinstance(component, Field):
            if component.is_worked_out:
                put(data, component.steps, to_json(component.formula.value(scope())))
        elif isinstance(component, Group):
            inner = get(data, component.steps) if component.steps else data
            if inner is None and component.steps:
                put(data, component.steps, inner := {})
            if isinstance(inner, dict):
                _compute_all(component.children, inner, scope)
        elif isinstance(component, RowList):
            rows = get(data, component.steps)
            for number, row in enumerate(rows if isinstance(rows, list) else [], 1):
                if isinstance(row, dict):
                    _compute_all(component.children, row, lambda row=row, number=number: scope().row(row, number))  # type: ignore[misc]
