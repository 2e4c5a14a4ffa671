"""What is left when a form is handed in: hidden inputs and blank rows go, computed values are fresh."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from engine.clock import Clock
from engine.form.blank import is_blank
from engine.form.merging import compute
from engine.form.model import Component, Computed, Field, Group, RowList, Values
from engine.form.places import drop, get
from engine.form.scope import Scope

if TYPE_CHECKING:
    from engine.form.form import Form


def clean(form: "Form", values: Mapping[str, Any], context: Mapping[str, Any], clock: Clock | None) -> Values:
    """The variables the form writes: only its own keys, without what is hidden now and without blank rows."""
    kept: Values = {key: deepcopy(value) for key, value in values.items() if key in form.keys}
    if form.has_rows:
        _drop_blank(form.components, kept)
    if form.has_computed:
        compute(form, kept, context, clock)
    if form.has_hiding:
        _drop_hidden(form.components, kept, Scope({**values, **kept}, context, clock))
    return kept


def _drop_hidden(components: Sequence[Component], data: Values, scope: Scope) -> None:
    for component in components:
        if not component.hide.never and component.hide.holds(scope):
            _drop_whole(component, data)
        elif isinstance(component, Group):
            inner = get(data, component.steps)
            if isinstance(inner, dict):
                _drop_hidden(component.children, inner, scope)
        elif isinstance(component, RowList):
            rows = get(data, component.steps)
            for number, row in enumerate(rows if isinstance(rows, list) else [], 1):
                if isinstance(row, dict):
                    _drop_hidden(component.children, row, scope.row(row, number))


def _drop_whole(component: Component, data: Values) -> None:
    if isinstance(component, Field | RowList | Computed) or (isinstance(component, Group) and component.steps):
        drop(data, component.steps)
    elif isinstance(component, Group):
        for child in component.children:
            _drop_whole(child, data)


def _drop_blank(components: Sequence[Component], data: Values) -> None:
    for component in components:
        inner = get(data, component.steps) if isinstance(component, Group | RowList) else None
        if isinstance(component, Group) and isinstance(inner, dict):
            _drop_blank(component.children, inner)
        elif isinstance(component, RowList) and isinstance(inner, list):
            for row in inner:
                if isinstance(row, dict):
                    _drop_blank(component.children, row)
            inner[:] = [row for row in inner if not is_blank(component.children, row)]
