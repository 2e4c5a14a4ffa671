"""The pages of leaders, reviewers, chairs and the office, walked as they walk them (M12–M16, J13)."""

import io

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook

from engine.bootstrap import App
from engine.declaration.looks import Looked
from engine.declaration.tables import dossier_look
from engine.review_meeting.scoring.sheets import confirm_score
from engine.review_meeting.tables import DossierStage
from tests.declaration.story import Story
from tests.review_meeting.panel import Panel
from tests.support.visitor import Visitor
from tests.web.declaration.conftest import let_in
from tests.web.scoring.conftest import Enter, let_experts_in


def assignment(panel: Panel) -> str:
    return f"/review-meetings/{panel.key}/assignment"


def dossier(panel: Panel, number: int = 0) -> str:
    return f"/my-meetings/{panel.key}/dossiers/{panel.dossiers[number]}"


def do(visitor: Visitor, panel: Panel, wanted: str, **fields: str) -> str:
    """Press a button of the leader's page; what one reads then."""
    address = f"{assignment(panel)}?group={panel.group}"
    held = visitor.get(address).form(address)
    visitor.post(assignment(panel), {**held, "do": wanted, **fields})
    return visitor.page.words


@pytest.mark.catalogue("M12")
def test_a_leader_proposes_corrects_publishes_and_takes_back(panel: Panel, enter: Enter) -> None:
    leader = enter(panel.logins[1])
    assert "4 份未分配" in leader.get(assignment(panel)).words
    assert "缺 4 人次" in do(leader, panel, "optimise", most="1")
    assert leader.page.status == 422
    assert "已提出分配方案" in do(leader, panel, "optimise", most="", seed="示范种子")
    assert "随机种子 示范种子" in leader.page.words
    first, second = (str(panel.experts[at]) for at in (2, 3))
    ticked = {"declaration": str(panel.dossiers[0]), "primary": first, "secondary": second}
    assert "已分配给所选材料" in do(leader, panel, "batch", **ticked)
    assert "已公布" in do(leader, panel, "publish")
    assert panel.row(panel.dossiers[0])["primary_expert"] == panel.experts[2]
    assert "已撤销公布" in do(leader, panel, "undo")
    assert panel.row(panel.dossiers[0])["primary_expert"] is None


@pytest.mark.catalogue("M13", "J13")
def test_a_reviewer_states_reads_types_and_hands_in(panel: Panel, enter: Enter, app: App) -> None:
    one = panel.assigned().dossiers[0]
    reviewer = enter(panel.working(one).login)
    assert reviewer.get(f"/my-meetings/{panel.key}").words.count("作回避说明") >= 1
    assert reviewer.get(dossier(panel)).heading == "回避说明"
    reviewer.submit(f"{dossier(panel)}/statement", do="state")
    assert "评分表" in reviewer.page.words
    saved = {"points[ability]": "50", "points[works]": "", "opinion": "初步", "draft_version": "0"}
    answer = reviewer.client.post(f"{dossier(panel)}/draft", data={**saved, "csrf_token": reviewer.csrf})
    assert answer.json()["fields"] == {"draft_version": "1"}
    assert reviewer.get(dossier(panel)).form(dossier(panel))["points[ability]"] == "50"
    reviewer.submit(dossier(panel), outcome="score", **{"points[works]": "41", "opinion": ""})
    assert reviewer.page.errors == ["“业绩成果”应在 0 至 40 分之间", "请填写评议意见"]
    sheet = {"points[works]": "30", "opinion": "业绩突出"}
    late = reviewer.submit(dossier(panel), outcome="score", version="0", **sheet)
    assert (late.status, late.form(dossier(panel))["points[works]"]) == (409, "30")
    current = str(panel.task(one)["version"])
    reviewer.submit(dossier(panel), outcome="score", version=current, **sheet)
    assert "评分已提交" in reviewer.page.words
    assert panel.row(one)["stage"] is DossierStage.SCORED
    with app.database.read() as tx:
        looks = tx.rows(sa.select(dossier_look.c.login, dossier_look.c.what).where(dossier_look.c.case_key == one))
    assert {(row.login, row.what) for row in looks} == {(reviewer_login(panel), Looked.DOSSIER)}


def reviewer_login(panel: Panel) -> str:
    return panel.logins[panel.experts.index(panel.row(panel.dossiers[0])["primary_expert"])]


