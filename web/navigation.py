"""The left navigation of each role, in the manual's own menu words; and where a role begins its day."""

from engine.access import Actor, Permission
from engine.organisation import Role
from web.view import NavGroup, NavItem

_INBOX = NavItem("待办", "/inbox")
_CASES = NavItem("全部流程", "/cases")


def groups_for(actor: Actor) -> tuple[NavGroup, ...]:
    """What the actor may open, group by group. A page still asks for itself whether it may be seen."""
    groups = (_declaring(actor), _reviewing(actor), _working(actor), _watching(actor), _drawing(actor))
    return tuple(group for group in groups if group is not None)


def home_of(actor: Actor) -> str:
    """Where the actor goes after signing in."""
    groups = groups_for(actor)
    return groups[0].items[0].url if groups else "/account"


def _declaring(actor: Actor) -> NavGroup | None:
    if not actor.may(Permission.DECLARATIONS_DECLARE):
        return None
    return NavGroup("个人申报", (NavItem("我的申报", "/declaration"), _INBOX), "edit")


def _reviewing(actor: Actor) -> NavGroup | None:
    if not actor.may(Permission.DECLARATIONS_REVIEW):
        return None
    words = "单位领导审核申报材料" if actor.role == Role.UNIT_LEADER else "经办人审核申报材料"
    return NavGroup(words, (NavItem("今年申报材料", "/declarations"), _INBOX), "inbox")


def _working(actor: Actor) -> NavGroup | None:
    has_inbox = actor.may(Permission.DECLARATIONS_DECLARE) or actor.may(Permission.DECLARATIONS_REVIEW)
    if has_inbox or not actor.may(Permission.TASKS_WORK):
        return None
    return NavGroup("我的工作", (_INBOX,), "inbox")


def _watching(actor: Actor) -> NavGroup | None:
    watches = actor.everywhere and actor.may(Permission.CASES_READ) and actor.role != Role.CASE_OFFICER
    if not watches and not actor.may(Permission.CASES_REPAIR):
        return None
    repair = (NavItem("异常", "/incidents"),) if actor.may(Permission.INCIDENTS_RESOLVE) else ()
    return NavGroup("流程监控", (NavItem("流程概况", "/monitor"), _CASES, *repair), "flow")


def _drawing(actor: Actor) -> NavGroup | None:
    if not actor.may(Permission.DEFINITIONS_EDIT):
        return None
    return NavGroup("流程设计", (NavItem("流程、表单与决策表", "/studio"),), "edit")
