"""今年申报材料: the three tabs, the 22 filters, the columns, what it costs."""

import re
from collections.abc import Callable
from html import unescape
from urllib.parse import urlencode

import pytest
from fastapi import FastAPI

from engine.bootstrap import App
from engine.document.workbooks import Column, read_rows
from engine.flow.batch_running import due_batches, run_batch
from tests.declaration.story import Story
from tests.support.templates import Templates
from tests.support.visitor import Page, Visitor
from tests.web.declaration.conftest import make_app, settings_for
from tests.web.declaration.counting import counting
from web.app import create_app

FILTERS = [
    "申报类别",
    "申报系列",
    "申报专业",
    "申报职称名称",
    "申报等级",
    "申报方式",
    "评审方式",
    "身份证号",
    "姓名",
    "申报单位",
    "最高学历",
    "毕业学校",
    "第一学历",
    "评委会",
    "行政区划",
    "现职称名称",
    "现职称等级",
    "现职称取得年限",
    "特殊经历",
    "是否委托评审",
    "所学专业",
    "主管部门",
]
PENDING = ["姓名", "身份证号", "申报类别", "申报系列", "申报专业", "申报职称名称", "评委会"]
DECIDED = [*PENDING[:6], "申报等级", "申报方式", "评审方式", "评委会"]

Enter = Callable[[str], Visitor]


@pytest.fixture(scope="module")
def stories(app: App) -> dict[str, Story]:
    """Two that wait for the hospital's officer, one on hold, one passed on to the leader, one at the university."""
    nurse = {
        "specialty": "nurse-02",
        "title_name": "nurse-intermediate",
        "education": "bachelor",
        "major": "101101",
        "current_title_name": "nurse-assistant",
        "current_specialty": "nurse-02",
        "obtained_by": "exam",
    }
    told = {
        "physician": Story(app.database).submitted(),
        "nurse": Story(app.database, **nurse).submitted(),
        "held": Story(app.database).submitted(),
        "passed": Story(app.database).submitted().approve(1),
        "above": Story(app.database).submitted().approve(2),
    }
    told["held"].hold("待核验学历。")
    return told


@pytest.fixture
def officer(enter: Enter, stories: dict[str, Story]) -> Visitor:
    return enter("hosp3_officer")


def numbers(page: Page) -> set[str]:
    """Whose rows stand in the list, by identity number."""
    return {
        found.replace(" ", "")
        for found in re.findall(r'<td data-label="身份证号" class="keep groups">([^<]+)</td>', page.html)
    }


def heads(page: Page) -> list[str]:
    return re.findall(r'<th scope="col" class="[^"]*"[^>]*>(?:<a [^>]*>)?([^<]+)<', page.html)


def listed(page: Page) -> list[str]:
    """The identity numbers in the order of the rows."""
    return [
        found.replace(" ", "")
        for found in re.findall(r'<td data-label="身份证号" class="keep groups">([^<]+)</td>', page.html)
    ]


@pytest.mark.catalogue("U7")
def test_the_three_tabs_with_their_counts(officer: Visitor, stories: dict[str, Story]) -> None:
    page = officer.get("/declarations")
    tabs = re.findall(
        r'<a href="\?[^"]*"(?: aria-current="page")?>(未审核|审核待定|已审核)<span class="count">(\d+)</span>',
        page.html,
    )
    assert tabs == [("未审核", "2"), ("审核待定", "1"), ("已审核", "2")]
    assert numbers(page) == {stories["physician"].applicant.login, stories["nurse"].applicant.login}
    assert numbers(officer.get("/declarations?tab=on_hold")) == {stories["held"].applicant.login}
    decided = {stories["passed"].applicant.login, stories["above"].applicant.login}
    assert numbers(officer.get("/declarations?tab=decided")) == decided


@pytest.mark.catalogue("U8", "A8")
def test_all_filters_are_there_four_of_them_open(officer: Visitor) -> None:
    page = officer.get("/declarations")
    labels = re.findall(r'<label for="filter-[a-z_]+">([^<（]+)', page.html)
    assert sorted(labels) == sorted(FILTERS)
    assert labels[:4] == ["姓名", "身份证号", "申报系列", "申报职称名称"]
    assert labels[4:] == [label for label in FILTERS if label not in labels[:4]]
    assert 'class="filters folded"' in page.html
    assert 'class="filters"' in officer.get("/declarations?more=1").html


