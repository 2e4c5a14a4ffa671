"""The pages of the ballot: the expert's paper, what the chair follows, the count, the tellers, and no other way in."""

import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from engine.access import Actor
from engine.db.measuring import counted_statements
from engine.flow.tables import task_draft
from engine.organisation import Passwords, issue_token
from engine.review_meeting.balloting.casting import cast_ballot
from engine.review_meeting.balloting.papers import new_receipt
from engine.review_meeting.balloting.tables import Choice, ballot_roll
from engine.review_meeting.console import pulse_of
from engine.review_meeting.tables import BallotMode
from tests.review_meeting.balloting.hall import OFFICER, Hall
from tests.support.visitor import Page, Visitor

MakeHall = Callable[..., Hall]
Enter = Callable[[str], Visitor]
HASH = Passwords(time_cost=1, memory_cost=8).hash("8" * 6)


@pytest.fixture
def here(hall: MakeHall) -> Hall:
    made = hall(password_hash=HASH, recused={(1, 1)})
    made.open()
    return made


def paper_page(visitor: Visitor, here: Hall, number: int) -> Page:
    return visitor.get(f"/ballot-papers/{here.paper_of(number)}")


def plain(page: Page, **fields: str) -> dict[str, str]:
    """What a browser without JavaScript posts: the form as it is ticked."""
    held = page.form(page.path)
    kept = {name: held[name] for name in ("csrf_token", "receipt", "paper") if name in held}
    return {**kept, **fields}


@pytest.mark.catalogue("M19", "J08")
def test_v2_does_not_complete_a_ballot_and_names_its_page(here: Hall, visitor: Enter) -> None:
    login, paper = here.sitting.logins[0], here.paper_of(0)
    with here.tx() as tx:
        token = issue_token(tx, login)
    somebody = visitor(login)
    for body in ({}, {"variables": {"vote": "yes"}}):
        answer = somebody.client.post(
            f"/v2/user-tasks/{paper}/completion", json=body, headers={"authorization": f"Bearer {token}"}
        )
        assert answer.status_code == 409
        assert f"/ballot-papers/{paper}" in answer.json()["detail"]
    assert here.standing().cast == 0


@pytest.mark.catalogue("M19")
def test_the_task_of_a_ballot_leads_to_its_page_and_keeps_no_draft(here: Hall, visitor: Enter) -> None:
    somebody, paper = visitor(here.sitting.logins[0]), here.paper_of(0)
    page = somebody.get(f"/tasks/{paper}")
    assert (page.path, page.heading) == (f"/ballot-papers/{paper}", "评委投票")
    sent = plain(page)
    somebody.post(f"/tasks/{paper}/draft", {**sent, "v0": "1", "outcome": "yes"})
    assert here.rows(sa.select(task_draft).where(task_draft.c.task_key == paper)) == []
    assert somebody.post(f"/tasks/{paper}", {**sent, "v0": "1"}).status == 409


@pytest.mark.catalogue("M19")
def test_without_javascript_many_are_marked_looked_over_and_cast(here: Hall, visitor: Enter) -> None:
    somebody = visitor(here.sitting.logins[1])
    page = paper_page(somebody, here, 1)
    assert "已选 0 / 2" in page.words
    assert "回避，不表决" in page.words
    page = somebody.post(page.path, plain(page, step="fail_selected", s="0"))
    assert "已选 1 / 2" in page.words
    page = somebody.post(page.path, plain(page, step="pass_all"))
    assert "已选 2 / 2" in page.words
    page = somebody.post(page.path, plain(page, step="summary", v0="1"))
    assert page.heading == "核对选票"
    assert "未选 1" in page.words
    page = somebody.post(page.path, plain(page, step="edit"))
    assert "已选 1 / 2" in page.words
    page = somebody.post(page.path, plain(page, step="summary", v0="1", v1="2"))
    receipt = page.form(page.path)["receipt"]
    page = somebody.post(page.path, plain(page, step="cast"))
    assert page.heading == "选票已投出"
    assert receipt in page.words
    again = somebody.get(page.path)
    assert again.heading == "选票已投出"
    assert receipt not in again.html
    again_sent = {"csrf_token": somebody.csrf, "step": "cast", "paper": "021", "receipt": receipt}
    twice = somebody.post(page.path, again_sent)
    assert (twice.status, twice.heading) == (200, "选票已投出")
    assert here.standing().cast == 1


