"""Certificates and review records: what they say, who has them, what verifies, what is sealed (F4, J22, Q42)."""

import io
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook

from engine.access import Actor
from engine.bootstrap import App
from engine.declaration.exchange.certificate_sources import NATIONAL
from engine.declaration.exchange.templates import save_template
from engine.document import FileStore, find_attachment
from engine.document.seals import Seals, make_seals
from engine.document.templates import add_template, put_in_force
from engine.errors import InvalidInput, NotAllowed, NotFound, Refused
from engine.flow.batch_running import run_batch
from engine.flow.batches import batch_of
from engine.organisation import Passwords
from engine.result.certificate_sheets import TEMPLATE, certificate_sheet, sealed_pdf
from engine.result.certificates import verify_certificate
from engine.result.delivery import Papers, deliver
from engine.result.records import review_record
from engine.result.reporting import certificate_report
from engine.result.tables import CertificateState, review_result, title_certificate
from engine.review_meeting.balloting.tables import tally
from tests.declaration.story import Story
from tests.result.decided import DOCUMENT, STAMP, Decided
from tests.support.pdf import plain, read_pdf

t, r, b = title_certificate.c, review_result.c, tally.c


@pytest.fixture(scope="module")
def database_url(sqlite_url: str) -> str:
    return sqlite_url


@pytest.fixture
def granted(decided: Decided) -> Decided:
    """The whole way to the certificates."""
    decided.publish()
    decided.end_publicity()
    decided.forward()
    decided.do("approve_results", {"outcome": "approve", "opinion": None}, by=decided.office)
    decided.do("issue_document", {**DOCUMENT, "document_files": [decided.upload(decided.office)]}, by=decided.office)
    return decided


def certificates(granted: Decided) -> list[Any]:
    found = granted.rows(sa.select(title_certificate).where(t.handling == granted.handling).order_by(t.certificate_no))
    return list(found)


def with_dossier(granted: Decided, place: int) -> int:
    """Put a real dossier behind the result at that place; its case."""
    key = Story(granted.database).submitted().case_key
    old = granted.declarations[place]
    with granted.database.transaction() as tx:
        for column in (r.declaration, t.declaration, b.declaration):
            tx.execute(sa.update(column.table).where(column == old).values({column: key}))
    granted.declarations[place] = key
    return key


def holder(one: Any) -> Actor:
    return Actor(1, "holder", "测试申报人", person=one.person)


@pytest.mark.catalogue("F4", "J22")
def test_a_certificate_says_what_was_granted_and_is_kept_for_decades(granted: Decided) -> None:
    one = certificates(granted)[0]
    sheet = granted.hall.ask(certificate_sheet, granted.officer, one.key)
    content = sheet.pdf(tagged=False)
    printed = read_pdf(content).text
    for text in (one.name, one.identity_number, one.certificate_no, one.code, one.document_no, "2026年6月15日"):
        assert plain(text) in printed
    assert b"pdfaid:part" in content
    assert len(read_pdf(content).pages) == 1


@pytest.mark.catalogue("F4")
def test_the_holder_and_the_offices_have_it_and_nobody_else(granted: Decided) -> None:
    first, second = certificates(granted)
    for reader in (holder(first), granted.officer, granted.office):
        assert granted.hall.ask(certificate_sheet, reader, first.key).name.endswith(first.certificate_no)
    strangers = [granted.hall.stranger] + ([holder(second)] if second.person != first.person else [])
    for stranger in strangers:
        with pytest.raises(NotFound):
            granted.hall.ask(certificate_sheet, stranger, first.key)


