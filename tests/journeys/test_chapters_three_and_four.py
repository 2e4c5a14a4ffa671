"""Chapters three and four of the manual from end to end: a committee, its pool, a meeting of 25 experts and 60 dossiers, its results."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook

from engine.committee.tables import expert
from engine.db import Transaction
from engine.declaration.demo_people import actor_of_login
from engine.declaration.tables import declaration
from engine.result.tables import review_result, title_certificate
from engine.review_meeting.assignment.blocking import Blocked
from engine.review_meeting.assignment.proposing import propose_assignment
from engine.review_meeting.assignment.publishing import publish_assignment
from engine.review_meeting.experts import experts_of
from engine.review_meeting.tables import meeting_dossier, meeting_expert
from tests.journeys.acting import fill_section, said, upload
from tests.journeys.assembly import (
    PROFILE,
    Expert,
    assemble_dossiers,
    cast_papers,
    experts_of_pool,
    fill_profiles,
    play_reviews,
)
from tests.journeys.cast import Cast
from tests.journeys.province import Province
from tests.support.axe import assert_accessible
from tests.support.databases import sqlite_url_in
from tests.support.pdf import read_pdf
from tests.support.templates import Templates

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.support.browser import People


CODE, COMMITTEE = "PW0901", "示范省卫生系列临床高级职称评审委员会（测试）"
HEALTH = "示范省卫生健康委员会（示例）"
POOL_ACCOUNT = CODE.lower()
DOSSIERS = 60
MEETING = "2026 年度临床正高级评审会（测试）"
PLAN = {
    "plan_name": "临床正高级评审方案（测试）",
    "plan_basis": "示职改办〔2026〕1 号",
    "plan_agenda": "6月15日集中评议，6月16日投票",
    "plan_attendance": "出席不少于三分之二",
    "plan_discipline": "保密、回避",
}
#: nine in the morning of the day of the ballot
SECOND_DAY = datetime(2026, 6, 16, 1, tzinfo=UTC)
#: after five working days, the dragon boat festival among them
AFTER_PUBLICITY = datetime(2026, 6, 26, 1, tzinfo=UTC)
PUBLICITY = {
    "publicity_title": "2026 年度临床正高级评审结果公示（测试）",
    "publicity_from": "2026-06-16",
    "publicity_to": "2026-06-25",
    "objection_phone": "0311-00000000",
    "objection_address": "示范省卫生健康委员会人事处",
}
GROUPS = {"第一组": 9, "第二组": 8, "第三组": 8}


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory, templates: Templates) -> Iterator[Province]:
    folder = tmp_path_factory.mktemp("meeting")
    with Province(sqlite_url_in(folder), folder, templates).open() as province:
        yield province


@dataclass
class Told:
    """What the story has come to."""

    cast: Cast
    committee: int = 0
    #: those of the pool, the first of whom sits at the browser
    experts: list[Expert] = field(default_factory=list)
    #: logins and cases of those who can sign in: who gets the title, who is objected to, who fails
    applicants: list[str] = field(default_factory=list)
    dossiers: list[int] = field(default_factory=list)
    meeting: int = 0
    #: those who come, by group: the first two of the first group preside and lead, the second of the others lead
    groups: dict[str, list[Any]] = field(default_factory=dict)
    chair: str = ""
    #: the dossier an expert keeps out of
    recused: int = 0
    ballot: int = 0
    receipt: str = ""
    #: the page of what follows the meeting
    results: str = ""
    certificate: str = ""

    @property
    def address(self) -> str:
        return f"{self.cast.province.url}/review-meetings/{self.meeting}"

    def read_groups(self) -> dict[str, list[Any]]:
        """The experts of each group."""
        rows = self.cast.province.read(lambda tx: experts_of(tx, self.meeting))
        return {name: [SimpleNamespace(**row) for row in rows if row["group_name"] == name] for name in GROUPS}

    def statuses(self) -> list[str]:
        """Where the declarations stand."""
        asked = sa.select(declaration.c.status).where(declaration.c.committee == self.committee)
        rows = self.cast.province.read(lambda tx: tx.rows(asked.order_by(declaration.c.declaration_no)))
        return [row.status for row in rows]

    def all_seats(self) -> list[Any]:
        """Who reviews what: declaration, primary and secondary (logins), group, number; by number."""
        d, first, second = meeting_dossier.c, meeting_expert.alias("first"), meeting_expert.alias("second")
        columns = (d.declaration, first.c.login.label("primary"), second.c.login.label("secondary"), d.group)
        asked = (
            sa.select(*columns, d.declaration_no.label("number"))
            .join(first, sa.and_(first.c.meeting == d.meeting, first.c.expert == d.primary_expert))
            .join(second, sa.and_(second.c.meeting == d.meeting, second.c.expert == d.secondary_expert))
            .where(d.meeting == self.meeting)
        )
        return list(self.cast.province.read(lambda tx: tx.rows(asked.order_by(d.declaration_no))))

    def seats(self, declaration: int) -> Any:
        """The same of one declaration."""
        return next(row for row in self.all_seats() if row.declaration == declaration)

    def open_dossier(self, login: str, seats: Any) -> "Page":
        """Sign in, state to have no interest where that is asked for, and open the dossier."""
        page = self.cast.enter(login)
        page.goto(f"/my-meetings/{self.meeting}/dossiers/{seats.declaration}")
        if page.get_by_role("button", name="确认，打开材料").count():
            page.get_by_role("button", name="确认，打开材料").click()
        page.get_by_role("heading", name=seats.number).first.wait_for()
        return page

    def everybody(self) -> list[Any]:
        return [one for members in self.groups.values() for one in members]

    @property
    def voter(self) -> str:
        """Who votes at the browser: the third of the second group, who keeps out of nothing."""
        return str(self.groups["第二组"][2].login)

    def number(self, dossier: int) -> str:
        asked = sa.select(declaration.c.declaration_no).where(declaration.c.case_key == dossier)
        return str(self.cast.province.read(lambda tx: tx.value(asked)))

    def standings(self) -> dict[str, int]:
        """How many results stand where."""
        r = review_result.c
        asked = sa.select(r.state, sa.func.count().label("held")).where(r.meeting == self.meeting).group_by(r.state)
        return {row.state.value: row.held for row in self.cast.province.read(lambda tx: tx.rows(asked))}

    def enter_meeting(self, login: str) -> "Page":
        """Sign in and go to the meeting's console."""
        page = self.cast.enter(login)
        page.goto(self.address)
        return page