@pytest.mark.catalogue("M14", "Q23")
def test_who_confirms_sees_the_sheet_and_no_input_for_points(panel: Panel, enter: Enter) -> None:
    one = panel.assigned().score(panel.dossiers[0]).state(panel.dossiers[0]).dossiers[0]
    second = enter(panel.working(one).login)
    found = second.get(dossier(panel))
    assert "80 / 100" in found.words
    assert sorted(found.form(dossier(panel))) == ["csrf_token", "version"]
    second.submit(dossier(panel), outcome="return_for_scoring")
    assert second.page.errors == ["请填写“退回理由”"]
    second.submit(dossier(panel), outcome="return_for_scoring", return_reason="请核对第二项")
    first = enter(reviewer_login(panel))
    assert "请核对第二项" in first.get(dossier(panel)).words


@pytest.mark.catalogue("M15", "M16")
def test_leader_and_chair_confirm_what_is_ticked(panel: Panel, enter: Enter) -> None:
    one = panel.assigned().score(panel.dossiers[0]).confirm(panel.dossiers[0]).dossiers[0]
    for number in (1, 0):
        visitor = enter(panel.logins[number])
        mine = f"/my-meetings/{panel.key}"
        part = "leader" if number else "chair"
        held = visitor.get(f"{mine}?part={part}").form(f"{mine}/confirm")
        visitor.post(f"{mine}/statements", {**held, "declaration": str(one)})
        assert "已对 1 份材料作出说明" in visitor.page.words
        visitor.post(f"{mine}/confirm", {**held, "declaration": str(one), "outcome": "confirm"})
        assert visitor.page.path.startswith("/batches/")
        panel.work()
    assert panel.row(one)["stage"] is DossierStage.CHAIR_CONFIRMED


@pytest.mark.catalogue("M15")
def test_a_leader_returns_what_is_ticked_with_one_reason(panel: Panel, enter: Enter) -> None:
    one = panel.assigned().score(panel.dossiers[0]).confirm(panel.dossiers[0]).state(panel.dossiers[0]).dossiers[0]
    leader, mine = enter(panel.logins[1]), f"/my-meetings/{panel.key}"
    held = leader.get(f"{mine}?part=leader").form(f"{mine}/confirm")
    back = {**held, "declaration": str(one), "outcome": "return_for_scoring"}
    assert "退回主审须写明理由" in leader.post(f"{mine}/confirm", back).words
    leader.post(f"{mine}/confirm", {**back, "reason": "请核对论文得分"})
    panel.work()
    assert panel.task(one)["element_id"] == "score_dossier"
    assert "请核对论文得分" in enter(reviewer_login(panel)).get(dossier(panel)).words


@pytest.mark.catalogue("J13", "M12")
def test_a_withdrawal_shows_at_once_to_the_leader_who_names_somebody_else(panel: Panel, enter: Enter) -> None:
    one = panel.assigned().dossiers[0]
    reviewer = enter(panel.working(one).login)
    reviewer.get(dossier(panel))
    reviewer.submit(f"{dossier(panel)}/statement", do="recuse", reason="曾指导该申报人")
    assert reviewer.get(dossier(panel)).path.startswith(f"/my-meetings/{panel.key}")
    leader = enter(panel.logins[1])
    assert "1 份须调整" in leader.get(assignment(panel)).words
    row = panel.row(one)
    free = next(key for key in panel.experts[2:] if key not in (row["primary_expert"], row["secondary_expert"]))
    address = f"{assignment(panel)}/{one}"
    leader.get(address)
    leader.submit(address, primary=str(free), secondary=str(row["secondary_expert"]), reason="")
    assert leader.page.errors == ["请写明更换的理由"]
    leader.submit(address, primary=str(free), secondary=str(row["secondary_expert"]), reason="原主审回避")
    assert panel.working(one).login == panel.logins[panel.experts.index(free)]


@pytest.mark.catalogue("J13")
def test_the_office_looks_for_conflicts_orders_and_lifts(panel: Panel, enter: Enter, app: App) -> None:
    let_in(app, "office_officer")
    panel.know(2, declared_relations="测试申报人01为本人学生")
    office, address = enter("office_officer"), f"/review-meetings/{panel.key}/recusals"
    office.get(address)
    office.submit(address, do="find")
    assert "查到 1 项新的关系" in office.page.words
    held = {"csrf_token": office.page.form(address)["csrf_token"]}
    office.post(address, {**held, "do": "order", "number": "2026-999999", "expert": "", "reason": ""})
    assert office.page.errors == ["本次会议没有这个申报编号，请核对", "请选择评委"]
    number = panel.row(panel.dossiers[0])["declaration_no"]
    order = {"do": "order", "number": number, "expert": str(panel.experts[3]), "reason": "有人反映"}
    office.post(address, {**held, **order})
    assert "须回避 2" in office.get(address).words
    lift = {"do": "lift", "declaration": str(panel.dossiers[0]), "expert": str(panel.experts[3]), "reason": "不属实"}
    office.post(address, {**held, **lift})
    assert "不回避 1" in office.get(address).words