@pytest.mark.catalogue("F4", "J22")
def test_number_and_code_together_verify_and_a_revoked_one_says_so(granted: Decided) -> None:
    with granted.database.transaction() as tx:
        mine = t.handling == granted.handling
        tx.execute(sa.update(title_certificate).where(mine).values(identity_number="990000199001011014"))
    one = certificates(granted)[0]
    found = granted.hall.ask(verify_certificate, one.certificate_no, one.code)
    assert (found.state, found.row["name"]) == (CertificateState.VALID, one.name)
    assert found.identity_number == "990000********1014"
    assert granted.hall.ask(verify_certificate, one.certificate_no, "0" * 16) is None
    assert granted.hall.ask(verify_certificate, "职称202699999", one.code) is None
    with granted.database.transaction() as tx:
        tx.execute(sa.update(title_certificate).where(t.key == one.key).values(state=CertificateState.REVOKED))
    assert granted.hall.ask(verify_certificate, one.certificate_no, one.code).state is CertificateState.REVOKED
    sheet = granted.hall.ask(certificate_sheet, granted.officer, one.key)
    assert sheet.data["watermark"] == "已撤销"


@pytest.mark.catalogue("F4", "Q42", "J19")
def test_the_record_counts_the_votes_and_only_the_office_has_it(granted: Decided) -> None:
    passed = with_dossier(granted, 1)
    sheet = granted.hall.ask(review_record, granted.officer, granted.handling, passed)
    committee = sheet.data["committee"]
    assert [committee[name] for name in ("present", "agree", "disagree", "abstain")] == [29, 20, 9, 0]
    assert committee["opinion"] == "经评审委员会投票表决，需 20，得 20（29 人出席），评审通过。"
    assert DOCUMENT["document_no"] in committee["approval"]
    printed = sheet.pdf(tagged=False)
    assert (b"pdfaid:part" in printed, "评审通过" in read_pdf(printed).text) == (True, True)
    failed = sa.update(review_result).where(r.declaration == passed).values(passed=False, state="decided")
    with granted.database.transaction() as tx:
        tx.execute(failed)
    other = granted.hall.ask(review_record, granted.officer, granted.handling, passed).data["committee"]
    assert (other["opinion"].endswith("评审未通过。"), other["approval"]) == (True, "")
    with pytest.raises(NotAllowed):
        granted.hall.ask(review_record, holder(certificates(granted)[0]), granted.handling, passed)


def test_a_result_under_way_has_no_record_yet(decided: Decided) -> None:
    with pytest.raises(Refused, match="发证以后才能生成评审表"):
        decided.hall.ask(review_record, decided.officer, decided.handling, decided.declarations[0])
    with decided.database.transaction() as tx, pytest.raises(InvalidInput, match="证书在发文以后生成"):
        deliver(tx, decided.officer, decided.handling, Papers.CERTIFICATES)


@pytest.mark.catalogue("F4", "Q32")
def test_one_many_and_all_come_as_an_archive_also_after_closing(granted: Decided) -> None:
    granted.do("deliver_certificates", {"outcome": "deliver", "delivery_remark": None})
    granted.do("close_meeting", {"outcome": "close", "closing_remark": None})
    first = with_dossier(granted, 0)
    assert names(granted, Papers.CERTIFICATES, [granted.declarations[1]]) == ["职称证书"]
    assert names(granted, Papers.CERTIFICATES, None) == ["职称证书", "职称证书"]
    assert names(granted, Papers.BOTH, [first]) == ["职称证书", "评审表"]


def names(granted: Decided, papers: Papers, which: list[int] | None) -> list[str]:
    """The folders of what is in the archive."""
    database = granted.database
    with database.transaction() as tx:
        key = deliver(tx, granted.officer, granted.handling, papers, which)
    run_batch(database, key)
    with database.read() as tx:
        held = batch_of(tx, granted.officer, key)
        assert (held.row["failed"], held.row["refused"]) == (0, 0)
        file = find_attachment(tx, granted.officer, held.row["attachment"], lambda *_: True)
        content = tx.service(FileStore).read(file.sha256)
    return sorted(name.partition("/")[0] for name in zipfile.ZipFile(io.BytesIO(content)).namelist())


