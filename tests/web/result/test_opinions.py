"""What an applicant reads of a vote: the outcome, and the opinions where the committee shows them; never who voted, or how (Q42)."""

from collections.abc import Callable
from decimal import Decimal

import pytest
import sqlalchemy as sa

from engine.access import Actor
from engine.committee.tables import committee
from engine.result.opinions import opinions_for
from engine.result.tables import ResultState, review_result
from engine.review_meeting.scoring.tables import dossier_score
from engine.review_meeting.tables import ExpertPost, ExpertSource, Invitation, meeting_expert
from tests.declaration.story import Story
from tests.result.decided import Decided
from tests.support.visitor import Visitor

WRITTEN = "论文有新意。测试评委甲建议补充临床病例，测试评委同意。"
#: what must not reach an applicant, wherever it might come from
SECRETS = ("测试评委", "exp900", "91.25", "需 20", "得 23", "29 人出席")


@pytest.fixture
def reviewed(decided: Decided) -> Story:
    """A declaration that a ballot has decided, with a score, an opinion that names its writers, and counts."""
    story = Story(decided.database).submitted()
    detail = story.detail()
    with decided.database.transaction() as tx:
        row = tx.rows(sa.select(review_result).where(review_result.c.declaration == decided.declarations[0]))[0]
        own = {
            "declaration": story.case_key,
            "declaration_no": detail.row["declaration_no"],
            "person": story.applicant.person,
            "state": ResultState.DECIDED,
            "yes": 23,
            "sentence": "需 20，得 23（29 人出席）",
        }
        tx.insert(review_result, **{**row._mapping, **own})
        for number, name in enumerate(("测试评委", "测试评委甲")):
            tx.insert(
                meeting_expert,
                meeting=decided.meeting,
                expert=tx.next_key(),
                committee=row.committee,
                group=None,
                post=ExpertPost.MEMBER,
                source=ExpertSource.CHOSEN,
                invited=Invitation.CONFIRMED,
                decline_reason="",
                name=name,
                login=f"exp900{number}",
                workplace="示范医院（示例）",
            )
        tx.insert(
            dossier_score,
            meeting=decided.meeting,
            declaration=story.case_key,
            expert="exp9000",
            items=[],
            total=Decimal("91.25"),
            opinion=WRITTEN,
            scored_at=tx.now,
        )
    return story


def show(decided: Decided, shown: bool) -> None:
    with decided.database.transaction() as tx:
        held = sa.select(review_result.c.committee).where(review_result.c.meeting == decided.meeting)
        tx.execute(sa.update(committee).where(committee.c.id.in_(held)).values(show_opinions=shown))


@pytest.mark.catalogue("Q42")
@pytest.mark.parametrize("shown", [False, True])
def test_an_applicant_reads_opinions_where_the_committee_shows_them_and_never_names_or_votes(
    decided: Decided, reviewed: Story, visitor: Callable[[str], Visitor], shown: bool
) -> None:
    show(decided, shown)
    applicant = visitor(reviewed.applicant.login)
    for address in ("/declaration", f"/declarations/{reviewed.case_key}", f"/cases/{reviewed.case_key}"):
        page = applicant.get(address)
        assert (page.status, [one for one in SECRETS if one in page.html]) == (200, [])
        assert "失信处理" not in page.words
        opinion = "论文有新意。评委建议补充临床病例，评委同意。" in page.words
        assert opinion == (shown and not address.startswith("/cases"))


@pytest.mark.catalogue("Q42")
def test_nobody_but_the_applicant_reads_the_opinions(decided: Decided, reviewed: Story) -> None:
    show(decided, True)

    def read(actor: Actor) -> int:
        return len(decided.hall.ask(opinions_for, actor, reviewed.case_key))

    other = Story(decided.database)
    assert [read(one) for one in (reviewed.applicant, other.applicant, decided.officer, decided.office)] == [1, 0, 0, 0]
