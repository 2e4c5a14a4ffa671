"""The filling task and what a browser posts for it: read, kept section by section, compared with what is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from engine.access import Actor
from engine.clock import local
from engine.db import Transaction
from engine.declaration.detail import Filling, declaration_detail, filling_of
from engine.declaration.filling import save_section
from engine.declaration.preparing import prepare_filling, with_stars
from engine.document import describe_own
from engine.errors import NotFound, Refused
from engine.flow.drafts import DraftConflict, list_drafts
from engine.flow.registry import clock_of, registry_of
from engine.form import FormView, Values
from engine.form.sameness import same_content
from web.deps import Form

Pairs = Sequence[tuple[str, str]]

#: the field that carries the versions of the saved sections: `basic_info:3,education:1`
VERSIONS = "draft_version"


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a page: the versions now, the sections that changed, and those saved elsewhere meanwhile."""

    versions: Mapping[str, int]
    saved: Sequence[str]
    conflicts: Sequence[DraftConflict]


def open_filling(tx: Transaction, actor: Actor, case_key: int) -> Filling:
    """The open filling task of the actor's declaration.

    Raises `NotFound` for anybody else's, `Refused` where it cannot be changed now.
    """
    try:
        return filling_of(tx, actor, case_key)
    except NotFound:
        detail = declaration_detail(tx, actor, case_key)
        if detail.row["applicant"] != actor.login:
            raise
        raise Refused(f"申报材料现在不能修改：{detail.sentence}") from None


def parse(tx: Transaction, actor: Actor, filling: Filling, pairs: Pairs) -> Values:
    """What was posted, over what is kept; files only of the actor's own."""
    return filling.form.parse(
        pairs,
        filling.values,
        context=filling.context,
        files=partial(describe_own, tx, actor),
        clock=clock_of(tx),
    )


def view_of(tx: Transaction, filling: Filling, values: Mapping[str, Any] | None = None) -> FormView:
    """The form as the page draws it, with these values or those kept."""
    shown, context = filling.values, filling.context
    if values is not None:
        shown, context = prepare_filling(tx, filling.year, values, filling.context)
        context = with_stars(tx, filling.year, shown, context)
    return filling.form.prepare(
        shown, context, options=registry_of(tx).options_of(tx, filling.year), clock=clock_of(tx)
    )


def keep(
    tx: Transaction, actor: Actor, filling: Filling, values: Mapping[str, Any], versions: Mapping[str, int]
) -> Kept:
    """Save as drafts the sections that differ from what is kept. A section saved elsewhere since the page was made is left
    alone and named; the others are saved all the same."""
    now, saved, conflicts = dict(filling.draft_versions), [], []
    for section in filling.form.sections:
        given = values.get(section.path)
        if same_content(given, filling.values.get(section.path)):
            continue
        try:
            known = versions.get(section.path, 0)
            now[section.path] = save_section(tx, actor, filling.task.row["key"], section.path, given, version=known)
            saved.append(section.path)
        except DraftConflict as conflict:
            now[section.path] = known
            conflicts.append(conflict)
    return Kept(now, saved, conflicts)


def saved_words(tx: Transaction, task_key: int) -> str:
    """When the last of the sections was saved; nothing where none was."""
    drafts = list_drafts(tx, task_key).values()
    if not drafts:
        return ""
    at = local(max(draft.at for draft in drafts))
    day = "" if at.date() == local(tx.now).date() else f"{at.month}月{at.day}日 "
    return f"已保存 {day}{at:%H:%M}"


def pairs_of(form: Form) -> Pairs:
    """What was posted besides files."""
    return [(name, value) for name, value in form.multi_items() if isinstance(value, str)]


def read_versions(text: str) -> dict[str, int]:
    """The versions a page carries; what is not of that form counts as none."""
    parts = (part.rpartition(":") for part in text.split(","))
    return {name: int(number) for name, colon, number in parts if colon and number.isascii() and number.isdigit()}


def write_versions(versions: Mapping[str, int]) -> str:
    return ",".join(f"{name}:{number}" for name, number in sorted(versions.items()))