# --- the committee and its pool ---------------------------------------------------------------------------------------


def register_committee(told: Told) -> None:
    """The title office registers a committee of the health commission and resets its password (K1)."""
    page = told.cast.enter("office_admin")
    page.locator("#nav").get_by_role("link", name="评委会管理").first.click()
    page.locator("main .page-head").get_by_role("link", name="新增").click()
    typed = {
        "code": CODE,
        "name": COMMITTEE,
        "filing_no": "示职评备〔2026〕91 号",
        "members": "25",
        "valid_from": "2026-01-01",
        "valid_until": "2028-12-31",
        "contact_person": "测示联",
        "contact_phone": "0311-00000000",
    }
    for name, value in typed.items():
        page.locator(f"#{name}").fill(value)
    page.locator("#forming_unit").select_option(label=HEALTH)
    for name, value in {"series": "physician", "kind": "series", "region": "130000"}.items():
        page.locator(f"#{name}").select_option(value)
    page.get_by_label("高级(正高)", exact=True).check()
    page.get_by_role("button", name="登记").click()
    page.wait_for_url("**/committees")
    assert said(page) == [f"评委会“{COMMITTEE}”已登记，用评委会代码登录管理专家库。"]
    page.get_by_label("代码或名称").fill(CODE)
    page.get_by_role("button", name="查询").click()
    page.get_by_role("link", name=f"编辑 {COMMITTEE}").click()
    page.get_by_role("heading", name="组建校验").wait_for()
    look(page)
    told.committee = int(page.url.rpartition("/")[2])
    page.get_by_role("button", name="重置评委会密码").click()
    page.locator("#confirm").get_by_role("button", name="重置").click()
    page.locator("main .alert").first.wait_for()
    assert said(page) == [f"评委会账号 {POOL_ACCOUNT} 的密码已重置为初始密码。"]


