"""Notices of this chapter: to whom and what stands in the diagram."""

from collections.abc import Collection, Mapping

import sqlalchemy as sa

from engine.access import Actor
from engine.db import Transaction
from engine.document import attach_to_case
from engine.flow.cases import add_party
from engine.flow.contexts import JobContext, TaskContext
from engine.notification import Recipient, notify
from engine.organisation import holders_of
from engine.organisation.tables import State, account

TEMPLATE = "aftercare_told"


class _Said(dict[str, object]):
    """A name the case does not have reads as a dash."""

    def __missing__(self, name: str) -> str:
        return "—"


def tell_aftercare(tx: Transaction, context: JobContext) -> None:
    """The inline job of that name. Its headers: `to` is `ROLE@VARIABLE` for those who hold the role in the unit the variable names, or
    `login@VARIABLE` for one person; `subject` and `text` with `{variables}`. With `party`, the variable that holds a person's key, that
    person sees the case from now on."""
    if (party := context.headers.get("party")) is not None:
        add_party(tx, context.case_key, f"person:{context.variables[party]}")
    role, _, name = context.headers["to"].partition("@")
    held = context.variables.get(name)
    if held is None:
        return
    logins = {str(held)} if role == "login" else {login for login, _ in holders_of(tx, role, int(held))}
    tell(tx, logins, context.headers, context.variables, case_key=context.case_key, url=f"/cases/{context.case_key}")


def tell(
    tx: Transaction,
    logins: Collection[str],
    headers: Mapping[str, str],
    variables: Mapping[str, object],
    *,
    case_key: int | None,
    url: str,
) -> None:
    """Tell these people, by bell and mail, what the headers `subject` and `text` say, filled from the variables."""
    known = _Said({name: value for name, value in variables.items() if value not in (None, "")})
    data = {part: headers[part].format_map(known) for part in ("subject", "text")}
    a = account.c
    rows = tx.rows(
        sa.select(a.id, a.email, a.mobile).where(a.login.in_(sorted(logins)), a.state == State.ACTIVE).order_by(a.id)
    )
    for row in rows:
        notify(tx, Recipient(row.id, row.email or "", row.mobile or ""), TEMPLATE, data, case_key=case_key, url=url)


def keep_files(tx: Transaction, actor: Actor, task: TaskContext, values: dict[str, object]) -> Mapping[str, object]:
    """The hook of every form of this chapter that takes files: they become the case's."""
    files = [
        one for name, value in values.items() if name.endswith("_files") and isinstance(value, list) for one in value
    ]
    attach_to_case(tx, actor, [int(file["id"]) for file in files], task.case_key)
    return values
