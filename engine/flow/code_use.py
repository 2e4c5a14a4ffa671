"""Which forms and decision tables name a code list or a value of it: asked before a value goes."""

from collections.abc import Iterator

from engine.db import Transaction
from engine.flow.definitions import list_latest, resource_content
from engine.flow.registry import registry_of
from engine.flow.tables import DefinitionKind
from engine.reference import Dependent

STUDIO = "/studio/edit?name="


def forms_using(tx: Transaction, name: str, year: int, value: str) -> Iterator[Dependent]:
    """The forms in force that offer the list (`refList`). They go on without the value; what was filled in may hold it."""
    library = registry_of(tx).library
    for found in list_latest(tx, DefinitionKind.FORM):
        form = library.form(tx, found.key)
        if any(field.choices.ref_list == name for field in form.fields.values()):
            yield Dependent(f"表单“{found.name}”引用本代码表", 1, STUDIO + found.resource_name, holds=False)


def decisions_naming(tx: Transaction, name: str, year: int, value: str) -> Iterator[Dependent]:
    """The decision tables in force in which the value stands as a text; whether it is of this list they do not say."""
    written = f'"{value}"'
    for found in list_latest(tx, DefinitionKind.DECISION):
        text = resource_content(tx, found.key)[2].decode(errors="replace").replace("&quot;", '"')
        count = text.count(written)
        if count:
            yield Dependent(f"决策表“{found.name}”的规则中写有 {written}", count, STUDIO + found.resource_name)
