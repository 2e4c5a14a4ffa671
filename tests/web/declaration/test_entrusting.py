"""委托评审 on its pages: from the decision through the letter to the unit that accepts it."""

import re

import pytest

from engine.bootstrap import App
from engine.committee.demo import seed_demo_committees
from engine.declaration.demo_people import actor_of_login
from tests.support.visitor import Visitor
from tests.web.declaration.conftest import Enter, Tell


@pytest.fixture(autouse=True)
def committees(app: App) -> None:
    with app.database.transaction() as tx:
        seed_demo_committees(tx)


def buttons(visitor: Visitor) -> list[str]:
    """What the form on the right can be sent with."""
    form = visitor.page.html.partition('id="review-form"')[2].partition("</form>")[0]
    outcomes = form.partition('id="f-outcome"')[2]
    return [
        re.sub(r"<[^>]+>", "", words).strip() for words in re.findall(r"<button[^>]*>(.*?)</button>", outcomes, re.S)
    ]


@pytest.mark.catalogue("U22", "Q11")
def test_an_entrusted_review_goes_from_page_to_page(app: App, enter: Enter, tell: Tell) -> None:
    story = tell().submitted().climbed()
    address = f"/declarations/{story.case_key}/review"
    office = enter("office_officer")
    office.get(address)
    assert "委托评审" in buttons(office)
    office.submit(address, outcome="entrust", opinion="本省没有合适的评委会。")

    page = office.get(address)
    assert (buttons(office), "常用意见" in page.words) == (["提交"], False)
    entrustable = story.detail().variables["committee_proposal"]["entrustable"]
    other = next(one for one in entrustable if one["name"].startswith("示范省工业集团"))
    with app.database.transaction() as tx:
        letter = story.files(tx).upload(tx, actor_of_login(tx, "office_officer", "case_officer"), "委托函.pdf")["id"]
    typed = {
        "entrustment.letter_no": "测〔2026〕1 号",
        "entrustment.letter_date": "2026-06-01",
        "entrustment.reason": "没有合适的评委会",
        "committee": str(other["committee"]),
    }
    page = office.submit(address, **typed)
    assert page.status == 422
    office.submit(address, **typed, **{"entrustment.letter_file": str(letter)})
    assert (office.page.status, story.status) == (200, "委托中")
    assert "已办理。" in office.page.words

    accepting = enter("industry_officer")
    accepting.get(address)
    assert buttons(accepting)[:2] == ["受理", "不受理"]
    accepting.submit(address, outcome="accept")
    assert story.status == "评委会审查中"
