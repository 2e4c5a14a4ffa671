"""The review task of a declaration with what is typed into its form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from engine.access import Actor, Permission, authorize
from engine.db import Transaction
from engine.declaration.detail import DeclarationDetail, declaration_detail
from engine.declaration.remarks import REMARKS, Remark, pinned
from engine.document import describe_own
from engine.errors import NotFound
from engine.flow.completion import read_drafts
from engine.flow.drafts import list_drafts
from engine.flow.registry import clock_of, registry_of
from engine.flow.variables import visible_variables
from engine.form import Form, FormView, Values
from web.declaration.filling import Pairs, write_versions
from web.declaration.words import REVIEW_FORMS

OPINION = "opinion"


@dataclass(frozen=True, slots=True)
class Review:
    """A review that waits, with its form. `base` is what was typed so far, `context` what the form's expressions read."""

    detail: DeclarationDetail
    task: Mapping[str, Any]
    form: Form
    context: Mapping[str, Any]
    base: Values
    versions: str
    remarks: Sequence[Remark] = ()

    @property
    def case_key(self) -> int:
        return int(self.task["case_key"])


def open_review(tx: Transaction, actor: Actor, case_key: int) -> Review | None:
    """The review of a declaration that the actor may do now; None where there is none.

    Raises `NotFound` for a declaration the actor does not see.
    """
    authorize(actor, Permission.DECLARATIONS_REVIEW)
    detail = declaration_detail(tx, actor, case_key)
    mine = (one.row for one in detail.tasks if one.may_work and one.row["form_id"] in REVIEW_FORMS)
    row = next(mine, None)
    if row is None:
        return None
    form = registry_of(tx).library.form(tx, row["form_key"])
    context = visible_variables(tx, case_key, row["element_key"])
    base = {**context, **read_drafts(tx, row["key"])}
    held = list_drafts(tx, row["key"])
    return Review(
        detail,
        row,
        form,
        context,
        base={name: base[name] for name in form.keys if name in base},
        versions=write_versions({name: draft.version for name, draft in held.items() if name != REMARKS}),
        remarks=pinned(held),
    )


def open_step(tx: Transaction, actor: Actor, case_key: int) -> int | None:
    """The key of a task the actor may do now, whatever its form: a step that staff drew is done on the general page."""
    return next((int(one.row["key"]) for one in declaration_detail(tx, actor, case_key).tasks if one.may_work), None)


def parse_review(
    tx: Transaction, actor: Actor, form: Form, pairs: Pairs, base: Mapping[str, Any], context: Mapping[str, Any]
) -> Values:
    """What was posted, over what was typed before; files only of the actor's own."""
    files = partial(describe_own, tx, actor)
    return form.parse(pairs, base, context=context, files=files, clock=clock_of(tx))


def posted_decision(tx: Transaction, actor: Actor, form: Form, pairs: Pairs) -> dict[str, Any]:
    """The values a decision is made with. The flow puts them over the variables and checks them by the form the task keeps,
    so nothing of the case is read here."""
    values = parse_review(tx, actor, form, pairs, {}, {})
    posted = {name.partition(".")[0].partition("[")[0] for name, _ in pairs}
    return {name: value for name, value in values.items() if name in form.keys and name in posted}


def posted_form(tx: Transaction, key: str) -> Form:
    """The version of the form the page was made from. Raises `NotFound` for what is none of ours."""
    form = registry_of(tx).library.form(tx, read_key(key))
    if form.id not in REVIEW_FORMS:
        raise NotFound
    return form


def read_key(text: str) -> int:
    """A key a page carried. Raises `NotFound` for what cannot be one."""
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise NotFound
    return int(text)


def view_of(tx: Transaction, review: Review, values: Mapping[str, Any] | None = None) -> FormView:
    shown = review.base if values is None else values
    return review.form.prepare(
        shown, review.context, options=registry_of(tx).options_of(tx, review.detail.row["year"]), clock=clock_of(tx)
    )


def with_phrase(values: Values, phrase: str) -> Values:
    """The values with a stock phrase behind what the opinion says already."""
    typed = values.get(OPINION)
    before = typed.rstrip() if isinstance(typed, str) else ""
    return {**values, OPINION: f"{before}\n{phrase}" if before else phrase}


def chosen_phrase(pairs: Sequence[tuple[str, str]], phrases: Mapping[str, str]) -> str | None:
    """The phrase whose button was pressed."""
    return phrases.get(dict(pairs).get("_phrase", ""))
