"""What a meeting's office takes out: lists, notice, minutes, the sealed record (F1, F2, J19, J29)."""

import copy
import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook
from typer.testing import CliRunner

from engine.committee.tables import expert
from engine.document.seals import Seals, make_seals
from engine.errors import NotFound, Refused
from engine.result.certificate_sheets import sealed_pdf
from engine.result.exports import Export, export_of
from engine.result.handlings import handling_of
from engine.result.record_chain import check_record
from engine.result.sealed_record import sealed_record
from engine.result.tables import review_result
from engine.review_meeting.balloting.tables import Choice, ballot_roll, ballot_round, named_choice
from engine.review_meeting.tables import ExpertPost, ExpertSource, Invitation, meeting_expert
from tests.result.decided import STAMP, Decided
from tests.support.pdf import read_pdf
from web.cli import app as command_line

r, b = review_result.c, ballot_round.c
EXPERT = "测试评委甲"


@pytest.fixture(scope="module")
def database_url(sqlite_url: str) -> str:
    return sqlite_url


@pytest.fixture
def held(decided: Decided) -> Decided:
    """The meeting with an expert who voted, and names of the declarants."""
    decided.hall.committee(experts=1)
    with decided.database.transaction() as tx:
        row = tx.row(sa.select(ballot_round).where(b.meeting == decided.meeting))
        assert row is not None
        key = tx.value(sa.select(sa.func.max(expert.c.id)))
        tx.insert(
            meeting_expert,
            meeting=decided.meeting,
            expert=key,
            committee=row.committee,
            group=None,
            post=ExpertPost.CHAIR,
            source=ExpertSource.DRAWN,
            invited=Invitation.CONFIRMED,
            decline_reason="",
            signed_in_at=tx.now,
            signed_out_at=None,
            name=EXPERT,
            login="990000000000000000",
            workplace="示范单位",
            specialty=None,
        )
        tx.insert(ballot_roll, round=row.key, expert=key, login="99", name=EXPERT, group=None, cast_at=tx.now)
        tx.insert(named_choice, round=row.key, expert=key, declaration=decided.declarations[0], choice=Choice.NO)
        for place, declaration in enumerate(decided.declarations):
            tx.execute(sa.update(review_result).where(r.declaration == declaration).values(name=f"测试申报人{place}"))
    return decided


def rows_of(held: Decided, which: Export) -> list[list[Any]]:
    """The cells of the workbook."""
    made = held.hall.ask(export_of, held.officer, held.handling, which)
    sheet = load_workbook(io.BytesIO(made.workbook())).active
    assert sheet is not None
    return [list(row) for row in sheet.iter_rows(values_only=True)]


@pytest.mark.catalogue("F1", "F2")
@pytest.mark.parametrize(("which", "names"), [(Export.PASSED, ["0", "1"]), (Export.FAILED, ["2"])])
def test_the_lists_hold_who_passed_and_who_did_not_with_the_counts(
    held: Decided, which: Export, names: list[str]
) -> None:
    titles, *rows = rows_of(held, which)
    assert [row[titles.index("姓名")] for row in rows] == [f"测试申报人{name}" for name in names]
    votes = {"测试申报人0": 29, "测试申报人1": 20, "测试申报人2": 19}
    assert [row[titles.index("同意")] for row in rows] == [votes[f"测试申报人{name}"] for name in names]


@pytest.mark.catalogue("F1", "Q21")
def test_the_notice_has_neither_numbers_nor_votes(held: Decided) -> None:
    with pytest.raises(Refused, match="还没有发起公示"):
        held.hall.ask(export_of, held.officer, held.handling, Export.NOTICE)
    held.publish()
    titles, *rows = rows_of(held, Export.NOTICE)
    assert titles == ["姓名", "申报单位", "申报系列", "申报专业", "申报职称"]
    assert len(rows) == 2


@pytest.mark.catalogue("J19", "F1")
def test_the_experts_are_listed_for_the_inside_and_named_in_nothing_public(held: Decided) -> None:
    assert EXPERT in [row[0] for row in rows_of(held, Export.EXPERTS)]
    with pytest.raises(NotFound):
        held.hall.ask(export_of, held.hall.stranger, held.handling, Export.EXPERTS)
    held.publish()
    public = [rows_of(held, which) for which in (Export.NOTICE, Export.PASSED, Export.FAILED)]
    assert EXPERT not in json.dumps(public, ensure_ascii=False, default=str)


