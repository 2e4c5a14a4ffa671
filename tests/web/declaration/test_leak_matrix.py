"""Everybody against every dossier: who reads what, through lists, counts, search, export, files, diagram, API and error texts."""

import re
from dataclasses import replace

import pytest
import sqlalchemy as sa

from engine.bootstrap import App
from engine.declaration.detail import filling_of
from engine.declaration.sheets import export_general_sheets
from engine.declaration.tables import dossier_look
from engine.document.workbooks import Column, read_rows
from engine.organisation import Applicant, Role, issue_token
from engine.organisation.accounts import add_role, insert_account
from engine.organisation.enrolments import insert_person
from engine.organisation.tables import AccountKind
from tests.declaration.people import actor_of_login, identity_number
from tests.declaration.story import Story
from tests.support.visitor import Visitor
from tests.web.declaration.conftest import Enter, Tell, let_in

#: who may not know that the dossier of the third hospital exists
STRANGERS = ["industry_officer", "cityhosp_leader", "school1_officer", "health_officer", "designer"]
#: who watches without being of its chain
WATCHERS = ["auditor", "sysadmin"]
WAYS = [
    "/declarations/{}",
    "/declarations/{}/review",
    "/declarations/{}/journal",
    "/declarations/{}/remarks?path=basic_info.name",
    "/declaration/{}/print",
    "/declaration/{}/sheet",
    "/declaration/{}/sheet.pdf",
    "/cases/{}",
    "/cases/{}/journal",
    "/cases/{}/print",
    "/cases/{}/diagram.xml",
    "/cases/{}/diagram.json",
    "/files/{photo}",
    "/files/{photo}/thumbnail",
]


@pytest.fixture
def story(tell: Tell) -> Story:
    return tell().submitted()


@pytest.fixture
def photo(story: Story) -> int:
    return int(story.detail().values["basic_info"]["photo"][0]["id"])


def told_of(story: Story, html: str) -> bool:
    """Whether a page says anything of the person: login, number in groups, the number of the declaration."""
    row = story.detail().row
    plain = re.sub(r"\s", "", html)
    return row["identity_number"] in plain or row["declaration_no"] in html


def read(visitor: Visitor, story: Story, photo: int) -> dict[str, int]:
    return {way: visitor.get(way.format(story.case_key, photo=photo)).status for way in WAYS}


@pytest.mark.parametrize("login", STRANGERS)
def test_strangers_reach_nothing_and_no_error_tells(enter: Enter, story: Story, photo: int, login: str) -> None:
    visitor = enter(login)
    answers = read(visitor, story, photo)
    reviewing = {way for way in WAYS if "/review" in way or "/remarks" in way}
    assert {
        way: status for way, status in answers.items() if status not in ({403, 404} if way in reviewing else {404})
    } == {}
    for way in WAYS:
        page = visitor.get(way.format(story.case_key, photo=photo))
        assert (way, told_of(story, page.html), "测试申报人" in page.html) == (way, False, False)


@pytest.mark.parametrize("login", STRANGERS)
def test_strangers_find_nothing_in_lists_counts_search_and_export(enter: Enter, story: Story, login: str) -> None:
    visitor, row = enter(login), story.detail().row
    number, unit = row["identity_number"], "示范医科大学第三附属医院（示例）"
    pages = [
        *(f"/declarations?tab={tab}&identity_number={number}" for tab in ("pending", "on_hold", "decided", "all")),
        f"/declarations/counts?identity_number={number}",
        f"/declarations?tab=all&status={row['status']}&unit={row['unit']}&scope=lower",
        "/declarations/statistics",
        "/cases",
        "/inbox",
    ]
    for way in pages:
        page = visitor.get(way)
        assert (
            way,
            told_of(
                story,
                page.html.replace(number, "", page.html.count(f'value="{number}"'))
                if login != "designer"
                else page.html,
            )
            and unit in page.html,
        ) == (way, False)
        assert f"/declarations/{story.case_key}" not in page.links
    assert row["declaration_no"] not in visitor.get(f"/search?q={row['declaration_no']}").html.replace(
        f'value="{row["declaration_no"]}"', ""
    ).replace(f"“{row['declaration_no']}”", "")
    if login != "designer":
        form = {"csrf_token": visitor.csrf, "list": "tab=all&columns=identity_number"}
        answer = visitor.client.post("/declarations/export", data=form)
        assert number.encode() not in answer.content
        listed = read_rows_of(answer.content)
        assert number not in listed


def read_rows_of(content: bytes) -> set[str]:
    try:
        return {row.values["n"] for row in read_rows(content, [Column("name", "姓名"), Column("n", "身份证号")])}
    except Exception:  # an empty list has no rows to read
        return set()