@pytest.mark.catalogue("W15")
def test_a_program_seals_and_what_it_cannot_seal_leaves_the_place_for_ink(granted: Decided, tmp_path: Path) -> None:
    sheet = granted.hall.ask(certificate_sheet, granted.officer, certificates(granted)[0].key)
    program = tmp_path / "stamp.py"
    program.write_text(STAMP)
    sealed = sealed_pdf(sheet, make_seals(f"command:{sys.executable} {program}"))
    assert sealed.endswith(b"%sealed by " + str(sheet.data["sealed_by"]).encode())
    assert "盖章有效" not in read_pdf(sealed).text
    for seals in (Seals(), make_seals("command:/nonexistent")):
        assert "盖章有效" in read_pdf(sealed_pdf(sheet, seals)).text
    with pytest.raises(ValueError, match="ZHIPING_SEAL"):
        make_seals("https://seal.example")


@pytest.mark.catalogue("W15")
def test_the_certificates_are_reported_by_the_shipped_map_or_one_of_the_unit_s(granted: Decided) -> None:
    with_dossier(granted, 0)
    first, second = certificates(granted)
    name, cells = reported(granted)
    assert name == "测试评审会议-全国职称查询服务"
    titles, *rows = cells
    assert titles == [one["title"] for one in NATIONAL]
    assert [row[titles.index("证书编号")] for row in rows] == [first.certificate_no, second.certificate_no]
    told = dict(zip(titles, rows[0], strict=True))
    assert (told["批准文号"], told["发文日期"], told["取得时间"]) == ("示范职改〔2026〕1号", "2026-06-20", "2026-06-15")
    assert (told["取得方式"], told["证书状态"], told["证件号码"]) == ("评审", "有效", first.identity_number)
    columns = [
        {"title": "ZSBH", "source": "certificate_no", "format": "label"},
        {"title": "QDSJ", "source": "obtained_on", "format": "digits"},
        {"title": "LX", "source": "", "text": "职称"},
    ]
    template = {"name": "省库", "receiver": "省库", "direction": "certificates", "remark": "", "columns": columns}
    with granted.database.transaction() as tx:
        key = save_template(tx, granted.officer, template)
        revoked = sa.update(title_certificate).where(t.key == second.key).values(state=CertificateState.REVOKED)
        tx.execute(revoked)
    assert reported(granted, key)[1] == [
        ["ZSBH", "QDSJ", "LX"],
        [first.certificate_no, "20260615", "职称"],
        [second.certificate_no, "20260615", "职称"],
    ]
    assert [row[titles.index("证书状态")] for row in reported(granted)[1][1:]] == ["有效", "已撤销"]
    for key in (granted.declarations[0], 1):
        with pytest.raises(NotFound):
            granted.hall.ask(certificate_report, granted.officer, granted.handling, key)
    with pytest.raises(NotFound):
        granted.hall.ask(certificate_report, granted.hall.stranger, granted.handling)


def reported(granted: Decided, template: int | None = None) -> tuple[str, list[list[Any]]]:
    name, content = granted.hall.ask(certificate_report, granted.officer, granted.handling, template)
    sheet = load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    return name, [list(row) for row in sheet.iter_rows(values_only=True)]


@pytest.mark.catalogue("W15")
def test_nothing_is_reported_before_the_document_is_issued(decided: Decided) -> None:
    with pytest.raises(Refused, match="还没有发文公布"):
        decided.hall.ask(certificate_report, decided.officer, decided.handling)


@pytest.mark.catalogue("F4")
def test_staff_replace_the_certificate_s_template(app: App, granted: Decided) -> None:
    assert isinstance(app.passwords, Passwords)
    admin = granted.hall.who("office_admin", "title_office_admin")
    one = certificates(granted)[0]
    source = (
        b"#let data = json(bytes(sys.inputs.data))\n"
        b"#set document(date: datetime(year: 2026, month: 6, day: 20))\n"
        b"OWN #data.certificate_no"
    )
    with granted.database.transaction() as tx:
        key = add_template(tx, admin, {TEMPLATE: "职称证书"}, kind=TEMPLATE, year=one.year, content=source)
        put_in_force(tx, admin, key, in_force=True)
    printed = read_pdf(granted.hall.ask(certificate_sheet, granted.officer, one.key).pdf(tagged=False)).text
    assert printed.startswith("OWN")
    with granted.database.transaction() as tx:
        put_in_force(tx, admin, key, in_force=False)