def fill_pool(told: Told) -> None:
    """The pool's own account adds one expert by hand and the others by workbook, first with a mistake (K3, K4)."""
    page = told.cast.enter(POOL_ACCOUNT)
    page.locator("#nav").get_by_role("link", name="单位评委库管理").click()
    page.get_by_role("link", name="新增", exact=True).first.click()
    told.experts = experts_of_pool()
    first, *others = told.experts
    for name, value in first.typed.items():
        page.locator(f"#{name}").fill(value)
    page.locator("#title_level").select_option("senior")
    page.locator("#specialty").select_option(first.specialty)
    page.get_by_role("button", name="确认").click()
    page.wait_for_url(lambda url: not url.endswith("/new"))
    look(page)
    page.goto("/pool")
    page.get_by_role("link", name="批量新增").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="下载模板").click()
    template = download.value.path().read_bytes()
    hand_in_workbook(page, workbook(template, [*others[:-1], others[-1].with_number("99000019700101100X")]))
    assert "需要修改" in page.locator("main tbody tr").first.inner_text()
    page.get_by_role("link", name="重新上传").click()
    hand_in_workbook(page, workbook(template, others))
    page.get_by_role("button", name=f"导入 {len(others)} 名专家").click()
    page.wait_for_url("**/pool?**")
    assert said(page) == [f"已加入 {len(others)} 名专家，正在逐个通知完善信息。"]
    look(page)
    told.cast.province.work()


def workbook(template: bytes, experts: list[Expert]) -> bytes:
    """The template as somebody fills it in."""
    book = load_workbook(io.BytesIO(template))
    sheet = book.worksheets[0]
    titles = [str(cell.value).strip("*") for cell in sheet[1]]
    for one in experts:
        sheet.append([one.row.get(title, "") for title in titles])
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def hand_in_workbook(page: "Page", data: bytes) -> None:
    mime = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    page.locator("#file").set_input_files({"name": "专家.xlsx", "mimeType": mime, "buffer": data})
    page.get_by_role("button", name="上传并核对").click()
    page.get_by_role("heading", name="核对专家").wait_for()


def complete_profile(told: Told) -> None:
    """An expert writes the own profile in the browser, the officer vets it there; the others by the commands (K5, K6)."""
    first, *others = told.experts
    page = told.cast.enter(first.login)
    page.goto("/expert/profile")
    look(page)
    for section, value in PROFILE.items():
        fill_section(page, section, value)
    page.get_by_label("心血管内科", exact=True).check()
    page.locator("[data-saved]", has_text="已自动保存").wait_for()
    page.get_by_role("button", name="提交审批").click()
    assert "还在检查中" in said(page)[0]
    told.cast.province.work()
    page.get_by_role("button", name="提交审批").click()
    page.get_by_role("heading", name="所在评委会").wait_for()
    assert said(page)[0] == "已提交审批，审核结果会在消息中通知您。"
    officer = told.cast.enter("health_officer")
    officer.locator("#nav").get_by_role("link", name="评委材料审核").click()
    look(officer)
    officer.get_by_role("link", name=f"审核 {first.name}").click()
    officer.get_by_role("button", name="同意入库", exact=True).click()
    officer.wait_for_url(lambda url: "/tasks/" not in url)
    told.cast.province.work()
    in_pool = sa.select(sa.func.count()).select_from(expert).where(expert.c.state == "in_pool")
    assert told.cast.province.read(lambda tx: tx.value(in_pool)) == 1
    fill_profiles(told.cast.province, others)
    officer.goto("/expert-vettings")
    officer.locator("[data-pick-all]").check()
    officer.get_by_label("全部查询结果").check()
    officer.get_by_role("button", name="批量审核").click()
    officer.get_by_role("button", name="同意入库", exact=True).click()
    officer.wait_for_url("**/batches/**")
    told.cast.province.work()
    assert told.cast.province.read(lambda tx: tx.value(in_pool)) == len(told.experts)
    page.goto("/expert/profile")
    assert "在库" in page.locator("main .page-head").inner_text()


def gather_dossiers(told: Told) -> None:
    """Sixty declarations have come through chapter two and wait for the committee."""
    stories = assemble_dossiers(told.cast.province, DOSSIERS, real=3)
    told.applicants = [story.applicant.login for story in stories]
    told.dossiers = [story.case_key for story in stories]
    waiting = sa.select(sa.func.count()).where(
        declaration.c.committee == told.committee, declaration.c.status == "待参评"
    )
    assert told.cast.province.read(lambda tx: tx.value(waiting)) == DOSSIERS


# --- the meeting is set up --------------------------------------------------------------------------------------------


