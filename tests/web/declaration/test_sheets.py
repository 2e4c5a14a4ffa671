"""通用表 in the browser: paper and copies, the PDF, many as a batch, comparing a printed sheet, who gets nothing."""

import httpx
import pytest
import sqlalchemy as sa

from engine.bootstrap import App
from engine.document.tables import document_template
from tests.support.pdf import read_pdf
from tests.support.visitor import Visitor
from tests.web.declaration.conftest import Enter, Tell


@pytest.mark.catalogue("W5")
def test_an_applicant_prints_the_draft_and_later_what_was_handed_in(enter: Enter, tell: Tell) -> None:
    story = tell()
    story.start()
    visitor = enter(story.applicant.login)
    chosen = visitor.get(f"/declaration/{story.case_key}/sheet")
    assert (chosen.status, "草稿" in chosen.words) == (200, True)
    draft = visitor.client.get(f"/declaration/{story.case_key}/sheet.pdf")
    assert (draft.status_code, draft.headers["content-type"]) == (200, "application/pdf")
    assert draft.headers["content-disposition"].startswith("inline; filename*=UTF-8''%E9%80%9A%E7%94%A8%E8%A1%A8")
    story.fill()
    story.submit()
    two = visitor.client.get(f"/declaration/{story.case_key}/sheet.pdf?copies=2&paper=a3&download=1")
    assert two.headers["content-disposition"].startswith("attachment")
    assert set(read_pdf(two.content).sizes) == {(420, 297)}


@pytest.mark.catalogue("U16")
def test_who_does_not_see_a_declaration_gets_no_sheet_of_it(enter: Enter, tell: Tell) -> None:
    story = tell().submitted()
    for login in ("city_officer", tell("talent_officer").applicant.login):
        visitor = enter(login)
        for page in ("sheet", "sheet.pdf"):
            assert visitor.get(f"/declaration/{story.case_key}/{page}").status == 404


@pytest.mark.catalogue("U16", "Q7")
def test_officers_export_what_they_ticked_or_the_whole_query(enter: Enter, tell: Tell) -> None:
    story = tell().submitted()
    visitor = enter("hosp3_officer")
    with story.database.read() as tx:
        task = story.task_key(tx)
    proof = {"X-CSRF-Token": visitor.csrf}
    ticked = visitor.post("/declarations/general-sheets", {"task": str(task)}, **proof)
    assert ticked.path.startswith("/batches/")
    assert "导出通用表（1 份）" in ticked.words
    number = story.detail().row["identity_number"]
    whole = visitor.post(
        "/declarations/general-sheets", {"all": "1", "list": f"tab=pending&identity_number={number}"}, **proof
    )
    assert "导出通用表（1 份）" in whole.words
    assert "批量导出通用表" in visitor.get("/declarations").words
    assert "全部导出通用表" in visitor.page.words
    assert visitor.post("/declarations/general-sheets", {"ids": "1"}, **proof).status == 422


@pytest.mark.catalogue("W1")
def test_the_publicity_sheet_and_the_overview_are_pdfs(enter: Enter, tell: Tell) -> None:
    story = tell().submitted()
    visitor = enter("hosp3_officer")
    for address in ("publicity.pdf", f"overview.pdf?identity_number={story.detail().row['identity_number']}"):
        answer = visitor.client.get(f"/declarations/{address}")
        assert (answer.status_code, set(read_pdf(answer.content).sizes)) == (200, {(420, 297)})


@pytest.mark.catalogue("W5")
def test_an_officer_compares_a_printed_sheet(enter: Enter, tell: Tell) -> None:
    story = tell().submitted()
    number = story.detail().row["declaration_no"]
    visitor = enter("hosp3_officer")
    assert "不一致" in visitor.get(f"/verify?number={number}&code=0000-0000-0000").words
    assert "没有找到" in visitor.get("/verify?number=2026-999999&code=0000").words
    assert enter(story.applicant.login).get("/verify").status == 403


# --- templates of the title office ------------------------------------------------------------------------------------

OWN = '#import "/shared/paper.typ": *\n#let data = json(bytes(sys.inputs.data))\n#show: paper.with(data)\n改过的版式 #data.number\n'


def send_template(visitor: Visitor, source: str, **fields: str) -> httpx.Response:
    visitor.get("/print-templates")
    form = {**visitor.page.form("/print-templates"), "kind": "declaration/general_sheet", "year": "2026", **fields}
    form.pop("file", None)
    return visitor.client.post("/print-templates", data=form, files={"file": ("通用表.typ", source.encode())})


@pytest.mark.catalogue("W5")
def test_the_title_office_puts_its_own_template_in_force_and_takes_it_back(enter: Enter, tell: Tell) -> None:
    story = tell().submitted()
    office = enter("office_admin")

    def printed() -> str:
        answer = office.client.get(f"/declaration/{story.case_key}/sheet.pdf")
        return read_pdf(answer.content).text

    assert send_template(office, OWN, note="新版式").status_code == 200
    assert "改过的版式" not in printed()
    address = next(link for link in office.get("/print-templates").links if link.endswith("preview.pdf"))
    assert "改过的版式" in read_pdf(office.client.get(address).content).text
    force = address.replace("preview.pdf", "in-force")
    office.submit(force)
    assert printed().startswith("供签字盖章改过的版式")
    office.submit(force)
    assert "改过的版式" not in printed()


def test_a_template_that_cannot_be_set_is_told_what_is_wrong(enter: Enter, tell: Tell) -> None:
    tell().submitted()
    office = enter("office_admin")
    for source in ("#let", '#read("/etc/passwd")', "#nothing"):
        refused = send_template(office, source)
        assert (refused.status_code, "文档模板有误：" in refused.text) == (422, True)
    assert send_template(office, OWN, year="26").status_code == 422


def test_a_template_that_fails_with_the_data_of_somebody_gives_way_to_the_releases(
    app: App, enter: Enter, tell: Tell
) -> None:
    story = tell().submitted()
    with app.database.transaction() as tx:
        tx.insert(
            document_template,
            key=tx.next_key(),
            kind="declaration/general_sheet",
            year=2026,
            version=99,
            note="",
            source="#panic()",
            in_force=True,
            by="",
            at=tx.now,
        )
    answer = enter("hosp3_officer").client.get(f"/declaration/{story.case_key}/sheet.pdf")
    with app.database.transaction() as tx:
        tx.execute(sa.delete(document_template))
    assert (answer.status_code, "评审表" in read_pdf(answer.content).text) == (200, True)


def test_templates_are_the_title_offices_alone(enter: Enter) -> None:
    assert [
        enter("hosp3_officer").get(path).status
        for path in ("/print-templates", "/print-templates/release/general_sheet.typ")
    ] == [
        403,
        403,
    ]