def test_one_applicant_knows_nothing_of_another(enter: Enter, tell: Tell, story: Story, photo: int) -> None:
    visitor = enter(tell().applicant.login)
    answers = read(visitor, story, photo)
    assert {way for way, status in answers.items() if status not in {403, 404}} == set()
    assert visitor.get("/declarations").status == 403
    assert visitor.get("/declarations/statistics").status == 403
    assert visitor.get("/monitor/looks").status == 403


@pytest.mark.parametrize("login", ["hosp3_leader", "medu_officer", "medu_leader", "office_officer"])
def test_above_and_beside_in_the_chain_one_reads_but_does_not_decide(
    enter: Enter, story: Story, photo: int, login: str
) -> None:
    visitor = enter(login)
    assert visitor.get(f"/declarations/{story.case_key}").status == 200
    assert visitor.client.get(f"/files/{photo}").status_code == 200
    assert visitor.get(f"/declarations/{story.case_key}/review").path == f"/declarations/{story.case_key}"
    page = visitor.get(f"/declarations?tab=all&identity_number={story.applicant.login}")
    shown = story.applicant.login in re.sub(
        r"\s", "", re.sub(r'value="[^"]*"|href="[^"]*"|class="chip".*?</a>', "", page.html)
    )
    assert (login, shown) == (login, login == "hosp3_leader")


@pytest.fixture
def expert(app: App, story: Story) -> str:
    """The login of a reviewer of committees at work in the very unit that declares, with nothing to review."""
    login = identity_number("19700101")
    with app.database.transaction() as tx:
        at = story.detail().row["unit"]
        person = insert_person(tx, Applicant("测试评委", "01", login, "13000000000"))
        key = insert_account(
            tx, login=login, name="测试评委", kind=AccountKind.PERSON, password_hash="-", by="test", person=person
        )
        add_role(tx, key, Role.EXPERT, at)
    let_in(app, login)
    return login


def test_an_expert_knows_of_no_dossier_that_was_not_given_to_them(
    app: App, enter: Enter, expert: str, story: Story, photo: int
) -> None:
    visitor = enter(expert)
    visitor.get("/account")
    answers = read(visitor, story, photo)
    assert {way: status for way, status in answers.items() if status not in {403, 404}} == {}
    row = story.detail().row
    search = f"/search?q={row['declaration_no']}"
    lists = ("/declarations", "/declarations/counts", "/declarations/statistics", "/monitor/looks", "/cases", "/inbox")
    for way in (*(way.format(story.case_key, photo=photo) for way in WAYS), *lists, search):
        html = visitor.get(way).html.replace(f'value="{row["declaration_no"]}"', "")
        found = told_of(story, html.replace(f"“{row['declaration_no']}”", ""))
        assert (way, found, "测试申报人" in html) == (way, False, False)
    export = visitor.client.post("/declarations/export", data={"csrf_token": visitor.csrf, "list": "tab=all"})
    numbers = visitor.post(f"/declarations/{story.case_key}/numbers", {"csrf_token": visitor.csrf})
    assert (export.status_code, numbers.status, told_of(story, numbers.html)) == (403, 404, False)
    with app.database.transaction() as tx:
        token = issue_token(tx, expert, days=1)
    answer = visitor.client.post(
        "/v2/variables/search",
        json={"filter": {"processInstanceKey": str(story.case_key)}},
        headers={"Authorization": f"Bearer {token}"},
    )
    assert (answer.status_code, answer.json().get("items")) == (200, [])
    assert looks(app, story) == []


def looks(app: App, story: Story) -> list[tuple[str, str, str]]:
    k = dossier_look.c
    with app.database.read() as tx:
        rows = tx.rows(sa.select(k.login, k.role, k.what).where(k.case_key == story.case_key).order_by(k.key))
    return [tuple(row) for row in rows]


@pytest.mark.catalogue("R14")
@pytest.mark.parametrize("login", WATCHERS)
def test_every_look_from_outside_the_chain_is_written_down(
    app: App, enter: Enter, story: Story, photo: int, login: str
) -> None:
    visitor = enter(login)
    role = {"auditor": "auditor", "sysadmin": "system_admin"}[login]
    visitor.get(f"/declarations/{story.case_key}")
    visitor.get(f"/declaration/{story.case_key}/print")
    visitor.client.get(f"/files/{photo}")
    visitor.get(f"/cases/{story.case_key}/journal")
    visitor.get(f"/monitor/cases/{story.case_key}")
    found = looks(app, story)
    assert found == [(login, role, what) for what in ("dossier", "print", "file", "journal", "variables")]
    page = enter("auditor").get(f"/monitor/looks?case={story.case_key}")
    assert len(re.findall(r'<th class="lead keep"', page.html)) == 5