def call_meeting(told: Told) -> None:
    """The unit's administrator calls the meeting (M1); the officer makes three groups (M3)."""
    page = told.cast.enter("health_admin")
    page.locator("#nav").get_by_role("link", name="活跃评审会议").click()
    page.locator("main .page-head").get_by_role("link", name="新增").click()
    look(page)
    typed = {
        "name": MEETING,
        "starts_at": "2026-06-15T09:00",
        "ends_at": "2026-06-16T18:00",
        "venue": "示范会议中心",
        "brief": "正高级",
    }
    for name, value in typed.items():
        page.locator(f"#{name}").fill(value)
    page.get_by_label(COMMITTEE).check()
    page.get_by_label("罗示办（health_officer）").check()
    page.get_by_role("button", name="确认").click()
    page.wait_for_url(lambda url: not url.endswith("/new"))
    assert said(page) == [f"评审会议“{MEETING}”已建立，请分组。"]
    told.meeting = int(page.url.rpartition("/")[2])
    look(page)
    officer = told.cast.enter("health_officer")
    officer.locator("#nav").get_by_role("link", name="活跃评审会议").click()
    officer.get_by_role("link", name=MEETING).click()
    officer.get_by_role("link", name="去办理").click()
    for name, seats in GROUPS.items():
        officer.locator("#name").fill(name)
        officer.locator("#seats").fill(str(seats))
        officer.get_by_role("button", name="新增", exact=True).click()
        officer.get_by_role("row", name=name).wait_for()
    look(officer)
    officer.get_by_role("button", name="确认分组完成").click()
    officer.wait_for_url(lambda url: not url.endswith("/groups"))


def plan_meeting(told: Told) -> None:
    """The officer draws 25 experts by lot and writes the plan (M4, M8, J17), the superior approves it (M5, Q17)."""
    page = told.enter_meeting("health_officer")
    page.get_by_role("link", name="去办理").click()
    page.goto(f"{told.address}/experts")
    page.get_by_label("抽取", exact=True).fill(str(sum(GROUPS.values())))
    page.get_by_label("其中外单位至少").fill("3")
    press(page, "随机抽取", "抽取")
    assert said(page) == ["已随机抽取 25 名评委。"]
    page.get_by_role("button", name="自动分组").click()
    page.get_by_text("已把 25 名评委分到组。").wait_for()
    look(page)
    page.goto(f"{told.address}/plan")
    look(page)
    page.get_by_role("link", name="录入方案").click()
    for name, value in PLAN.items():
        page.locator(f'[name="{name}"]').fill(value)
    page.get_by_label("材料评审").check()
    page.get_by_label("无记名投票").last.check()
    page.get_by_role("button", name="提交审核").click()
    page.wait_for_url(lambda url: "/tasks/" not in url)
    above = told.enter_meeting("office_officer")
    above.get_by_role("link", name="去办理").click()
    above.get_by_label("审核意见").fill("同意。")
    above.get_by_role("button", name="通过", exact=True).click()
    above.wait_for_url(told.address)
    assert said(above) == ["评审方案审核通过，请指定主任。"]
    page.goto(f"{told.address}/draw")
    assert page.locator("main .checks li.good").count() == 4
    look(page)


def settle_meeting(told: Told) -> None:
    """Chair and deputies (M6), dossiers to groups by rule (M7), the standard confirmed by the chair (M9, M10), leaders (M11)."""
    page = told.enter_meeting("health_officer")
    page.get_by_role("link", name="去办理").click()
    told.groups = told.read_groups()
    chair, *deputies = (told.groups[name][0] for name in GROUPS)
    page.locator("#chair").select_option(str(chair.expert))
    for one in deputies:
        page.get_by_label(f"{one.name}（{one.workplace}）").check()
    look(page)
    page.get_by_role("button", name="确认指定").click()
    page.wait_for_url(told.address)
    told.chair = chair.login
    page.goto(f"{told.address}/dossiers")
    page.get_by_text("按规则分组").click()
    look(page)
    page.get_by_role("button", name=f"均分“{COMMITTEE}”的材料").click()
    page.get_by_text(f"{DOSSIERS} 份").first.wait_for()
    page.goto(f"{told.address}/dossiers?tab=grouped")
    look(page)
    page.get_by_role("button", name="确认分组完成").click()
    page.wait_for_url(told.address)
    told.cast.province.work()
    assert set(told.statuses()) == {"评审中"}
    page.goto(f"{told.address}/standard")
    look(page)
    page.locator("#name").fill("临床正高级评分标准")
    page.get_by_role("button", name="保存", exact=True).click()
    page.get_by_role("button", name="提交审核").click()
    page.wait_for_url(told.address)
    presiding = told.cast.enter(told.chair)
    presiding.locator("#nav").get_by_role("link", name="评审会议").click()
    presiding.get_by_role("link", name=MEETING).click()
    look(presiding)
    presiding.get_by_role("button", name="参加", exact=True).click()
    presiding.get_by_role("link", name="去办理").click()
    presiding.get_by_role("button", name="确认", exact=True).click()
    presiding.get_by_role("link", name="去办理").first.click()
    for name, members in told.groups.items():
        presiding.get_by_label(name).select_option(str(members[1].expert))
    look(presiding)
    presiding.get_by_role("button", name="确认指定").click()
    presiding.wait_for_url(told.address)
    look(presiding)