@pytest.mark.catalogue("M19", "J08")
def test_what_was_marked_is_repeated_by_no_page_that_refuses_it(here: Hall, visitor: Enter) -> None:
    somebody = visitor(here.sitting.logins[0])
    page = paper_page(somebody, here, 0)
    somebody.client.cookies.clear()
    late = somebody.post(page.path, {**plain(page), "step": "cast", "paper": "121"})
    assert (late.status, "121" in late.html, 'name="paper"' in late.html) == (401, False, False)
    back = visitor(here.sitting.logins[0])
    page = paper_page(back, here, 0)
    wrong = back.post(page.path, {**plain(page), "step": "cast", "paper": "121", "csrf_token": "wrong"})
    assert (wrong.status, "121" in wrong.html) == (403, False)
    assert here.standing().cast == 0


@pytest.mark.catalogue("M19", "J08")
def test_an_expert_opens_no_paper_but_their_own_and_follows_no_ballot(here: Hall, visitor: Enter) -> None:
    somebody = visitor(here.sitting.logins[2])
    assert paper_page(somebody, here, 0).status == 404
    assert somebody.get(f"/ballots/{here.ballot}").status == 403
    assert visitor("hosp3_officer").get(f"/ballots/{here.ballot}").status == 404


@pytest.mark.catalogue("M19")
def test_a_masked_meeting_shows_experts_no_names_and_the_office_does(hall: MakeHall, visitor: Enter) -> None:
    made = hall(password_hash=HASH, masked=True)
    made.open()
    page = paper_page(visitor(made.sitting.logins[1]), made, 1)
    assert (page.heading, "测试申报人" in page.html, "（已隐去）" in page.words) == ("评委投票", False, True)
    made.close()
    made.count()
    address = f"/ballots/{made.ballot}"
    assert "测试申报人" not in visitor(made.sitting.logins[0]).get(address).html
    made.confirm()
    assert "测试申报人1" in visitor(OFFICER).get(address).html


@pytest.mark.catalogue("J08")
def test_a_paper_opened_after_the_end_says_so(here: Hall, visitor: Enter) -> None:
    somebody = visitor(here.sitting.logins[2])
    page = paper_page(somebody, here, 2)
    here.close()
    late = somebody.post(page.path, {**plain(page), "step": "cast", "paper": "111"})
    assert (late.status, late.heading) == (409, "投票已经结束")


@pytest.mark.catalogue("M18", "M20", "M21", "Q19")
def test_the_chair_follows_closes_reads_both_views_and_confirms(here: Hall, visitor: Enter) -> None:
    chair, office = visitor(here.sitting.logins[0]), visitor(OFFICER)
    address = f"/ballots/{here.ballot}"
    here.cast(1, "+.-")
    page = chair.get(address)
    assert "1 / 5" in page.words
    assert "计票结果" not in page.words
    assert f"/cases/{here.ballot}/actions/close_ballot?back={address}" in page.links
    here.close()
    here.count()
    assert "计票结果" not in office.get(address).words
    page = chair.get(address)
    assert "需 4，得 1（5 人出席）" in page.words
    by_expert = chair.get(f"{address}?by=expert").words
    assert "未投票" in by_expert
    table = by_expert.split("按评委查看")[1].split("选票凭据")[0]
    assert (table.count("投票"), "同意" in table) == (6, False)
    chair.get(address)
    assert chair.submit(f"{address}/confirm", outcome="confirm", announced="").status == 422
    page = chair.submit(f"{address}/confirm", outcome="confirm", announced="1")
    assert "投票结果已宣布并确认" in page.words
    assert "需 4，得 1（5 人出席）" in office.get(address).words
    assert address in office.get(f"/review-meetings/{here.sitting.meeting}/ballots").links


def pulse(here: Hall) -> str:
    """What the page of the ballot follows."""
    with here.app.database.read() as tx:
        return pulse_of(tx, [here.sitting.meeting])[here.sitting.meeting]


