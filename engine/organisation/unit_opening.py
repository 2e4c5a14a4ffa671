"""新增: a unit together with the account of its administrator."""

from dataclasses import dataclass

from engine.access import Actor
from engine.db import Transaction
from engine.errors import InvalidInput
from engine.organisation.accounts import LOGIN_LENGTH, create_account
from engine.organisation.queries import full_code
from engine.organisation.roles import Role
from engine.organisation.sessions import normal_login
from engine.organisation.units import UnitFields, create_unit
from engine.reference import CodeBook


@dataclass(frozen=True, slots=True)
class Opened:
    """The unit, and with which login its administrator signs in."""

    unit: int
    account: int
    login: str


def open_unit(
    tx: Transaction,
    actor: Actor,
    book: CodeBook,
    parent: int,
    fields: UnitFields,
    *,
    password_hash: str,
    login: str = "",
) -> Opened:
    """Open a unit under `parent` and an account for its administrator; both or neither.

    Without a `login` it is the unit's full code. The administrator is called as the contact person, else as who is responsible; the
    password is the first one and has to be changed. Raises `InvalidInput` by field: those of the unit, and `login`.
    """
    key = create_unit(tx, actor, book, parent, fields)
    chosen = normal_login(login or full_code(tx, key))
    if len(chosen) > LOGIN_LENGTH:
        raise InvalidInput(fields={"login": [f"完整机构代码超过 {LOGIN_LENGTH} 个字符，请另填管理员登录名"]})
    name = fields.contact_person.strip() or fields.responsible_person.strip()
    account = create_account(
        tx, actor, unit=key, role=Role.UNIT_ADMIN, login=chosen, name=name, password_hash=password_hash
    )
    return Opened(key, account, chosen)
