"""Reading the field `outcome`: its values are the task's buttons."""

from engine.form.dynamic import Template
from engine.form.model import Field, Outcome, OutcomeValue
from engine.form.reading.notes import Notes
from engine.form.scope import Scope

STYLES = ("primary", "secondary", "danger")


def read_outcome(field: Field, paths: frozenset[str], notes: Notes) -> Outcome:
    """The buttons, with the properties `style.VALUE` and `requires.VALUE` of the field."""
    values = tuple(_value(field, value, label, paths, notes) for value, label in field.choices.fixed)
    if not values:
        notes.error("outcome", field.id, "办理结果（outcome）要把选项逐个写出，每个选项是一个按钮。")
    known = {f"{name}.{value.value}" for value in values for name in ("style", "requires")}
    for name in field.properties:
        if name.split(".")[0] in ("style", "requires") and name not in known:
            notes.error("outcome", field.id, f"属性 {name} 没有对应的选项。")
    return Outcome(field, values)


def _value(field: Field, value: str, label: Template, paths: frozenset[str], notes: Notes) -> OutcomeValue:
    style = field.properties.get(f"style.{value}", "secondary")
    if style not in STYLES:
        notes.error("outcome", field.id, f"按钮样式“{style}”不存在，应为 primary、secondary 或 danger。")
        style = "secondary"
    wanted = field.properties.get(f"requires.{value}", "").replace("，", ",").split(",")
    requires = frozenset(name.strip() for name in wanted if name.strip())
    for missing in sorted(requires - paths):
        notes.error("outcome", field.id, f"“{value}”要求必填的字段“{missing}”不存在。")
    return OutcomeValue(value, label.render(Scope({}, {})), style, requires & paths)