@pytest.mark.catalogue("M13")
def test_a_workbook_goes_out_and_comes_in_with_a_look_at_every_row(panel: Panel, enter: Enter) -> None:
    panel.assigned()
    reviewer = enter(panel.working(panel.dossiers[0]).login)
    mine = [key for key in panel.dossiers if panel.working(key).login == panel.working(panel.dossiers[0]).login]
    panel.state(*mine)
    address = f"/my-meetings/{panel.key}/scores"
    book = load_workbook(io.BytesIO(reviewer.client.get(f"{address}.xlsx").content))
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[1]][:3] == ["申报编号", "申报职称", "专业能力（0–60）"]
    assert sheet.max_row == 1 + len(mine)
    sheet["C2"], sheet["D2"], sheet["E2"] = 55, 30.5, "业绩突出"
    sheet.append(["2026-999999", "", 50, 30, "不是我的"])
    out = io.BytesIO()
    book.save(out)
    reviewer.get(address)
    csrf = reviewer.page.form(address)["csrf_token"]
    files = {"file": ("评分表.xlsx", out.getvalue())}
    shown = reviewer.client.post(address, data={"csrf_token": csrf}, files=files)
    reviewer.get(shown.url.path)
    assert "可以提交 1 份，1 份须修改" in reviewer.page.words
    assert [one[:12] for one in reviewer.page.errors] == ["没有等待您打分的材料用这"]
    reviewer.submit(shown.url.path)
    panel.work()
    scored = [panel.row(key)["score"] for key in mine]
    assert sorted(str(one) for one in scored if one is not None) == ["85.50"]
    back = next(key for key in mine if panel.row(key)["score"] is not None)
    panel.state(back)
    with panel.database.transaction() as tx:
        confirm_score(tx, panel.working(back), panel.task(back)["key"], "return_for_scoring", "请核对第二项")
    sheet = load_workbook(io.BytesIO(reviewer.client.get(f"{address}.xlsx").content)).worksheets[0]
    assert [55, 30.5, "业绩突出"] in [[cell.value for cell in row[2:]] for row in sheet]


@pytest.mark.catalogue("Q26")
def test_leader_and_chair_read_the_calibration_and_reviewers_do_not(panel: Panel, enter: Enter) -> None:
    panel.assigned().score(panel.dossiers[0])
    address = f"/my-meetings/{panel.key}/calibration"
    for number in (0, 1):
        assert "不改变任何得分" in enter(panel.logins[number]).get(address).words
    assert enter(panel.logins[2]).get(address).status == 404


@pytest.mark.parametrize("page", ["assignment", "recusals"])
def test_strangers_find_nothing(panel: Panel, enter: Enter, app: App, page: str) -> None:
    let_in(app, "hosp3_officer")
    other = let_experts_in(app, Panel(app.database))
    for login in ("hosp3_officer", other.logins[1], panel.logins[3]):
        assert enter(login).get(f"/review-meetings/{panel.key}/{page}").status == 404


@pytest.mark.catalogue("M13")
def test_a_masked_dossier_tells_nowhere_whose_it_is(app: App, enter: Enter, clock: object) -> None:
    panel = let_experts_in(app, Panel(app.database, dossiers=1, masked=True))
    story = Story(app.database)
    story.start()
    story.fill(basic_info=lambda held: {**held, "work_summary": "测试申报人在示范医科大学第三附属医院（示例）工作。"})
    story.submit()
    row = story.detail().row
    with app.database.transaction() as tx:
        panel.add_dossier(tx, story.case_key, row["declaration_no"])
    panel.dossiers = [story.case_key, *panel.dossiers]
    reviewer = enter(panel.assigned().working(story.case_key).login)
    secrets = ("测试申报人", row["identity_number"], "示范医科大学第三附属医院", row["school"], "13000000000")
    for address in (f"/my-meetings/{panel.key}", dossier(panel)):
        found = reviewer.get(address)
        assert [one for one in secrets if one in found.html] == []
    reviewer.submit(f"{dossier(panel)}/statement", do="state")
    found = reviewer.page
    assert "盲审" in found.words
    assert [one for one in (*secrets, "论文全文.pdf") if one in found.html] == []
    file = next(link for link in found.links if "/files/" in link)
    assert (
        reviewer.client.get(file)
        .headers["content-disposition"]
        .startswith("inline; filename*=UTF-8''%E9%99%84%E4%BB%B6-")
    )
    assert reviewer.get(f"/files/{file.rsplit('/', 1)[1]}").status == 404
    leader = enter(panel.logins[1])
    assert [one for one in secrets if one in leader.get(assignment(panel)).html] == []
