"""The left navigation of each role, in the manual's own menu words; and where a role begins its day."""

from engine.access import Actor, Permission
from engine.organisation import Role
from web.view import NavGroup, NavItem

_CASES = NavItem("全部流程", "/cases")
#: the rest of the clerk's menu (U6)
_OF_OFFICERS = (
    NavItem("预分配评委会", "/declarations?desk=placement"),
    NavItem("评委会审查申报材料", "/declarations?desk=screening"),
    NavItem("报盘模板管理", "/exchange-templates"),
)


def groups_for(
    actor: Actor, waiting: int | None = None, *, unread: int = 0, demo: bool = False
) -> tuple[NavGroup, ...]:
    """What the actor may open, group by group; `waiting` is how many tasks there are, `unread` how many announcements.

    A page asks for itself whether it may be seen.
    """
    inbox = NavItem("待办", "/inbox", waiting)
    groups = (
        _declaring(actor, inbox),
        _reviewing(actor, inbox),
        _working(actor, inbox),
        _keeping(actor),
        _organising(actor),
        _forming(actor),
        _meeting(actor),
        _after_meeting(actor),
        _watching(actor),
        _drawing(actor),
        _maintaining(actor),
        _telling(actor, unread),
        NavGroup("演示", (NavItem("演示账号", "/demo"),), "users") if demo else None,
    )
    return tuple(group for group in groups if group is not None)


def home_of(actor: Actor) -> str:
    """Where the actor goes after signing in."""
    groups = groups_for(actor)
    return groups[0].items[0].url if groups else "/account"


def _declaring(actor: Actor, inbox: NavItem) -> NavGroup | None:
    if not actor.may(Permission.DECLARATIONS_DECLARE):
        return None
    items = (NavItem("我的申报", "/declaration"), NavItem("复查与证书", "/my-certificates"), inbox)
    return NavGroup("个人申报", items, "edit")


def _reviewing(actor: Actor, inbox: NavItem) -> NavGroup | None:
    if not actor.may(Permission.DECLARATIONS_REVIEW):
        return None
    words = "单位领导审核申报材料" if actor.role == Role.UNIT_LEADER else "经办人审核申报材料"
    recommending = (NavItem("单位推荐与公示", "/recommendation"),) if actor.role == Role.CASE_OFFICER else ()
    exchange = () if actor.role == Role.UNIT_LEADER else _OF_OFFICERS
    return NavGroup(
        words,
        (NavItem("今年申报材料", "/declarations"), *recommending, *exchange, inbox, NavItem("核对通用表", "/verify")),
        "inbox",
    )


def _working(actor: Actor, inbox: NavItem) -> NavGroup | None:
    has_inbox = actor.may(Permission.DECLARATIONS_DECLARE) or actor.may(Permission.DECLARATIONS_REVIEW)
    if has_inbox or not actor.may(Permission.TASKS_WORK):
        return None
    meetings = (NavItem("评审会议", "/my-meetings"),) if actor.role == Role.EXPERT else ()
    profile = (NavItem("个人信息", "/expert/profile"),) if actor.may(Permission.PROFILE_KEEP) else ()
    return NavGroup("我的工作", (inbox, *meetings, *profile), "inbox")


def _keeping(actor: Actor) -> NavGroup | None:
    staff = (NavItem("工作人员帐号管理", "/accounts"),) if actor.may(Permission.ACCOUNTS_MANAGE) else ()
    applicants = (NavItem("申报人帐号管理", "/applicants"),) if actor.may(Permission.APPLICANTS_MANAGE) else ()
    return NavGroup("单位账号管理", (*staff, *applicants), "users") if staff or applicants else None


def _organising(actor: Actor) -> NavGroup | None:
    """The manual's 机构管理 (L103)."""
    if not actor.may(Permission.UNITS_MANAGE):
        return None
    return NavGroup("机构管理", (NavItem("次级机构管理", "/units"), NavItem("核准岗位职数", "/post-quotas")), "unit")


