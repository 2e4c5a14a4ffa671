"""What all imports from a workbook have in common: a row with what is wrong with it, names that are taken, the batch row by row."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import sqlalchemy as sa

from engine.access import Actor
from engine.db import Transaction
from engine.errors import InvalidInput
from engine.flow.batches import start_batch
from engine.organisation.tables import account

#: so many values are asked about in one statement
ASKED = 500
TITLES_STAY = "标题不要修改，列的顺序可以调整，不需要的选填列可以删去。"
T = TypeVar("T")
LOGIN_TAKEN = "该登录名已被使用，请换一个"


@dataclass(frozen=True, slots=True)
class Checked:
    """A row of the workbook with what is wrong with it by column."""

    number: int
    values: Mapping[str, str]
    problems: Mapping[str, list[str]] = field(default_factory=dict)

    @property
    def sentences(self) -> list[str]:
        return [text for found in self.problems.values() for text in found]


R = TypeVar("R", bound=Checked)


def in_portions(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """The values, as many at a time as one statement asks about."""
    return (values[start : start + ASKED] for start in range(0, len(values), ASKED))


def taken_logins(tx: Transaction, logins: Sequence[str]) -> set[str]:
    """Which of these somebody has."""
    found: set[str] = set()
    for some in in_portions(logins):
        found |= {row.login for row in tx.rows(sa.select(account.c.login).where(account.c.login.in_(some)))}
    return found


def start_rows(
    tx: Transaction,
    actor: Actor,
    kind: str,
    rows: Sequence[R],
    called: Callable[[R], str],
    *,
    password_hash: str,
    title: str,
    command_key: str | None,
) -> int:
    """Make what the rows say in the background, all accounts with one first password; the batch's key.

    Rows with something wrong go along: the batch leaves them out and says why. `called` is what a row is called there. The caller has
    authorised. Raises `InvalidInput` where every row is wrong.
    """
    if all(row.problems for row in rows):
        raise InvalidInput("每一行都有需要修改的地方，没有可以导入的内容，请修改后重新上传。")
    items = [{"title": f"第 {row.number} 行　{called(row)}", "values": dict(row.values)} for row in rows]
    params = {"password_hash": password_hash}
    return start_batch(tx, actor, kind=kind, items=items, params=params, title=title, command_key=command_key or None)
