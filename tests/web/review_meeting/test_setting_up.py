"""The pages of a meeting, each in its role."""

import asyncio
import io
import json

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from openpyxl import load_workbook
from starlette.requests import Request

from engine.bootstrap import App
from engine.review_meeting.attending import note_attendance
from engine.review_meeting.console import pulse_of
from engine.review_meeting.dossiers import count_groups
from engine.review_meeting.drawing import draw_experts
from engine.review_meeting.grouping import add_dossiers
from engine.review_meeting.groups import add_group
from engine.review_meeting.inviting import distribute_experts
from engine.review_meeting.lots import replay_draw
from engine.review_meeting.meetings import groups_of, meeting_of
from engine.review_meeting.standards import standards_of
from engine.review_meeting.tables import review_meeting
from tests.review_meeting.setting_up.hall import PLAN, Hall
from tests.support.visitor import Page, Visitor
from tests.web.review_meeting.conftest import Enter
from web.review_meeting.console import watch

CALLED = {
    "name": "网页召开的会",
    "starts_at": "2026-06-15T09:00",
    "ends_at": "2026-06-16T18:00",
    "venue": "一楼",
}


def press(visitor: Visitor, path: str, **fields: str) -> Page:
    """Post what a form of the present page does, whichever it is."""
    return visitor.post(path, {"csrf_token": visitor.csrf, **fields})


@pytest.mark.catalogue("M1", "M2", "M3")
def test_a_meeting_is_called_and_grouped_on_its_pages(hall: Hall, enter: Enter) -> None:
    one = hall.committee()
    officer = enter("medu_officer")
    officer.get("/review-meetings/new")
    assert press(officer, "/review-meetings/new", **CALLED).errors == ["请至少选择一个评委会"]
    page = press(officer, "/review-meetings/new", **CALLED, committees=str(one))
    assert (page.heading, "下一步：会议分组" in page.words) == ("网页召开的会", True)
    base = page.path
    officer.get(f"{base}/groups")
    assert press(officer, f"{base}/groups", name="一组", committee=str(one), seats="2").errors == [
        "评议组不少于 3 人，现为 2 人，请增加人数"
    ]
    assert "1 组，3 个席位" in press(officer, f"{base}/groups", name="一组", committee=str(one), seats="3").words
    assert "下一步：评审方案管理" in press(officer, f"{base}/groups", do="confirm").words
    assert "网页召开的会" in officer.get("/review-meetings?text=网页召开").words
    assert "网页召开的会" not in officer.get("/review-meetings/past?text=网页召开").words


@pytest.mark.catalogue("M3")
def test_of_two_officers_at_one_group_the_second_reads_what_happened(hall: Hall, enter: Enter) -> None:
    one = hall.committee()
    key = hall.call([one])
    group = hall.run(add_group, key, name="一组", committee=one, seats=3)
    first, second = enter("medu_officer"), enter("medu_officer")
    address = f"/review-meetings/{key}/groups"
    changed = {"group": str(group), "version": "1", "committee": str(one), "seats": "4"}
    for officer in (first, second):
        officer.get(f"{address}?group={group}")
    assert press(first, address, **changed, name="内科组").status == 200
    page = press(second, address, **changed, name="外科组")
    assert (page.status, "有同事刚刚修改或删除了这个分组" in page.words) == (409, True)
    assert 'value="外科组"' in page.html
    assert [row["name"] for row in hall.ask(groups_of, key)] == ["内科组"]


@pytest.mark.catalogue("M4", "M5", "M8", "J17")
def test_experts_are_drawn_and_the_plan_approved_on_their_pages(hall: Hall, enter: Enter) -> None:
    one = hall.committee(experts=9, outside=3)
    key = hall.grouped(committee_id=one)
    base = f"/review-meetings/{key}"
    officer, superior = enter("medu_officer"), enter("edu_officer")
    officer.get(f"{base}/draw")
    meeting = hall.ask(meeting_of, hall.officer, key)
    assert meeting.row["seed_commitment"] in officer.page.words
    assert meeting.row["draw_seed"] not in officer.page.html
    officer.get(f"{base}/experts")
    committee = {"committee": str(one)}
    wrong = press(officer, f"{base}/experts", do="draw", seats="70", outside_seats="1", **committee)
    assert (wrong.status, wrong.errors) == (422, ["评委库中可以参加的只有 9 人"])
    assert wrong.form(f"{base}/experts")["seats"] == "70"
    drawn = press(officer, f"{base}/experts", do="draw", seats="7", outside_seats="1", **committee)
    assert "已随机抽取 7 名评委。" in drawn.words
    assert officer.get(f"{base}/draw/{one}.json").status == 409
    assert "请先在名单中勾选评委" in press(officer, f"{base}/experts", do="decline", reason="出差").words
    assert "已把 7 名评委分到组。" in press(officer, f"{base}/experts", do="distribute").words
    first = hall.people(key)[0]["expert"]
    ticked = press(officer, f"{base}/experts", do="decline", expert=f"{first}")
    assert (ticked.errors, f'value="{first}" aria-label="选择第 1 行" data-pick checked' in ticked.html) == (
        ["请填写不能参加的原因，最多 200 个字"],
        True,
    )
    assert "没有符合条件的评委" in officer.get(f"{base}/experts?text=无此人").words
    hall.do(key, "write_plan", outcome="submit", **PLAN)
    superior.get(f"{base}/plan")
    assert "评委人数为单数：7 人，要求单数" in superior.page.words
    assert press(superior, f"{base}/plan", outcome="return_for_revision").status == 422
    assert "等待：指定评审会议主任" in press(superior, f"{base}/plan", outcome="approve", opinion="同意").words
    record = json.loads(officer.client.get(f"{base}/draw/{one}.json").content)
    assert all(check.ok for check in replay_draw(record))
    sheet = load_workbook(io.BytesIO(officer.client.get(f"{base}/experts.xlsx").content)).active
    assert sheet is not None
    assert (sheet.max_row, [cell.value for cell in sheet[1]][:4]) == (8, ["序号", "姓名", "证件类型", "证件号码"])