def _watching(actor: Actor) -> NavGroup | None:
    if actor.role != Role.AUDITOR and not actor.may(Permission.CASES_REPAIR):
        return None
    repair = (NavItem("异常", "/incidents"),) if actor.may(Permission.INCIDENTS_RESOLVE) else ()
    looks = (NavItem("查阅记录", "/monitor/looks"),) if actor.role in (Role.AUDITOR, Role.SYSTEM_ADMIN) else ()
    meetings = (NavItem("评审会议", "/review-meetings"),) if actor.role == Role.AUDITOR else ()
    return NavGroup("流程监控", (NavItem("流程概况", "/monitor"), _CASES, *repair, *looks, *meetings), "flow")


def _drawing(actor: Actor) -> NavGroup | None:
    if not actor.may(Permission.DEFINITIONS_EDIT):
        return None
    return NavGroup("流程设计", (NavItem("流程、表单与决策表", "/studio"),), "edit")


def _maintaining(actor: Actor) -> NavGroup | None:
    if not actor.may(Permission.CODES_MANAGE):
        return None
    items = (
        NavItem("代码表", "/codes"),
        NavItem("工作日历", "/calendar"),
        NavItem("年度计划", "/year-plan"),
        NavItem("打印模板", "/print-templates"),
    )
    outside = (NavItem("外部数据", "/registers"),) if actor.may(Permission.DECLARATIONS_MANAGE) else ()
    services = (NavItem("服务账号与令牌", "/service-accounts"),) if actor.may(Permission.SERVICES_MANAGE) else ()
    return NavGroup("系统管理", (*items, *outside, *services), "gear")


def _telling(actor: Actor, unread: int) -> NavGroup | None:
    if not actor.permissions:
        return None
    own = (NavItem("公告管理", "/announcements/own"),) if actor.may(Permission.BULLETIN_MANAGE) else ()
    items = (NavItem("公告通知", "/announcements", unread or None), *own)
    more = (NavItem("模板下载", "/templates"), NavItem("联系方式", "/contacts"))
    # an account of a committee or of a program is nobody who complains
    person = () if actor.role in (Role.COMMITTEE, Role.SERVICE) else (NavItem("我的投诉", "/complaints/mine"),)
    return NavGroup("公告和帮助", (*items, *more, *person), "info")


def _forming(actor: Actor) -> NavGroup | None:
    """The manual's 评委会管理: the register, the pools, the experts whose profile waits."""
    register = (
        (NavItem("授权单位评委会管理", "/committees"), NavItem("历史评委会", "/committees/past"))
        if actor.may(Permission.COMMITTEES_MANAGE)
        else ()
    )
    pools = (NavItem("单位评委库管理", "/pool"),) if actor.may(Permission.EXPERTS_MANAGE) else ()
    vetting = (NavItem("评委材料审核", "/expert-vettings"),) if actor.may(Permission.EXPERTS_VET) else ()
    items = (*register, *pools, *vetting)
    return NavGroup("评委会管理", items, "users") if items else None


def _meeting(actor: Actor) -> NavGroup | None:
    if not actor.may(Permission.MEETINGS_MANAGE):
        return None
    items = (NavItem("活跃评审会议", "/review-meetings"), NavItem("历史评审会议", "/review-meetings/past"))
    return NavGroup("评审会议管理", items, "users")


def _after_meeting(actor: Actor) -> NavGroup | None:
    """The manual's 评审后处理 (L206), of the title office 经办人审核评审结果 (F5), and what comes after results (W10, W14)."""
    handles = (NavItem("结果公示、上报和证书", "/results"),) if actor.may(Permission.MEETINGS_MANAGE) else ()
    approves = (NavItem("评审结果审核", "/results?desk=approval"),) if actor.may(Permission.RESULTS_APPROVE) else ()
    again = (NavItem("复查", "/reexaminations"),) if handles or approves else ()
    office = (NavItem("投诉", "/complaints"), NavItem("撤销职称", "/revocations")) if approves else ()
    checks = approves or actor.may(Permission.DECLARATIONS_REVIEW)
    asked = (NavItem("认定、确认、补发、更正", "/certificate-requests"),) if checks else ()
    keeps = approves or (checks and actor.may(Permission.APPLICANTS_MANAGE))
    records = (NavItem("诚信记录", "/integrity-records"),) if keeps else ()
    items = (*handles, *approves, *again, *office, *asked, *records)
    return NavGroup("评审后处理", items, "certificate") if items else None