@pytest.mark.catalogue("J19", "J29")
def test_the_minutes_say_who_was_there_and_the_counts_and_leave_the_chair_a_place_to_sign(held: Decided) -> None:
    sheet = held.hall.ask(export_of, held.officer, held.handling, Export.MINUTES).sheet()
    content = sheet.pdf()
    printed = read_pdf(content).text
    for text in (EXPERT, "实到评委1人", "通过2人，未通过1人", "ballot_pass2026", "签字：", "评审委员会（公章）"):
        assert text in printed
    assert b"pdfaid:part" in content


@pytest.mark.catalogue("F2", "W15")
@pytest.mark.parametrize("which", [Export.EXPERTS, Export.PASSED, Export.FAILED, Export.MINUTES])
def test_each_list_is_a_pdf_that_a_program_seals_or_that_leaves_the_place_for_ink(
    held: Decided, which: Export, tmp_path: Path
) -> None:
    made = held.hall.ask(export_of, held.officer, held.handling, which)
    place = "评审委员会（公章）" if which is Export.MINUTES else "（盖章有效）"
    unit = held.hall.ask(handling_of, held.officer, held.handling).row["unit_name"]
    printed = read_pdf(sealed_pdf(made.sheet(), Seals(), tagged=True)).text
    title = "评审会议记录" if which is Export.MINUTES else made.title
    assert (title in printed, place in printed) == (True, True)
    program = tmp_path / "stamp.py"
    program.write_text(STAMP)
    sealed = sealed_pdf(made.sheet(), make_seals(f"command:{sys.executable} {program}"))
    assert sealed.endswith(b"%sealed by " + unit.encode())
    assert place not in read_pdf(sealed).text


@pytest.mark.catalogue("J19")
def test_a_sealed_record_verifies_and_holds_no_vote(held: Decided) -> None:
    record = held.hall.ask(sealed_record, held.officer, held.handling)
    assert check_record(json.loads(json.dumps(record))) == []
    parts = {part["name"]: part["entries"] for part in record["parts"]}
    assert [row["yes"] for row in parts["counts"]] == [29, 20, 19]
    assert parts["rolls"] == [{"round": parts["ballots"][0]["key"], "name": EXPERT, "cast": True, "recused": 0}]
    assert parts["results"][2]["passed"] is False
    assert "choice" not in json.dumps(record)


@pytest.mark.catalogue("J19")
@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda record: of(record, "counts")[2].update(yes=20), ("counts", 3)),
        (lambda record: of(record, "attendance").pop(), ("attendance", 0)),
        (lambda record: record["parts"].pop(), ("record", 0)),
        (lambda record: record["parts"].pop(4), ("ballots", 0)),
        (lambda record: record.update(signature="00" * 64), ("signature", 0)),
    ],
)
def test_what_was_changed_afterwards_is_named(held: Decided, change: Any, said: tuple[str, int]) -> None:
    record = copy.deepcopy(held.hall.ask(sealed_record, held.officer, held.handling))
    change(record)
    assert said in [(one.part, one.entry) for one in check_record(record)]


def of(record: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return next(part["entries"] for part in record["parts"] if part["name"] == name)


def test_the_command_line_verifies_a_record_without_a_database(held: Decided, tmp_path: Path) -> None:
    record = held.hall.ask(sealed_record, held.officer, held.handling)
    file, run = tmp_path / "record.json", CliRunner()
    file.write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")
    assert run.invoke(command_line, ["check", "--record", str(file)]).exit_code == 0
    assert run.invoke(command_line, ["check", "--record", str(file), "--key", "00" * 32]).exit_code == 1
    of(record, "results")[0]["passed"] = False
    file.write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")
    changed = run.invoke(command_line, ["check", "--record", str(file)])
    assert (changed.exit_code, changed.stdout.startswith("results 1: changed:")) == (1, True)
    file.write_text("{}", encoding="utf-8")
    assert run.invoke(command_line, ["check", "--record", str(file)]).exit_code == 2