@pytest.mark.catalogue("M6", "M7", "M9", "M10", "M11")
def test_chair_dossiers_standard_and_leaders_have_their_pages(hall: Hall, enter: Enter) -> None:
    one = hall.committee(experts=9, outside=2)
    key = hall.planned(committee_id=one)
    waiting = hall.waiting(one, 5, title_name="university_teacher-senior")
    base = f"/review-meetings/{key}"
    people = hall.people(key)
    officer = enter("medu_officer")
    officer.get(f"{base}/chair")
    assert press(officer, f"{base}/chair").errors == ["请选择一名主任"]
    press(officer, f"{base}/chair", chair=str(people[0]["expert"]), deputies=str(people[1]["expert"]))
    assert "下一步：参评材料分组" in officer.page.words
    officer.get(f"{base}/dossiers")
    assert "待分组 5" in officer.page.words
    ticked = press(officer, f"{base}/dossiers", do="add", dossier=str(waiting[0]))
    assert (ticked.errors, ticked.html.count("data-pick checked")) == ([], 1)
    assert press(officer, f"{base}/dossiers", do="add_all").errors == []
    press(officer, f"{base}/dossiers", do="even", committee=str(one))
    assert sum(hall.ask(count_groups, key).values()) == 5
    assert "已分组 5" in officer.get(f"{base}/dossiers?tab=grouped").words
    assert "参评材料分组已确认。" in press(officer, f"{base}/dossiers", do="confirm").words
    officer.get(f"{base}/standard")
    bad = press(officer, f"{base}/standard", name="标准", item_0="业绩", points_0="90", weight_0="100")
    assert bad.errors == ["各项分值乘以权重的合计应为 100 分，现为 90 分"]
    press(officer, f"{base}/standard", name="标准", item_0="业绩", points_0="100", weight_0="100")
    assert [one["name"] for one in hall.ask(standards_of, key)] == ["标准"]
    press(officer, f"{base}/standard", do="submit")
    chair = enter(people[0]["login"])
    assert "评分标准确认" in chair.get(f"/my-meetings/{key}/attendance").words
    chair.get(f"{base}/standard")
    assert "下一步：指定组长" in press(chair, f"{base}/standard", do="approve").words
    leaders = {
        f"leader[{group['id']}]": str(next(row["expert"] for row in people if row["group"] == group["id"]))
        for group in hall.ask(groups_of, key)
    }
    chair.get(f"{base}/leaders")
    assert "组长已指定" in press(chair, f"{base}/leaders", **leaders).words
    assert "分配主副审 0 / 2" in officer.get(base).words


@pytest.mark.catalogue("W9")
def test_the_order_of_defences_has_a_page(hall: Hall, enter: Enter) -> None:
    one = hall.committee(experts=9, outside=2)
    key = hall.chaired(committee_id=one)
    hall.waiting(one, 3)
    hall.run(add_dossiers, key, hall.ask(groups_of, key)[0]["id"])
    page = enter("medu_officer").get(f"/review-meetings/{key}/defence")
    assert (page.status, "第1组 3 人" in page.words) == (200, True)


@pytest.mark.catalogue("M8", "M21", "Q21")
def test_results_and_their_publication_are_linked_to_and_kept_elsewhere(hall: Hall, enter: Enter) -> None:
    key = hall.planned()
    officer = enter("medu_officer")
    address = f"/results/of-meeting/{key}"
    assert address not in officer.get(f"/review-meetings/{key}/experts").links
    with hall.database.transaction() as tx:
        this = review_meeting.c.case_key == key
        tx.execute(sa.update(review_meeting).where(this).values(status="结果已确认"))
    for part in ("", "/experts"):
        assert address in officer.get(f"/review-meetings/{key}{part}").links
    assert f"/review-meetings/{key}/ballots" in officer.page.links


