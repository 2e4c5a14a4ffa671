"""Who a task waits for, in words: 河北医科大学（示例）经办人."""

from collections.abc import Mapping, Sequence

from engine.access import SYSTEM
from engine.db import Transaction
from engine.organisation import ROLES, Role, account_names, unit_names

#: the candidate groups and the candidate users of a task
Candidates = tuple[Sequence[str], Sequence[str]]

_LABELS: Mapping[str, str] = {role.value: rights.label for role, rights in ROLES.items()}


def candidate_words(tx: Transaction, tasks: Sequence[Candidates]) -> list[str]:
    """For each task who may do it; units and people of all of them are asked for once."""
    units = unit_names(tx, {unit for groups, _ in tasks for unit in map(unit_of, groups) if unit is not None})
    people = account_names(tx, {login for _, logins in tasks for login in logins})
    return [
        "、".join([*(group_words(group, units) for group in groups), *(people.get(login, login) for login in logins)])
        for groups, logins in tasks
    ]


def group_words(group: str, units: Mapping[int, str]) -> str:
    """A candidate group as people say it: the unit and the role."""
    role, _, _ = group.partition("@")
    label = _LABELS.get(role, role)
    unit = unit_of(group)
    return f"{units.get(unit, '')}{label}" if unit is not None else label


def unit_of(group: str) -> int | None:
    """The unit of `case_officer@4711`; None for a group that names none."""
    _, at, key = group.partition("@")
    return int(key) if at and key.isdecimal() else None


def role_of(group: str) -> Role | None:
    """The role of a group, where it is one of ours."""
    role = group.partition("@")[0]
    return Role(role) if role in _LABELS else None


def name_in(names: Mapping[str, str], login: str) -> str:
    """What an account is called; the system itself has no account."""
    return names.get(login) or (SYSTEM.name if login == SYSTEM.login else login)
