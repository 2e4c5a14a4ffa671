"""评审后处理 and its public notices, walked as officers, the title office and strangers walk them."""

import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from engine.result.tables import publicity_notice, result_objection, review_result
from tests.result.decided import Decided
from tests.support.visitor import Visitor

r, n, o = review_result.c, publicity_notice.c, result_objection.c
Who = Callable[..., Visitor]


@pytest.fixture
def named(decided: Decided) -> Decided:
    """The three dossiers with names of their own."""
    with decided.database.transaction() as tx:
        for place, key in enumerate(decided.declarations):
            tx.execute(sa.update(review_result).where(r.declaration == key).values(name=f"测试申报人{place}"))
    return decided


def notice_key(decided: Decided) -> int:
    return int(decided.rows(sa.select(n.key).where(n.handling == decided.handling).order_by(n.key.desc()))[0].key)


@pytest.mark.catalogue("F1")
def test_the_officer_finds_the_handling_and_its_next_step(named: Decided, visitor: Who) -> None:
    officer = visitor("medu_officer")
    listed = officer.get("/results")
    assert f"/results/{named.handling}" in listed.links
    page = officer.get(f"/results/{named.handling}")
    assert (page.status, "下一步：发起公示" in page.words) == (200, True)
    (task,) = {link for link in page.links if link.startswith("/tasks/")}
    form = officer.get(task)
    assert form.status == 200
    assert "测试申报人2" in form.words


@pytest.mark.parametrize(("which", "names"), [("passed", ["0", "1"]), ("failed", ["2"]), ("withheld", [])])
def test_the_people_are_filtered_by_what_became_of_them(
    named: Decided, visitor: Who, which: str, names: list[str]
) -> None:
    page = visitor("medu_officer").get(f"/results/{named.handling}?which={which}")
    assert re.findall(r">测试申报人(\d)</a>", page.html) == names


def test_a_stranger_does_not_see_the_handling(named: Decided, visitor: Who) -> None:
    assert visitor("cedu_officer").get(f"/results/{named.handling}").status == 404
    assert visitor("health_leader").get("/results").status == 403


@pytest.mark.catalogue("F1", "Q21")
def test_anybody_reads_who_passed_and_nothing_of_votes_or_identity(named: Decided, visitor: Who) -> None:
    named.publish()
    anybody, key = visitor(), notice_key(named)
    assert f"/notices/{key}" in anybody.get("/notices").links
    page = anybody.get(f"/notices/{key}")
    assert re.findall(r"测试申报人(\d)</th>", page.html) == ["0", "1"]
    held = named.rows(sa.select(r.declaration_no, r.sentence).where(r.handling == named.handling))
    assert [row for row in held if row.declaration_no in page.html or row.sentence in page.html] == []
    assert re.search(r"\d{17}[\dX]", page.html) is None


@pytest.mark.catalogue("F1")
def test_a_notice_that_ended_or_was_withdrawn_is_as_if_it_had_never_been(named: Decided, visitor: Who) -> None:
    named.publish()
    key, anybody = notice_key(named), visitor()
    named.end_publicity()
    answers = [anybody.get(path).status for path in (f"/notices/{key}", f"/notices/{key}/objection", "/notices/77")]
    assert answers == [404, 404, 404]


@pytest.mark.catalogue("F1")
def test_an_objection_of_anybody_has_a_number_and_a_case_the_officer_finds(named: Decided, visitor: Who) -> None:
    named.publish()
    key, anybody = notice_key(named), visitor()
    address = f"/notices/{key}/objection"
    form = anybody.get(f"{address}?person={named.declarations[1]}")
    assert form.form(address)["about"] == "测试申报人1"
    wrong = anybody.submit(address, content="", contact="13000000000")
    assert (wrong.status, wrong.errors) == (422, ["请写明异议的事实和依据"])
    assert wrong.form(address)["contact"] == "13000000000"
    done = anybody.submit(address, content="论文署名不实")
    kept = named.rows(sa.select(o.objection_no, o.declaration).where(o.notice == key))
    assert [row.declaration for row in kept] == [named.declarations[1]]
    assert kept[0].objection_no in done.words
    assert kept[0].objection_no in visitor("medu_officer").get(f"/results/{named.handling}").words


def test_an_address_that_objects_too_often_is_stopped_and_its_words_stay(named: Decided, visitor: Who) -> None:
    named.publish()
    anybody, address = visitor(), f"/notices/{notice_key(named)}/objection"
    for number in range(8):
        anybody.get(address)
        page = anybody.submit(address, about="", content=f"第 {number} 件")
        if page.status != 200:
            break
    assert page.status == 409
    assert "同一网络地址提出的异议过多" in page.words
    assert f"第 {number} 件" in page.html
    assert number <= 5


@pytest.mark.catalogue("F1")
def test_an_officer_takes_down_an_objection_that_came_by_letter(named: Decided, visitor: Who) -> None:
    named.publish()
    officer, address = visitor("medu_officer"), f"/results/{named.handling}/objection"
    officer.get(address)
    page = officer.submit(address, about="测试申报人0", content="来信反映业绩不实", objector="测试来信人")
    assert (page.status, page.path) == (200, f"/results/{named.handling}")
    kept = named.rows(sa.select(o.source, o.declaration).where(o.handling == named.handling))
    assert [(row.source.value, row.declaration) for row in kept] == [("office", named.declarations[0])]


@pytest.mark.catalogue("F5", "J30", "Q20")
def test_the_title_office_finds_what_waits_marks_one_and_takes_it_back(named: Decided, visitor: Who) -> None:
    named.publish()
    named.end_publicity()
    office = visitor("office_officer")
    assert f"/results/{named.handling}" not in office.get("/results?desk=approval").links
    named.forward()
    assert f"/results/{named.handling}" in office.get("/results?desk=approval").links
    address = f"/results/{named.handling}/marks/{named.declarations[0]}"
    office.get(address)
    assert office.submit(address, reason="").errors == ["请写明不予确认的理由"]
    office.submit(address, reason="学历存疑")
    assert named.states() == ["refused", "forwarded", "decided"]
    office.submit(address)
    assert named.states() == ["forwarded", "forwarded", "decided"]
