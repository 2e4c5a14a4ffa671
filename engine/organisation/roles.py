"""The roles of the manual (catalogue §1.2) and what each may do. A role that is not listed may nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from engine.access import Permission


class Role(StrEnum):
    """Stored by value; the same words are the candidate groups of the diagrams (`case_officer@4711`)."""

    APPLICANT = "applicant"
    AUDITOR = "auditor"
    CASE_OFFICER = "case_officer"
    COMMITTEE = "committee"
    DESIGNER = "designer"
    EXPERT = "expert"
    SERVICE = "service"
    SYSTEM_ADMIN = "system_admin"
    TITLE_OFFICE_ADMIN = "title_office_admin"
    UNIT_ADMIN = "unit_admin"
    UNIT_LEADER = "unit_leader"


@dataclass(frozen=True, slots=True)
class RoleRights:
    """`label` is the manual's word. `of_unit`: acts for its unit and sees the cases of its subtree; the others see what they are
    a party to. `everywhere`: sees all of them whatever the unit. `at_top` is what the role may do besides in the top unit,
    `forming` in a unit that has 评委会组建权."""

    label: str
    permissions: frozenset[Permission]
    of_unit: bool = False
    everywhere: bool = False
    at_top: frozenset[Permission] = frozenset()
    forming: frozenset[Permission] = frozenset()


_WORK = frozenset({Permission.CASES_READ, Permission.TASKS_WORK})
_ADMIN = frozenset(
    {
        Permission.ACCOUNTS_MANAGE,
        Permission.APPLICANTS_MANAGE,
        Permission.BULLETIN_MANAGE,
        Permission.COMMITTEES_MANAGE,
        Permission.UNITS_MANAGE,
    }
)
_API = frozenset({Permission.API_USE, Permission.API_JOBS, Permission.API_MESSAGES, Permission.API_VARIABLES})
#: the business of the review itself, which whoever keeps the system stays out of
_OWN_BUSINESS = frozenset(
    {
        Permission.DECLARATIONS_DECLARE,
        Permission.DECLARATIONS_REVIEW,
        Permission.EXPERTS_MANAGE,
        Permission.EXPERTS_VET,
        Permission.MEETINGS_MANAGE,
        Permission.PROFILE_KEEP,
        Permission.RESULTS_APPROVE,
    }
)
_OPERATE = frozenset(
    {
        Permission.CASES_CANCEL,
        Permission.CASES_REPAIR,
        Permission.CASES_START,
        Permission.INCIDENTS_RESOLVE,
        Permission.TASKS_ASSIGN,
        Permission.VARIABLES_EDIT,
    }
)

ROLES: Mapping[Role, RoleRights] = {
    Role.APPLICANT: RoleRights("申报人", _WORK | {Permission.API_USE, Permission.DECLARATIONS_DECLARE}),
    Role.AUDITOR: RoleRights("监督人员", frozenset({Permission.CASES_READ}), everywhere=True),
    Role.CASE_OFFICER: RoleRights(
        "经办人",
        _WORK | {Permission.API_USE, Permission.APPLICANTS_MANAGE, Permission.DECLARATIONS_REVIEW},
        of_unit=True,
        at_top=frozenset({Permission.RESULTS_APPROVE}),
        forming=frozenset({Permission.EXPERTS_MANAGE, Permission.EXPERTS_VET, Permission.MEETINGS_MANAGE}),
    ),
    Role.COMMITTEE: RoleRights("评委会账号", frozenset({Permission.EXPERTS_MANAGE})),
    Role.DESIGNER: RoleRights(
        "业务流程管理员",
        _WORK
        | {
            Permission.API_DEPLOY,
            Permission.API_USE,
            Permission.CASES_START,
            Permission.DEFINITIONS_EDIT,
            Permission.DEFINITIONS_PUBLISH,
        },
    ),
    Role.EXPERT: RoleRights("评审专家", _WORK | {Permission.API_USE, Permission.PROFILE_KEEP}),
    Role.SERVICE: RoleRights(
        "服务账号", _WORK | _API | _OPERATE | {Permission.API_DEPLOY, Permission.DEFINITIONS_PUBLISH}, of_unit=True
    ),
    Role.SYSTEM_ADMIN: RoleRights(
        "系统管理员",
        frozenset(Permission) - _OWN_BUSINESS,
        everywhere=True,
    ),
    Role.TITLE_OFFICE_ADMIN: RoleRights(
        "职改办管理员",
        _WORK
        | _ADMIN
        | _OPERATE
        | {
            Permission.API_USE,
            Permission.CODES_MANAGE,
            Permission.DECLARATIONS_MANAGE,
            Permission.RESULTS_APPROVE,
        },
        forming=frozenset({Permission.MEETINGS_MANAGE}),
        of_unit=True,
        everywhere=True,
    ),
    Role.UNIT_ADMIN: RoleRights(
        "单位管理员",
        _WORK | _ADMIN | {Permission.API_USE},
        of_unit=True,
        forming=frozenset({Permission.MEETINGS_MANAGE}),
    ),
    Role.UNIT_LEADER: RoleRights(
        "单位领导", _WORK | {Permission.API_USE, Permission.DECLARATIONS_REVIEW}, of_unit=True
    ),
}

_RIGHTS: Mapping[str, RoleRights] = {role.value: rights for role, rights in ROLES.items()}

#: what an administrator gives to staff of its own unit (U4)
STAFF_ROLES = frozenset({Role.CASE_OFFICER, Role.UNIT_LEADER})

#: which roles an account in that role may give, and so whose passwords it may reset; the others give none
GRANTS: Mapping[str, frozenset[Role]] = {
    Role.SYSTEM_ADMIN: frozenset(Role),
    Role.TITLE_OFFICE_ADMIN: STAFF_ROLES | {Role.UNIT_ADMIN, Role.APPLICANT, Role.EXPERT},
    Role.UNIT_ADMIN: STAFF_ROLES | {Role.UNIT_ADMIN, Role.APPLICANT},
    Role.CASE_OFFICER: frozenset({Role.APPLICANT}),
}


def rights_of(role: str | None) -> RoleRights | None:
    """What a stored role allows; nothing where the release does not know it."""
    return _RIGHTS.get(role or "")
