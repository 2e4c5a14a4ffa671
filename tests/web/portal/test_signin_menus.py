"""The menu of each role, and the bell."""

from collections.abc import Callable

import pytest

from engine.access import Actor
from engine.bootstrap import App
from engine.db import Transaction
from engine.notification import Recipient, notify
from engine.organisation import ROLES, Role
from tests.support.visitor import Visitor
from web.navigation import groups_for, home_of

Enter = Callable[[str], Visitor]

KEEPING = {"单位账号管理": ["工作人员帐号管理", "申报人帐号管理"], "机构管理": ["次级机构管理", "核准岗位职数"]}
WATCHING = {"流程监控": ["流程概况", "全部流程", "异常"]}
LOOKING = {"流程监控": [*WATCHING["流程监控"], "查阅记录"]}
MAINTAINING = {"系统管理": ["代码表", "工作日历", "年度计划", "打印模板", "外部数据"]}
FORMING = {"评委会管理": ["授权单位评委会管理", "历史评委会"]}
MEETING = {"评审会议管理": ["活跃评审会议", "历史评审会议"], "评审后处理": ["结果公示、上报和证书", "复查"]}
APPROVING = {"评审后处理": ["评审结果审核", "复查", "投诉", "撤销职称", "认定、确认、补发、更正", "诚信记录"]}
CHECKING = {"评审后处理": ["认定、确认、补发、更正", "诚信记录"]}
TOLD = {"公告和帮助": ["公告通知", "模板下载", "联系方式", "我的投诉"]}
TELLING = {"公告和帮助": ["公告通知", "公告管理", "模板下载", "联系方式", "我的投诉"]}
MENUS = {
    Role.APPLICANT: {"个人申报": ["我的申报", "复查与证书", "待办"], **TOLD},
    Role.AUDITOR: {"流程监控": ["流程概况", "全部流程", "查阅记录", "评审会议"], **TOLD},
    Role.CASE_OFFICER: {
        "经办人审核申报材料": [
            "今年申报材料",
            "单位推荐与公示",
            "预分配评委会",
            "评委会审查申报材料",
            "报盘模板管理",
            "待办",
            "核对通用表",
        ],
        "单位账号管理": ["申报人帐号管理"],
        **CHECKING,
        **TOLD,
    },
    Role.COMMITTEE: {"评委会管理": ["单位评委库管理"], "公告和帮助": ["公告通知", "模板下载", "联系方式"]},
    Role.DESIGNER: {"我的工作": ["待办"], "流程设计": ["流程、表单与决策表"], **TOLD},
    Role.EXPERT: {"我的工作": ["待办", "评审会议", "个人信息"], **TOLD},
    Role.SYSTEM_ADMIN: {
        "我的工作": ["待办"],
        **KEEPING,
        **FORMING,
        **LOOKING,
        "流程设计": ["流程、表单与决策表"],
        "系统管理": [*MAINTAINING["系统管理"], "服务账号与令牌"],
        **TELLING,
    },
    Role.TITLE_OFFICE_ADMIN: {
        "我的工作": ["待办"],
        **KEEPING,
        **FORMING,
        **APPROVING,
        **WATCHING,
        **MAINTAINING,
        **TELLING,
    },
    Role.UNIT_ADMIN: {"我的工作": ["待办"], **KEEPING, **FORMING, **TELLING},
    Role.UNIT_LEADER: {
        "单位领导审核申报材料": ["今年申报材料", "待办", "核对通用表"],
        "评审后处理": CHECKING["评审后处理"][:1],
        **TOLD,
    },
}


@pytest.mark.catalogue("U6", "A7")
@pytest.mark.parametrize("role", MENUS)
def test_each_role_has_the_menu_of_its_work(role: Role) -> None:
    rights = ROLES[role]
    actor = Actor(1, "x", "测", role=role, permissions=rights.permissions, everywhere=rights.everywhere)
    menu = {group.label: [item.label for item in group.items] for group in groups_for(actor)}
    assert menu == MENUS[role]