@pytest.mark.catalogue("M18")
def test_progress_is_told_again_and_the_page_changes_with_the_step(here: Hall, visitor: Enter) -> None:
    chair = visitor(here.sitting.logins[0])
    page = chair.get(f"/ballots/{here.ballot}")
    address = re.search(r'hx-get="([^"]+/progress[^"]*)"', page.html)[1]
    seen = pulse(here)
    here.cast(1, "+.-")
    assert pulse(here) != seen
    piece = chair.get(address, **{"HX-Request": "true"})
    assert "1 / 5" in piece.words
    here.close()
    assert chair.get(address, **{"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    assert f"/review-meetings/{here.sitting.meeting}/events?seen=" in page.html


@pytest.mark.catalogue("M17", "Q18")
def test_the_roll_is_listed_with_its_quorum_and_changed_by_the_office(hall: MakeHall, visitor: Enter) -> None:
    made = hall(experts=4, present=3, members=4, password_hash=HASH, rolled=False)
    office, third = visitor(OFFICER), str(made.sitting.experts[2])
    address = f"/review-meetings/{made.sitting.meeting}/roll"
    page = office.get(address)
    assert "出席 3 人，组成 4 人，至少 3 人" in page.words
    page = office.submit(address, act="exclude", expert=third)
    assert (page.status, "请写明取消选择的原因" in page.words) == (422, True)
    page = office.submit(address, act="exclude", expert=third, reason="列席")
    assert "出席 2 人，组成 4 人，至少 3 人" in page.words
    page = office.submit(address, act="restore", expert=third)
    assert "出席 3 人" in page.words
    one = office.get(f"{address}/{third}")
    assert (one.heading, "证件号码" in one.words, f"{address}/{third}" in page.links) == (page.heading, True, True)
    assert office.submit(f"{address}/{third}", act="exclude", reason=" ").status == 422
    assert "出席 2 人，组成 4 人，至少 3 人" in office.submit(f"{address}/{third}", act="exclude", reason="列席").words
    assert "出席 3 人" in office.submit(address, act="restore", expert=third).words
    assert visitor(made.sitting.logins[1]).get(address).status == 403
    chair = visitor(made.sitting.logins[0])
    chair.get(address)
    page = chair.submit(f"{address}/confirm")
    assert (page.path, "待发起投票" in page.words) == (f"/review-meetings/{made.sitting.meeting}/ballots", True)


@pytest.mark.catalogue("W16")
def test_tellers_enter_paper_ballots_on_their_page(here: Hall, visitor: Enter) -> None:
    here.press("switch_to_paper", switch_reason="断网")
    first, second = here.tasks("enter_first_count")[0].key, here.tasks("enter_second_count")[0].key
    counts = {"returned": "5", "yes[0]": "5", "yes[1]": "4", "yes[2]": "3"}
    office, admin = visitor(OFFICER), visitor("health_admin")
    assert "纸质选票" in office.get(f"/ballots/{here.ballot}/blank").html
    assert office.get(f"/tasks/{first}").path == f"/ballot-counts/{first}"
    page = office.submit(f"/ballot-counts/{first}", **{**counts, "yes[1]": "9"})
    assert (page.status, "第 2 份材料的同意票数应为 0 到 5 的整数" in page.words) == (422, True)
    assert office.submit(f"/ballot-counts/{first}", **counts).path.startswith(f"/ballots/{here.ballot}")
    assert office.get(f"/ballot-counts/{second}").status == 409
    admin.get(f"/ballot-counts/{second}")
    admin.submit(f"/ballot-counts/{second}", **counts)
    here.count()
    assert sorted(here.sentences()) == [
        "需 3，得 3（5 人出席，1 人回避，4 人有表决权）",
        "需 4，得 4（5 人出席）",
        "需 4，得 5（5 人出席）",
    ]


@pytest.mark.catalogue("M19")
@pytest.mark.parametrize("mode", [BallotMode.SECRET, BallotMode.NAMED])
def test_a_ballot_of_two_thousand_dossiers_is_one_request_and_one_insert(
    hall: MakeHall, visitor: Enter, mode: BallotMode
) -> None:
    made = hall(experts=3, present=3, members=3, dossiers=2000, mode=mode, password_hash=HASH)
    made.open()
    marks, paper = dict.fromkeys(made.sitting.dossiers, Choice.YES), made.paper_of(0)
    actor: Actor = made.expert(0)
    with counted_statements(made.app.database) as sent, made.tx() as tx:
        cast_ballot(tx, actor, paper, marks, receipt=new_receipt())
    table = "sealed_paper" if mode is BallotMode.SECRET else "named_choice"
    assert [f"INSERT INTO {table}" in one for one in sent].count(True) == 1
    somebody = visitor(made.sitting.logins[1])
    page = paper_page(somebody, made, 1)
    page = somebody.post(page.path, plain(page, step="cast", paper="1" * 2000))
    assert page.heading == "选票已投出"
    cast = sa.select(ballot_roll.c.expert).where(ballot_roll.c.cast_at.is_not(None))
    assert len(made.rows(cast.where(ballot_roll.c.login.in_(made.sitting.logins)))) == 2


@pytest.mark.catalogue("M19")
def test_an_expert_finds_the_receipt_among_those_counted_and_not_before(here: Hall, visitor: Enter) -> None:
    own, address = visitor(here.sitting.logins[2]), f"/ballot-papers/{here.paper_of(2)}"
    meeting = f"/my-meetings/{here.sitting.meeting}/attendance"
    assert address not in own.get(meeting).links
    code = here.cast(2, "+.-")
    assert address in own.get(meeting).links
    assert code not in own.get(address).words
    here.close()
    here.count()
    assert code in own.get(address).words
    assert visitor(here.sitting.logins[1]).get(address).status == 404
