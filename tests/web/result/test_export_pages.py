"""The exports and the sealed record on the pages; the way from the meeting (M8, F1, F2)."""

import json
from collections.abc import Callable

import pytest

from engine.result.record_chain import check_record
from tests.result.decided import Decided
from tests.support.visitor import Visitor

Who = Callable[..., Visitor]


@pytest.mark.catalogue("M8", "F1", "F2")
def test_every_list_is_taken_out_as_workbook_and_as_pdf(decided: Decided, visitor: Who) -> None:
    decided.publish()
    officer, base = visitor("medu_officer"), f"/results/{decided.handling}"
    page = officer.get(base)
    wanted = ("experts", "passed", "failed", "notice", "minutes")
    kinds = {}
    for which in wanted:
        for ending in ("xlsx", "pdf"):
            address = f"{base}/exports/{which}.{ending}"
            assert address in page.links
            kinds[which, ending] = officer.client.get(address).headers["content-type"].rpartition("/")[2]
    assert f"{base}/certificates.xlsx" not in page.links
    assert {kinds[which, "pdf"] for which in wanted} == {"pdf"}
    assert {kinds[which, "xlsx"] for which in wanted} == {"vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


@pytest.mark.catalogue("J19")
def test_the_sealed_record_is_the_office_s_alone(decided: Decided, visitor: Who) -> None:
    address = f"/results/{decided.handling}/sealed-record.json"
    record = json.loads(visitor("medu_officer").client.get(address).text)
    assert check_record(record) == []
    assert visitor("cedu_officer").get(address).status == 404
    assert visitor().get(address).path.startswith("/sign-in")


@pytest.mark.catalogue("F1", "F2")
def test_the_meeting_leads_to_what_follows_it(decided: Decided, visitor: Who) -> None:
    officer, address = visitor("medu_officer"), f"/results/of-meeting/{decided.meeting}"
    assert officer.get(address).path == f"/results/{decided.handling}"
    assert visitor("cedu_officer").get(address).status == 404