# --- the experts' work ------------------------------------------------------------------------------------------------


def assign_reviewers(told: Told) -> None:
    """A leader has the reviewers of the group worked out and publishes them (M12); the others do so by the command."""
    first, *others = told.groups.values()
    page = told.cast.enter(first[1].login)
    page.goto(f"{told.cast.province.url}/my-meetings/{told.meeting}")
    page.get_by_role("link", name="分配主副审").click()
    page.get_by_role("button", name="提出方案").click()
    page.get_by_text("20 份未分配").wait_for(state="detached")
    press(page, "公布分配", "公布分配")
    page.get_by_text("已公布").first.wait_for()
    for group in others:

        def publish(tx: Transaction, group: list[Any] = group) -> None:
            leader = actor_of_login(tx, group[1].login, "expert")
            assert not isinstance(propose_assignment(tx, leader, told.meeting, group[1].group), Blocked)
            publish_assignment(tx, leader, told.meeting, group[1].group)

        told.cast.province.write(publish)
    told.cast.province.work()


def recuse(told: Told) -> None:
    """An expert keeps out of a dossier before opening it (J13); the leader has another one review it."""
    first = told.seats(told.dossiers[0])
    other = next(row for row in told.all_seats() if row.group == first.group and row.primary not in first[1:3])
    told.recused = other.declaration
    page = told.cast.enter(other.primary)
    page.goto(f"{told.cast.province.url}/my-meetings/{told.meeting}")
    page.get_by_role("link", name=f"作回避说明 {other.number}").click()
    page.get_by_label("回避的原因").fill("申报人是本人的学生。（示例）")
    page.get_by_role("button", name="申请回避").click()
    page.locator("main .alert").first.wait_for()
    leader = told.cast.enter(told.groups["第一组"][1].login)
    leader.goto(f"{told.address}/assignment?tab=invalid")
    leader.get_by_role("link", name=f"更换 {other.number} 的评委").click()
    free = next(one for one in told.groups["第一组"][2:] if one.login not in (other.primary, other.secondary))
    leader.locator("#primary").select_option(str(free.expert))
    leader.locator("#reason").fill("原主审回避。")
    leader.get_by_role("button", name="更换", exact=True).click()
    leader.locator("main .alert").first.wait_for()
    told.cast.province.work()
    assert told.seats(other.declaration).primary == free.login


def score(told: Told) -> None:
    """主审打分, 副审 returns it once with a reason and then confirms, 组长 confirms (M13–M15); the others by the commands."""
    mine = told.seats(told.dossiers[0])
    primary = told.open_dossier(mine.primary, mine)
    type_score(primary, "80", "业绩较好。")
    secondary = told.open_dossier(mine.secondary, mine)
    secondary.get_by_label("退回理由").fill("请写明手术例数。")
    leave(secondary, "退回主审")
    primary.goto(f"{told.cast.province.url}/my-meetings/{told.meeting}/dossiers/{mine.declaration}")
    assert "请写明手术例数。" in primary.locator("main .alert").first.inner_text()
    type_score(primary, "90", "完成手术一百例，业绩较好。")
    for login in (mine.secondary, told.groups["第一组"][1].login):
        page = told.open_dossier(login, mine)
        leave(page, "确认")
    play_reviews(told.cast.province, told.meeting)


def type_score(page: "Page", points: str, opinion: str) -> None:
    """Fill the sheet and hand it in."""
    for line in page.locator(".score-item input").all():
        line.fill(points)
    page.get_by_label("评议意见").fill(opinion)
    leave(page, "提交评分")


def leave(page: "Page", button: str) -> None:
    """Press what closes the dossier that is open; the next one comes, or the list."""
    address = page.url.partition("?")[0]
    page.get_by_role("button", name=button, exact=True).click()
    page.wait_for_url(lambda url: not url.startswith(address))