def test_looks_inside_the_chain_and_ones_own_are_not_written_down(
    app: App, enter: Enter, story: Story, photo: int
) -> None:
    for login in ("hosp3_officer", "hosp3_leader", "medu_officer", "office_leader", story.applicant.login):
        visitor = enter(login)
        assert visitor.get(f"/declarations/{story.case_key}").status == 200
        visitor.client.get(f"/files/{photo}")
    assert looks(app, story) == []
    for login in ("hosp3_officer", "office_officer", "designer"):
        assert enter(login).get("/monitor/looks").status == 403


def test_the_api_answers_no_stranger_and_writes_down_who_reads_variables(app: App, site: object, story: Story) -> None:
    def search(login: str) -> list[dict[str, object]]:
        with app.database.transaction() as tx:
            token = issue_token(tx, login, days=1)
        visitor = Visitor(site)  # type: ignore[arg-type]
        answer = visitor.client.post(
            "/v2/variables/search",
            json={"filter": {"processInstanceKey": str(story.case_key), "name": "basic_info"}},
            headers={"Authorization": f"Bearer {token}"},
        )
        assert answer.status_code == 200, answer.text
        return answer.json()["items"]  # type: ignore[no-any-return]

    assert search("industry_officer") == []
    assert looks(app, story) == []
    assert len(search("sysadmin")) == 1
    assert looks(app, story) == [("sysadmin", "system_admin", "variables")]


def test_what_is_typed_and_not_sent_is_nobody_elses(enter: Enter, tell: Tell) -> None:
    story = tell()
    story.start()
    story.fill()
    with story.database.read() as tx:
        photo = filling_of(tx, story.applicant, story.case_key).values["basic_info"]["photo"][0]["id"]
    for login in ("hosp3_officer", "medu_officer", *WATCHERS):
        visitor = enter(login)
        assert visitor.client.get(f"/files/{photo}").status_code == 404
        assert "认真履行岗位职责" not in visitor.get(f"/declarations/{story.case_key}").words


NUMBERS = ("identity_number", "mobile_number", "employer_phone")


def numbers_on(story: Story, html: str) -> list[str]:
    """Which of the person's numbers stand whole on a page."""
    basic, plain = story.detail().values["basic_info"], re.sub(r"\s", "", html)
    return [name for name in NUMBERS if f">{basic[name]}<" in plain]


@pytest.mark.parametrize("login", WATCHERS)
def test_outside_the_chain_the_person_s_numbers_are_masked_until_one_asks(
    app: App, enter: Enter, story: Story, login: str
) -> None:
    visitor = enter(login)
    address = f"/declarations/{story.case_key}"
    ways = (address, f"/declaration/{story.case_key}/print", f"/cases/{story.case_key}/print")
    assert [numbers_on(story, visitor.get(way).html) for way in ways] == [[], [], []]
    page = visitor.get(address)
    assert "证件号码和电话已隐去部分数字" in page.words
    shown = visitor.post(f"{address}/numbers", {"csrf_token": visitor.csrf})
    assert (shown.status, numbers_on(story, shown.html)) == (200, list(NUMBERS))
    assert looks(app, story)[-1][2] == "numbers"
    assert numbers_on(story, visitor.get(f"{address}/numbers").html) == []
    assert "完整证件号码和电话" in enter("auditor").get(f"/monitor/looks?case={story.case_key}").words


@pytest.mark.parametrize("login", ["hosp3_officer", "hosp3_leader", "medu_officer", "office_officer"])
def test_inside_the_chain_the_numbers_are_whole(app: App, enter: Enter, story: Story, login: str) -> None:
    page = enter(login).get(f"/declarations/{story.case_key}")
    assert (numbers_on(story, page.html), "隐去" in page.words) == (list(NUMBERS), False)
    assert looks(app, story) == []


def test_a_batch_of_sheets_made_from_outside_writes_down_its_looks(app: App, story: Story) -> None:
    """A reviewing officer of everywhere whose units the declaration does not pass."""
    with app.database.transaction() as tx:
        inside = actor_of_login(tx, "office_officer", "case_officer")
        outside = replace(
            inside, login="measurer", units=frozenset(), groups=frozenset(), principals=frozenset(), everywhere=True
        )
        for actor in (inside, outside):
            export_general_sheets(tx, actor, [story.case_key])
    assert looks(app, story) == [("measurer", "case_officer", "print")]
