"""What a case's forms have gathered, to be read: each value under the form that wrote it last."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from markupsafe import Markup

from engine.clock import Clock, local
from engine.db import Transaction
from engine.flow.queries import handed_in, options_of_case
from engine.flow.registry import clock_of, registry_of
from engine.form import Form, FormView, Node, OptionSource
from engine.organisation import account_names
from web.fields import Mode, render_form
from web.who import name_in


@dataclass(frozen=True, slots=True)
class FilledForm:
    """A form that was handed in: under which step, with a note on who and when."""

    step: str
    note: str
    form: Form


@dataclass(frozen=True, slots=True)
class Part:
    """A card of the dossier; one whose form has sections draws their cards itself, and names them in `jumps`."""

    title: str
    note: str
    html: Markup
    jumps: tuple[tuple[str, str], ...] = ()


def dossier_parts(
    filled: Sequence[FilledForm],
    values: Mapping[str, Any],
    *,
    options: OptionSource,
    clock: Clock,
    leave_out: Collection[str] = (),
    mode: Mode = "read",
) -> list[Part]:
    """The forms in the order they were handed in, `filled` oldest first.

    A variable that several forms write stands under the last of them. `leave_out` are variables the reader is about to write.
    """
    shown = set(leave_out)
    parts: list[Part] = []
    for one in reversed(filled):
        view = one.form.prepare(values, values, options=options, clock=clock)
        kept = _without(view, shown)
        shown |= one.form.keys
        parts[:0] = _parts(one, kept, mode)
    return parts


def _parts(one: FilledForm, view: FormView, mode: Mode) -> list[Part]:
    """What stands outside the sections as one card, the sections as theirs."""
    loose = tuple(node for node in view.nodes if not _has_section(node))
    within = tuple(node for node in view.nodes if _has_section(node))
    jumps = tuple((section.id, section.label) for section in view.sections)
    target = f"read-{one.form.id}"
    found = []
    if any(_is_told(node) for node in loose):
        found.append(Part(one.step, one.note, render_form(replace(view, nodes=loose), mode, target=target)))
    if within:
        html = render_form(replace(view, nodes=within), mode, target=f"{target}-sections")
        found.append(Part(one.step, one.note, html, jumps))
    return found


def _has_section(node: Node) -> bool:
    return bool(node.path) or any(_has_section(child) for child in node.children)


def _is_told(node: Node) -> bool:
    """Whether there is something to read besides ornaments."""
    return bool(node.name) or any(_is_told(child) for child in node.children)


def plain_parts(values: Mapping[str, Any]) -> list[Part]:
    """The values by name, for a case no form has been handed in for."""
    pairs = Markup("").join(
        Markup("<div><dt>{}</dt><dd>{}</dd></div>").format(name, plain_text(value))
        for name, value in sorted(values.items())
    )
    return [Part("流程数据", "", Markup('<dl class="pairs">{}</dl>').format(pairs))] if values else []


def plain_text(value: Any) -> str:
    """A value without a form as people can read it; what is nested is named by its size."""
    match value:
        case None | "":
            return "—"
        case bool():
            return "是" if value else "否"
        case list():
            return f"{len(value)} 项"
        case dict():
            return "、".join(f"{name}：{plain_text(one)}" for name, one in value.items())
        case _:
            return str(value)


def _without(view: FormView, shown: Collection[str]) -> FormView:
    nodes = tuple(kept for node in view.nodes if (kept := _keep(node, shown)) is not None)
    left = {section.path for section in view.sections if section.path not in shown}
    return replace(view, nodes=nodes, sections=tuple(section for section in view.sections if section.path in left))


def _keep(node: Node, shown: Collection[str]) -> Node | None:
    """The node without what is shown elsewhere; a group of which nothing is left goes too."""
    if node.name:
        return None if root_of(node.name) in shown else node
    if node.kind != "group":
        return node
    children = tuple(kept for child in node.children if (kept := _keep(child, shown)) is not None)
    return replace(node, children=children) if any(child.name or child.children for child in children) else None


def root_of(name: str) -> str:
    """The variable an input belongs to: `education[0].school` → `education`."""
    return name.partition(".")[0].partition("[")[0]


def case_dossier(
    tx: Transaction,
    case_key: int,
    values: Mapping[str, Any],
    leave_out: Collection[str] = (),
    *,
    mode: Mode = "read",
    plain: bool = True,
) -> list[Part]:
    """The dossier of a case whose variables are `values`. The caller has authorised its reader.

    `plain` lists the variables by name where no form has been handed in yet.
    """
    library = registry_of(tx).library
    handed = handed_in(tx, case_key)
    names = account_names(tx, {one.by for one in handed})
    filled = [
        FilledForm(one.step, f"{name_in(names, one.by)} {day_of(one.at)}提交", library.form(tx, one.form_key))
        for one in handed
    ]
    if not filled:
        return (
            [] if not plain else plain_parts({name: value for name, value in values.items() if name not in leave_out})
        )
    # what was typed into a form may have gone into other variables: it would be shown as if nothing had been written
    filled = [one for one in filled if not values.keys().isdisjoint(one.form.keys)]
    options = options_of_case(tx, case_key)
    return dossier_parts(filled, values, options=options, clock=clock_of(tx), leave_out=leave_out, mode=mode)


def day_of(at: datetime) -> str:
    day = local(at)
    return f"{day.month}月{day.day}日"