def confirm_scores(told: Told) -> None:
    """The chair states to have no interest, looks at the calibration and confirms all of them together (M16)."""
    page = told.cast.enter(told.chair)
    page.goto(f"{told.cast.province.url}/my-meetings/{told.meeting}?part=chair&size=100")
    page.locator("[data-pick-all]").check()
    press(page, "说明无须回避", "没有应当回避的关系")
    page.get_by_text("份材料作出说明").wait_for()
    page.get_by_role("link", name="打分校准").click()
    page.get_by_role("heading", name="各主审的分布").wait_for()
    page.goto(f"{told.cast.province.url}/my-meetings/{told.meeting}?part=chair")
    page.locator("[data-pick-all]").check()
    press(page, "全部确认", "全部确认")
    page.wait_for_url("**/batches/**")
    told.cast.province.work()
    page.goto(told.address)
    page.get_by_role("link", name="去办理").click()
    page.get_by_role("button", name="打分完成").click()
    page.wait_for_url(lambda url: "/tasks/" not in url)
    page.goto(told.address)
    assert "评委会票源生成" in page.locator("#next").inner_text()


# --- the ballot -------------------------------------------------------------------------------------------------------


def fail_quorum(told: Told) -> None:
    """Ten have come when the roll is made (M17): too few, and the diagram waits for the others instead of a ballot (J06)."""
    told.cast.province.move_to(SECOND_DAY)
    officer = told.cast.enter("health_officer")
    officer.goto(f"{told.address}/attendance")
    code = officer.locator(".sign-in-code").inner_text().strip()
    voter = told.cast.enter(told.voter)
    voter.locator("#nav").get_by_role("link", name="评审会议").click()
    voter.get_by_role("link", name=MEETING).click()
    voter.locator("#code").fill(code)
    voter.get_by_role("button", name="签到", exact=True).click()
    voter.get_by_text("已签到。").wait_for()
    look(voter)
    note_present(officer, [one.name for one in told.everybody() if one.login != told.voter][:9])
    look(officer)
    chair = told.enter_meeting(told.chair)
    chair.get_by_role("link", name="去办理").click()
    chair.get_by_role("button", name="确认票源").click()
    chair.wait_for_url("**/ballots")
    told.cast.province.work()
    officer.goto(f"{told.address}/ballots")
    officer.get_by_role("link", name=COMMITTEE).click()
    assert "出席不足" in officer.locator("main").inner_text()
    told.ballot = int(officer.url.rpartition("/")[2])
    officer.get_by_role("link", name="出席不足处理").click()
    assert "至少应出席 17 人，现在票源中有 10 人" in " ".join(officer.locator("main").inner_text().split())
    task_page = officer.url
    officer.goto(f"{told.address}/attendance")
    note_present(officer, [one.name for one in told.everybody() if one.login != told.voter][9:])
    officer.goto(task_page)
    officer.get_by_role("button", name="重新清点出席").click()
    officer.wait_for_url(lambda url: "/tasks/" not in url)
    told.cast.province.work()


def note_present(page: "Page", names: list[str]) -> None:
    """The officer notes who has come."""
    for name in names:
        page.get_by_role("row", name=name).locator("input[type=checkbox]").check()
    page.get_by_role("button", name="登记签到").click()
    page.locator("main .alert").first.wait_for()


def vote(told: Told) -> None:
    """The chair opens the ballot (M18), an expert votes in the browser (M19), the chair sees who has cast and nothing else."""
    chair = told.cast.enter(told.chair)
    chair.goto(f"/ballots/{told.ballot}")
    chair.get_by_role("link", name="发起投票").click()
    chair.get_by_role("button", name="发起投票", exact=True).click()
    chair.wait_for_url(lambda url: "/tasks/" not in url)
    told.cast.province.work()
    voter = told.cast.enter(told.voter)
    voter.goto("/inbox")
    voter.get_by_role("link", name="办理").first.click()
    voter.get_by_role("heading", name="评委投票").wait_for()
    voter.get_by_role("radiogroup", name="第 1 份的表决").get_by_label("同意", exact=True).check()
    voter.get_by_role("button", name="全部通过").click()
    number = voter.get_by_role("link", name=told.number(told.dossiers[2]), exact=True)
    voter.locator("tr", has=number).get_by_label("不同意").check()
    voter.get_by_role("button", name="核对选票").click()
    dialog = voter.get_by_role("dialog")
    dialog.get_by_role("button", name="投出").click()
    voter.get_by_role("heading", name="选票已投出").wait_for()
    told.receipt = voter.locator(".receipt").inner_text()
    chair.goto(f"/ballots/{told.ballot}")
    assert (chair.get_by_text("已投票", exact=True).count() > 1, chair.get_by_text("同意").count()) == (True, 0)
    chair.context.close()  # it follows the ballot by itself
    cast_papers(told.cast.province, told.ballot, against=told.dossiers[2], after=10)