@pytest.mark.catalogue("K3", "K6", "M1")
def test_where_committees_are_formed_pools_and_meetings_are_kept() -> None:
    pools = {"评委会管理": ["单位评委库管理", "评委材料审核"]}
    after = {"评审后处理": [*MEETING["评审后处理"], *CHECKING["评审后处理"]]}
    for role, more in ((Role.CASE_OFFICER, {**pools, **MEETING, **after}), (Role.UNIT_ADMIN, MEETING)):
        rights = ROLES[role]
        actor = Actor(1, "x", "测", role=role, permissions=rights.permissions | rights.forming)
        menu = {group.label: [item.label for item in group.items] for group in groups_for(actor)}
        assert menu == {**MENUS[role], **more}


#: the left menu of a clerk as the manual lists it (catalogue U6, L192–206)
CLERK = [
    *("经办人审核申报材料", "今年申报材料", "预分配评委会", "评委会审查申报材料", "报盘模板管理"),
    *("评委会管理", "评审会议管理", "评审后处理"),
]


@pytest.mark.catalogue("U6")
@pytest.mark.parametrize("may_form", [False, True])
def test_a_clerk_s_menu_is_the_manual_s_in_its_order(may_form: bool) -> None:
    """Reviewing is every clerk's and comes first; what follows is there for those whose unit forms committees."""
    rights = ROLES[Role.CASE_OFFICER]
    forming = rights.forming if may_form else frozenset()
    actor = Actor(1, "x", "测", role=Role.CASE_OFFICER, permissions=rights.permissions | forming)
    labels = [label for group in groups_for(actor) for label in (group.label, *(item.label for item in group.items))]
    listed = [label for label in labels if label in CLERK]
    assert listed[:5] == CLERK[:5]
    assert listed == [label for label in CLERK if label in labels]
    assert ("评委会管理" in labels) == may_form


def test_an_officer_of_the_title_office_reviews_and_does_not_watch() -> None:
    rights = ROLES[Role.CASE_OFFICER]
    actor = Actor(1, "x", "测", role=Role.CASE_OFFICER, permissions=rights.permissions, everywhere=True)
    assert [group.label for group in groups_for(actor)] == [
        "经办人审核申报材料",
        "单位账号管理",
        "评审后处理",
        "公告和帮助",
    ]


def test_somebody_without_a_role_comes_to_the_account() -> None:
    assert home_of(Actor(1, "x", "测")) == "/account"


class TestTheBell:
    @pytest.fixture
    def applicant(self, app: App, enter: Enter) -> Visitor:
        visitor = enter("990000197402071073")
        visitor.get("/account")
        return visitor

    @pytest.fixture
    def tell(self, app: App, applicant: Visitor) -> Callable[..., int]:
        def tell(url: str | None = None) -> int:
            account = int(applicant.page.html.split('name="account" content="')[1].split('"')[0])
            with app.database.transaction() as tx:
                return _tell(tx, account, url)

        return tell

    def test_it_counts_shows_and_leads_to_the_matter(self, applicant: Visitor, tell: Callable[..., int]) -> None:
        key = tell("/account")
        page = applicant.get("/notifications")
        assert "消息，1 条未读" in page.html
        assert "请到会议室签到。" in page.words
        applicant.submit(f"/notifications/{key}")
        assert applicant.page.path == "/account"
        assert "条未读" not in applicant.page.html

    def test_all_are_read_by_one_press(self, applicant: Visitor, tell: Callable[..., int]) -> None:
        for _ in range(22):
            tell()
        page = applicant.get("/notifications")
        assert page.html.count("请到会议室签到。") == 20
        older = next(link for link in page.links if link.startswith("?before="))
        assert applicant.get(f"/notifications{older}").html.count("请到会议室签到。") >= 2
        applicant.get("/notifications")
        assert "条未读" not in applicant.submit("/notifications/read").html

    def test_nobody_reads_what_somebody_else_was_told(
        self, applicant: Visitor, tell: Callable[..., int], enter: Enter
    ) -> None:
        key = tell("/account")
        other = enter("990000197908151089")
        other.get("/notifications")
        assert "请到会议室签到。" not in other.page.words
        other.post(f"/notifications/{key}", {"csrf_token": other.csrf})
        assert other.page.path == "/notifications"
        assert "消息，1 条未读" in applicant.get("/notifications").html
        applicant.submit("/notifications/read")


def _tell(tx: Transaction, account: int, url: str | None) -> int:
    return notify(tx, Recipient(account), "plain", {"subject": "会议通知", "text": "请到会议室签到。"}, url=url)