@pytest.mark.catalogue("J17")
def test_the_auditor_replays_a_draw_and_changes_nothing(hall: Hall, enter: Enter) -> None:
    one = hall.committee(experts=9, outside=3)
    key = hall.grouped(committee_id=one)
    hall.run(draw_experts, key, one, seats=7, outside_seats=1)
    hall.run(distribute_experts, key)
    hall.do(key, "write_plan", outcome="submit", **PLAN)
    hall.do(key, "approve_plan", by=hall.superior, outcome="approve")
    auditor = enter("auditor")
    assert f"/review-meetings/{key}" in auditor.get("/review-meetings").links
    address = f"/review-meetings/{key}/draw"
    assert f"{address}/{one}.json" in auditor.get(address).links
    assert "抽中的人由顺序得出" in auditor.page.words
    assert all(check.ok for check in replay_draw(auditor.client.get(f"{address}/{one}.json").json()))
    assert press(auditor, f"/review-meetings/{key}/experts", do="fill", committee=str(one)).status == 403
    assert auditor.get(f"/review-meetings/{key}/experts.xlsx").status == 403


@pytest.mark.catalogue("W16")
def test_an_expert_answers_and_signs_in_from_a_telephone(hall: Hall, enter: Enter) -> None:
    key = hall.planned()
    code = hall.ask(meeting_of, hall.officer, key).row["sign_in_code"]
    officer = enter("medu_officer")
    assert code in officer.get(f"/review-meetings/{key}/attendance").words
    me = enter(hall.people(key)[0]["login"])
    assert "测试评审会议" in me.get("/my-meetings").words
    address = f"/my-meetings/{key}/attendance"
    me.get(address)
    assert code not in me.page.words
    assert press(me, address, do="sign_in", code="12").errors == ["签到码不对，请核对会场屏幕上的六位数字。"]
    assert "已签到。" in press(me, address, do="sign_in", code=code).words
    assert me.get(f"/review-meetings/{key}/attendance").status == 403


@pytest.mark.catalogue("J19")
def test_nobody_outside_learns_of_a_meeting_or_its_experts(hall: Hall, enter: Enter, site: FastAPI) -> None:
    key = hall.peopled()
    stranger = enter("cedu_officer")
    other = enter(next(row["login"] for row in hall.people(hall.peopled())))
    for part in ("", "/experts", "/experts.xlsx", "/draw", "/groups", "/chair", "/progress", "/events"):
        for somebody in (stranger, other):
            assert somebody.get(f"/review-meetings/{key}{part}").status == 404
    assert Visitor(site).get(f"/review-meetings/{key}/experts").path.startswith("/sign-in")


def test_the_console_asks_as_much_for_many_as_for_few(hall: Hall, enter: Enter, app: App) -> None:
    asked: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        asked.append(statement)

    officer = enter("medu_officer")
    counts = []
    small, large = hall.planned(), hall.planned(committee_id=hall.committee(experts=33, outside=5), seats=(4, 3, 8, 8))
    sa.event.listen(app.database.reader, "before_cursor_execute", note)
    for key in (small, large):
        asked.clear()
        officer.get(f"/review-meetings/{key}")
        counts.append(len(asked))
    sa.event.remove(app.database.reader, "before_cursor_execute", note)
    assert (counts[0], counts[0] < 45) == (counts[1], True)


def test_the_console_tells_live_what_happened_since_it_was_seen(hall: Hall, enter: Enter, site: FastAPI) -> None:
    key = hall.planned()
    officer = enter("medu_officer")
    seen = hall.ask(pulse_of, [key])[key]
    cookie = "; ".join(f"{name}={value}" for name, value in officer.client.cookies.items())
    hall.run(note_attendance, key, [hall.people(key)[0]["expert"]], present=True)

    async def listen() -> list[str]:
        async def receive() -> dict[str, object]:
            await asyncio.sleep(3600)
            return {}

        scope = {
            "type": "http",
            "method": "GET",
            "path": f"/review-meetings/{key}/events",
            "query_string": f"seen={seen}".encode(),
            "headers": [(b"cookie", cookie.encode())],
            "app": site,
        }
        answer = await watch(Request(scope, receive), key)
        heard: list[str] = []
        async for line in answer.body_iterator:  # type: ignore[attr-defined]
            heard.append(str(line))
            if "progress" in heard[-1]:
                break
        return heard

    heard = asyncio.run(asyncio.wait_for(listen(), 10))
    now = hall.ask(pulse_of, [key])[key]
    assert heard[-1] == f"event: progress\nid: {now}\ndata: {key}\n\n"
    assert "1 / 7" in officer.get(f"/review-meetings/{key}/progress").words