def count_votes(told: Told) -> None:
    """It closes once all have cast; the chair sees the counts with their sentences and confirms them (M20, M21)."""
    told.cast.province.work()
    chair = told.cast.enter(told.chair)
    chair.goto(f"/ballots/{told.ballot}")
    chair.get_by_role("heading", name="计票结果").wait_for()
    sentences = chair.locator("main table").first.inner_text()
    assert "需 17，得 25（25 人出席）" in sentences
    assert "需 17，得 10（25 人出席）" in sentences
    assert "需 16，得 24（25 人出席，1 人回避，24 人有表决权）" in sentences
    chair.get_by_role("link", name="按评委查看").click()
    assert told.receipt in str(chair.locator("main").text_content())
    chair.get_by_label("已当场宣布投票结果").check()
    chair.get_by_role("button", name="宣布并确认结果").click()
    chair.locator("main .alert").first.wait_for()
    told.cast.province.work()


# --- after the meeting ------------------------------------------------------------------------------------------------


def publish(told: Told) -> None:
    """The officer publishes the results (F1); anybody reads the notice and objects to one of the people on it."""
    officer = told.cast.enter("health_officer")
    officer.locator("#nav").get_by_role("link", name="结果公示、上报和证书").click()
    look(officer)
    officer.get_by_role("link", name=MEETING).click()
    look(officer)
    told.results = officer.url.removeprefix(told.cast.province.url)
    officer.get_by_role("link", name="去办理").click()
    look(officer)
    for name, value in PUBLICITY.items():
        officer.locator(f'[name="{name}"]').fill(value)
    finish(told, officer, "开始公示")
    assert told.statuses().count("公示中") == DOSSIERS - 1
    anybody = told.cast.open()
    anybody.goto("/notices")
    look(anybody)
    anybody.get_by_role("link", name=PUBLICITY["publicity_title"]).click()
    look(anybody)
    words = anybody.locator("main").inner_text()
    assert [one.name for one in told.everybody() if one.name in words] == []
    anybody.locator(f'a[href$="person={told.dossiers[1]}"]').click()
    look(anybody)
    anybody.locator("#content").fill("论文系他人所写。（示例）")
    anybody.get_by_role("button", name="提交异议").click()
    anybody.get_by_role("heading", name="异议已提交").wait_for()
    look(anybody)


def finish(told: Told, page: "Page", button: str) -> None:
    """Press the button of the task that is open, and let the worker do what follows."""
    page.get_by_role("button", name=button, exact=True).click()
    page.wait_for_url(lambda url: "/tasks/" not in url)
    told.cast.province.work()


def settle_objection(told: Told) -> None:
    """While the objection is looked into only this applicant's result rests; it is upheld in the end (J13, J20)."""
    officer = told.cast.enter("health_officer")
    do_task(told, officer, "受理异议", "受理", opinion="事实具体，受理。")
    assert told.standings() == {"publicised": DOSSIERS - 2, "withheld": 1, "decided": 1}
    do_task(told, officer, "核查异议", "异议成立", finding="经查，论文不是本人所写。（示例）")
    do_task(told, told.cast.enter("office_officer"), "决定异议", "取消评审结果", opinion="取消。")
    assert told.standings() == {"publicised": DOSSIERS - 2, "overturned": 1, "decided": 1}


def do_task(told: Told, page: "Page", step: str, button: str, files: Sequence[str] = (), **typed: str) -> None:
    """Open a task from the inbox, write what it asks for and press the button; `files` are those of a document."""
    page.goto("/inbox")
    page.locator("tr", has_text=step).first.get_by_role("link", name="办理").click()
    page.wait_for_url("**/tasks/**")
    for name, value in typed.items():
        page.locator(f'[name="{name}"]').fill(value)
    if files:
        upload(page, "document_files", files)
        told.cast.province.work()
    finish(told, page, button)