@pytest.mark.catalogue("U8")
@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"title_series": "nurse"}, {"nurse"}),
        ({"title_series": "physician", "specialty": "physician-01"}, {"physician"}),
        ({"title_level": "intermediate"}, {"nurse"}),
        ({"highest_education": "14"}, {"physician"}),
        ({"school": "师范"}, {"nurse"}),
        ({"major": "101101"}, {"nurse"}),
        ({"current_title_name": "nurse-assistant"}, {"nurse"}),
        ({"region": "130100"}, {"physician", "nurse"}),
        ({"region": "130600"}, set()),
        ({"entrusted_review": "yes"}, set()),
        ({"special_experience": "no"}, {"physician", "nurse"}),
        ({"current_title_years": "80"}, set()),
        ({"name": "测试"}, {"physician", "nurse"}),
        ({"name": "%"}, set()),
        ({"unit": "abc"}, set()),
    ],
)
def test_filters_narrow_the_list(
    officer: Visitor, stories: dict[str, Story], filters: dict[str, str], found: set[str]
) -> None:
    page = officer.get(f"/declarations?{urlencode(filters)}")
    assert numbers(page) == {stories[one].applicant.login for one in found}
    assert page.html.count('class="chip"') == len(filters)


def test_the_filters_come_along_to_the_review(officer: Visitor) -> None:
    page = officer.get("/declarations?title_series=nurse&size=50")
    assert [link for link in page.links if link.endswith("/review?title_series=nurse&size=50")] != []


@pytest.mark.catalogue("U9", "U18")
def test_the_columns_and_what_a_row_offers(officer: Visitor, stories: dict[str, Story]) -> None:
    page = officer.get("/declarations")
    assert heads(page)[:7] == PENDING
    key = stories["physician"].case_key
    acts = re.findall(rf'<a href="(/declarations/{key}/[a-z]+)" aria-label="(\S+) ', page.html)
    assert acts == [(f"/declarations/{key}/review", "审核"), (f"/declarations/{key}/journal", "流转日志")]
    page = officer.get("/declarations?tab=decided")
    assert heads(page)[:10] == DECIDED
    key = stories["passed"].case_key
    acts = re.findall(rf'<a href="(/declarations/{key}[/a-z]*)" aria-label="(\S+) ', page.html)
    assert acts == [(f"/declarations/{key}", "详情"), (f"/declarations/{key}/journal", "流转日志")]


def test_leaders_of_other_units_read_no_birthdays(enter: Enter, stories: dict[str, Story]) -> None:
    stories["leader_above"] = Story(stories["passed"].database).submitted().approve(3)
    login = stories["leader_above"].applicant.login
    page = enter("medu_leader").get("/declarations")
    assert f"{login[:6]} ******** {login[-4:]}" in page.words
    assert login[6:14] not in page.html.replace("19850310", login[6:14]) or login not in page.html
    assert f"{login[:6]} {login[6:14]} {login[14:]}" in enter("hosp3_leader").get("/declarations?tab=decided").words


def test_htmx_gets_the_list_alone(officer: Visitor) -> None:
    page = officer.get("/declarations?title_series=nurse", **{"HX-Request": "true"})
    assert page.html.lstrip().startswith('<div id="declarations"')


def test_an_empty_list_says_what_to_do(officer: Visitor) -> None:
    assert "没有符合条件的申报材料" in officer.get("/declarations?name=没有这个人").words


@pytest.mark.catalogue("A8")
def test_pages_are_turned_by_a_place_in_the_list(app: App, officer: Visitor) -> None:
    for _ in range(20):
        Story(app.database).submitted()
    first = officer.get("/declarations")
    following = next(link for link in first.links if "after=" in link)
    second = officer.get(f"/declarations{following}")
    assert (len(numbers(first)), len(numbers(second)), numbers(first) & numbers(second)) == (20, 2, set())
    back = next(link for link in second.links if "before=" in link)
    assert numbers(officer.get(f"/declarations{back}")) == numbers(first)
    assert officer.get("/declarations?after=nonsense").status == 422


