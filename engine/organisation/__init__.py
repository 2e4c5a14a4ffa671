"""Units as a tree, persons, accounts and their roles, the yearly enrolment, signing in.

A password is checked or made outside the transaction that uses it: argon2 takes 25 ms, and on SQLite a transaction keeps everybody
else from writing.
"""

from engine.organisation.accounts import (
    add_role,
    create_account,
    disable_account,
    enable_account,
    reset_password,
)
from engine.organisation.actors import Session, actor_of, actor_of_token
from engine.organisation.api_tokens import issue_token, revoke_token
from engine.organisation.captcha import Puzzle, check_answer, ensure_secret, make_puzzle
from engine.organisation.enrolments import Applicant, Enrolled, create_enrolment
from engine.organisation.orphans import tasks_nobody_can_do
from engine.organisation.passwords import Passwords, make_initial_password
from engine.organisation.queries import (
    Enrolment,
    Identity,
    UnitRef,
    account_names,
    active_name,
    enrolment_of,
    find_people,
    full_code,
    holders_of,
    identity_of,
    superior_units,
    unit_chain,
    unit_names,
    units_named,
)
from engine.organisation.roles import ROLES, Role
from engine.organisation.sessions import (
    RoleChoice,
    change_password,
    is_due,
    last_account,
    role_choices,
    set_preferences,
    sign_in,
    sign_out,
    switch_role,
    touch_session,
)
from engine.organisation.tables import AccountKind, Density, RecommendationMode, State, Theme
from engine.organisation.unit_moves import move_unit
from engine.organisation.units import UnitFields, create_unit, edit_unit

__all__ = [
    "ROLES",
    "AccountKind",
    "Applicant",
    "Density",
    "Enrolled",
    "Enrolment",
    "Identity",
    "Passwords",
    "Puzzle",
    "RecommendationMode",
    "Role",
    "RoleChoice",
    "Session",
    "State",
    "Theme",
    "UnitFields",
    "UnitRef",
    "account_names",
    "active_name",
    "actor_of",
    "actor_of_token",
    "add_role",
    "change_password",
    "check_answer",
    "create_account",
    "create_enrolment",
    "create_unit",
    "disable_account",
    "edit_unit",
    "enable_account",
    "enrolment_of",
    "ensure_secret",
    "find_people",
    "full_code",
    "holders_of",
    "identity_of",
    "is_due",
    "issue_token",
    "last_account",
    "make_initial_password",
    "make_puzzle",
    "move_unit",
    "reset_password",
    "revoke_token",
    "role_choices",
    "set_preferences",
    "sign_in",
    "sign_out",
    "superior_units",
    "switch_role",
    "tasks_nobody_can_do",
    "touch_session",
    "unit_chain",
    "unit_names",
    "units_named",
]