def forward(told: Told) -> None:
    """The publicity is over: forwarded (F2), approved by the title office (F5), the document issued (W15)."""
    told.cast.province.move_to(AFTER_PUBLICITY)
    officer, office = told.cast.enter("health_officer"), told.cast.enter("office_officer")
    do_task(told, officer, "公示结束", "公示结束", publicity_summary="收到异议一件，已核查。")
    do_task(told, officer, "结果上报", "上报", forwarding_no="示卫职〔2026〕9 号", forwarding_date="2026-06-26")
    office.locator("#nav").get_by_role("link", name="评审结果审核").click()
    do_task(told, office, "审核评审结果", "确认评审结果", opinion="确认。")
    dates = {"document_date": "2026-06-26", "obtained_on": "2026-06-16"}
    do_task(told, office, "发文公布", "公布", ["发文.pdf"], document_no="示职改〔2026〕1 号", **dates)
    assert told.statuses().count("已发证") == DOSSIERS - 2


def grant(told: Told) -> None:
    """Certificates are made in the background (F4), the meeting is closed (F3); the applicant reads it and takes the certificate."""
    officer = told.cast.enter("health_officer")
    officer.goto(told.results)
    officer.locator("#papers button[name=all], button[form=papers][name=all]").first.click()
    told.cast.province.work()
    do_task(told, officer, "证书及评审表生成", "已生成并发放")
    do_task(told, officer, "会议关闭", "关闭会议")
    officer.goto("/review-meetings/past")
    assert MEETING in officer.locator("main table").inner_text()
    applicant = told.cast.enter(told.applicants[0])
    applicant.goto("/declaration")
    assert "已发证" in applicant.locator("main").inner_text()
    look(applicant)
    with applicant.expect_download() as download:
        applicant.locator("a[aria-label^='下载证书']").evaluate(
            "link => { link.target = ''; link.download = ''; link.click(); }"
        )
    told.certificate = read_pdf(download.value.path().read_bytes()).text
    for login, word in zip(told.applicants[1:], ("取消", "未通过"), strict=True):
        page = told.cast.enter(login)
        page.goto("/declaration")
        assert word in page.locator("main").inner_text()


def verify(told: Told) -> None:
    """Anybody verifies the certificate by its number and code on the public page (J22)."""
    t = title_certificate.c
    asked = sa.select(t.certificate_no, t.code).where(t.declaration == told.dossiers[0])
    found = told.cast.province.read(lambda tx: tx.rows(asked)[0])
    assert found.certificate_no in told.certificate
    anybody = told.cast.open()
    anybody.goto("/certificates/verify")
    anybody.locator("#number").fill(found.certificate_no)
    anybody.locator("#code").fill(found.code)
    anybody.get_by_role("button", name="查验").click()
    anybody.get_by_role("heading", name="证书有效").wait_for()
    look(anybody)


def press(page: "Page", button: str, yes: str) -> None:
    """Press a button that asks back, and say yes."""
    page.get_by_role("button", name=button, exact=True).click()
    page.locator("#confirm").get_by_role("button", name=yes, exact=True).click()
    page.locator("#confirm").wait_for(state="hidden")


def look(page: "Page") -> None:
    """Nothing on the page may keep anybody from using it; the bar that floats above it hides another part at every moment."""
    page.evaluate("document.querySelectorAll('.action-bar').forEach((bar) => { bar.style.position = 'static'; })")
    assert_accessible(page)


PARTS = (
    register_committee,
    fill_pool,
    complete_profile,
    gather_dossiers,
    call_meeting,
    plan_meeting,
    settle_meeting,
    assign_reviewers,
    recuse,
    score,
    confirm_scores,
    fail_quorum,
    vote,
    count_votes,
    publish,
    settle_objection,
    forward,
    grant,
    verify,
)


@pytest.mark.timeout(600)
@pytest.mark.catalogue("K1", "K3", "K4", "K5", "K6", "M1", "M3", "M4", "M5", "M6", "M7", "M8", "M9", "M10", "M11")
@pytest.mark.catalogue(
    "M12", "M13", "M14", "M15", "M16", "M17", "M18", "M19", "M20", "M21", "F1", "F2", "F3", "F4", "F5"
)
@pytest.mark.catalogue("J06", "J07", "J11", "J13", "J17", "J19", "J22", "J30", "Q17", "Q18", "Q19", "Q20", "Q42", "W15")
def test_chapters_three_and_four(people: "People", province: Province) -> None:
    told = Told(Cast(people, province))
    for part in PARTS:
        part(told)
        told.cast.go_home()