def test_a_longer_list_costs_no_more_statements(
    site: FastAPI, app: App, enter: Enter, templates: Templates, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = make_app(
        settings_for(f"sqlite:///{tmp_path_factory.mktemp('other')}/z.db", str(tmp_path_factory.mktemp("d"))),
        templates,
    )
    visitor = Visitor(create_app(other))
    visitor.sign_in("hosp3_officer")
    sent = []
    for rows in (1, 2):
        for _ in range(rows):
            Story(other.database).submitted()
        visitor.get("/declarations")
        with counting(other.database) as statements:
            page = visitor.get("/declarations")
        sent.append((len(numbers(page)), len(statements)))
    other.close()
    assert sent == [(1, sent[0][1]), (3, sent[0][1])]
    assert sent[0][1] <= 12


@pytest.mark.catalogue("U17")
def test_the_scope_parts_the_own_unit_from_those_below(enter: Enter, stories: dict[str, Story]) -> None:
    above = stories["above"].applicant.login
    own = Story(stories["above"].database, "medu_officer").submitted().applicant.login
    officer = enter("medu_officer")
    assert numbers(officer.get("/declarations")) == {above, own}
    assert numbers(officer.get("/declarations?scope=own")) == {own}
    assert numbers(officer.get("/declarations?scope=lower")) == {above}
    page = officer.get("/declarations?scope=lower&title_series=physician")
    assert [link for link in page.links if link.endswith("/review?scope=lower&title_series=physician")] != []


@pytest.mark.catalogue("U17")
def test_lower_units_declarations_are_read_wherever_they_are_but_not_acted_on(
    enter: Enter, stories: dict[str, Story]
) -> None:
    officer = enter("edu_officer")
    page = officer.get("/declarations?tab=all&size=100")
    story = stories["physician"]
    assert f"/declarations/{story.case_key}" in page.links
    assert f"/declarations/{story.case_key}/review" not in page.html
    login = story.applicant.login
    assert (login in page.html.replace(" ", ""), f"{login[:6]} ******** {login[-4:]}" in page.words) == (False, True)
    assert officer.get(f"/declarations/{story.case_key}").status == 200


@pytest.mark.catalogue("U23")
def test_columns_are_chosen_and_put_in_order(officer: Visitor) -> None:
    page = officer.get("/declarations?columns=school,identity_number,highest_education,nonsense")
    assert heads(page)[:4] == ["姓名", "毕业学校", "身份证号", "最高学历"]
    assert ("示范大学" in page.words, "硕士研究生" in page.words or "研究生" in page.words) == (True, True)
    page = officer.get("/declarations/columns?columns=school,major&title_series=nurse")
    down = next(link for link in page.links if "columns=major%2Cschool" in link)
    page = officer.get(down)
    back = next(link for link in page.links if link.startswith("/declarations?") and "columns=" in link)
    assert heads(officer.get(back))[:3] == ["姓名", "所学专业", "毕业学校"]


@pytest.mark.catalogue("U23")
def test_a_head_puts_the_list_in_its_order(officer: Visitor) -> None:
    page = officer.get("/declarations?size=100")
    link = next(found for found in page.links if "sort=identity_number" in found)
    up = listed(officer.get(f"/declarations{link}"))
    assert (len(up) > 1, up) == (True, sorted(up))
    assert 'aria-sort="ascending"' in officer.page.html
    assert listed(officer.get("/declarations?size=100&sort=-identity_number")) == up[::-1]
    pages = officer.get("/declarations?sort=identity_number&size=20")
    following = next((found for found in pages.links if "after=" in found), None)
    if following:
        assert listed(pages) + listed(officer.get(f"/declarations{following}")) == up


@pytest.mark.catalogue("U8", "U23")
def test_a_list_is_kept_under_a_name_and_shared_in_the_unit(enter: Enter, officer: Visitor) -> None:
    query = "title_series=nurse&sort=-name&columns=school"
    officer.get(f"/declarations/views?{query}")
    page = officer.submit("/declarations/views", name=" ")
    assert (page.status, "请填写查询的名称" in page.words) == (422, True)
    page = officer.submit("/declarations/views", name="护理人员", shared="1")
    assert page.path == "/declarations?title_series=nurse&sort=-name&columns=school"
    assert "/declarations?title_series=nurse&sort=-name&columns=school" in officer.get("/declarations").links
    leader = enter("hosp3_leader")
    page = leader.get("/declarations")
    assert ("护理人员" in page.words, "共享" in page.words) == (True, True)
    drop = next(form["action"] for form in officer.get("/declarations/views").forms if "/views/" in form["action"])
    assert leader.post(drop, {"csrf_token": leader.csrf}).status == 404
    assert "护理人员" not in enter("medu_officer").get("/declarations").words
    officer.get("/declarations/views")
    officer.submit(drop)
    assert "护理人员" not in officer.get("/declarations").words


@pytest.mark.catalogue("A10")
def test_past_years_are_read_with_the_year_of_the_top_bar(officer: Visitor) -> None:
    officer.client.cookies.set("year", "2025")
    page = officer.get("/declarations")
    officer.client.cookies.delete("year")
    assert (page.heading, numbers(page)) == ("往年申报材料", set())


def test_the_workbook_is_exactly_the_list(officer: Visitor, stories: dict[str, Story]) -> None:
    query = "sort=-identity_number&columns=identity_number,title_name&size=100"
    page = officer.get(f"/declarations?{query}")
    shown = listed(page)
    answer = officer.client.post("/declarations/export", data={**page.form("/declarations/export")})
    columns = [Column("name", "姓名"), Column("number", "身份证号"), Column("title", "申报职称名称")]
    rows = read_rows(answer.content, columns)
    assert [row.values["number"] for row in rows] == shown
    assert {row.values["title"] for row in rows} <= {"主任医师", "主管护师"}


def test_a_long_list_becomes_a_workbook_in_the_background(
    app: App, enter: Enter, officer: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.declaration.list_export.AT_ONCE", 0)
    officer.get("/declarations?tab=decided&columns=identity_number")
    shown = listed(officer.page)
    page = officer.submit("/declarations/export")
    assert page.path.startswith("/batches/")
    for key in due_batches(app.database):
        run_batch(app.database, key)
    page = officer.get(page.path)
    file = next(link for link in page.links if "/files/" in link)
    rows = read_rows(officer.client.get(file).content, [Column("name", "姓名"), Column("number", "身份证号")])
    assert [row.values["number"] for row in rows] == shown


def test_units_are_suggested_within_what_one_sees(officer: Visitor, enter: Enter) -> None:
    names = lambda page: re.findall(r'value="([^"]+)"', page.html)  # noqa: E731
    assert names(enter("edu_officer").get("/declarations/units?of=unit&unit=医科")) == [
        "示范医科大学第三附属医院（示例）",
        "示范医科大学（示例）",
    ] or names(enter("edu_officer").get("/declarations/units?of=unit&unit=医科")) == [
        "示范医科大学（示例）",
        "示范医科大学第三附属医院（示例）",
    ]
    assert names(officer.get("/declarations/units?of=unit&unit=工业")) == []


@pytest.mark.catalogue("U8")
def test_a_unit_is_found_by_a_part_of_its_name(enter: Enter, stories: dict[str, Story]) -> None:
    officer = enter("edu_officer")
    page = officer.get("/declarations?tab=all&unit=第三附属&size=100")
    assert len(re.findall("<tr data-href", page.html)) >= len(stories)
    assert "没有符合条件" in officer.get("/declarations?tab=all&unit=工业集团").words


def test_counts_come_after_the_rows_where_counting_takes_its_time(
    officer: Visitor, stories: dict[str, Story], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.declaration.list_paths.FEW", 0)
    page = officer.get("/declarations")
    assert 'hx-get="/declarations/counts?" hx-trigger="load"' in page.html
    assert '<span class="count">' not in page.html.split('aria-label="审核状态"')[1].split("</nav>")[0]
    counted = officer.get("/declarations/counts", **{"HX-Request": "true"})
    assert re.findall(r'(审核待定)<span class="count">(\d+)</span>', counted.html) == [("审核待定", "1")]
    assert 'hx-trigger="load"' not in counted.html


def test_the_statistics_count_what_the_lists_show(enter: Enter, stories: dict[str, Story]) -> None:
    officer = enter("medu_officer")
    page = officer.get("/declarations/statistics")
    found = re.findall(r'<a href="(/declarations\?tab=all&amp;[^"]+)" aria-label="([^"]+?) (\d+) 份', page.html)
    assert {"待经办人审核", "示范医科大学第三附属医院（示例）"} <= {label for _, label, _ in found}
    for url, label, count in found:
        listed = officer.get(f"{unescape(url)}&size=100")
        assert (label, len(re.findall("<tr data-href", listed.html))) == (label, int(count))
    assert enter("industry_officer").get("/declarations/statistics").words.count("还没有数字") == 4
    assert enter("designer").get("/declarations/statistics").status == 403
    answer = officer.client.get("/declarations/statistics.xlsx")
    rows = read_rows(answer.content, [Column("table", "统计项目"), Column("label", "名称"), Column("count", "数量")])
    assert {row.values["table"] for row in rows} >= {"按状态", "按单位", "按系列和等级", "各单位待办"}
