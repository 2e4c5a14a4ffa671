"""Many at once: a ballot pressed twice, the chair closing while papers come in. One outcome, nothing lost."""

import threading
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from engine.errors import Refused
from engine.review_meeting.balloting.casting import AlreadyCast
from engine.review_meeting.balloting.checking import check_ballots
from engine.review_meeting.balloting.tables import ballot_roll, sealed_paper
from tests.review_meeting.balloting.hall import Hall

MakeHall = Callable[..., Hall]


def together(*acts: Callable[[], object]) -> list[object]:
    """Begin all at the same moment; what each gave or raised."""
    barrier = threading.Barrier(len(acts))
    results: list[object] = [None] * len(acts)

    def run(number: int, act: Callable[[], object]) -> None:
        barrier.wait()
        try:
            results[number] = act()
        except Exception as error:
            results[number] = error

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.catalogue("M19")
def test_a_ballot_pressed_twice_is_cast_once(hall: MakeHall) -> None:
    here = hall()
    here.open()
    found = together(lambda: here.cast(0, "+++"), lambda: here.cast(0, "---"))
    codes = [one for one in found if isinstance(one, str)]
    assert len(codes) == 1
    assert isinstance(next(one for one in found if one not in codes), (AlreadyCast, Refused, StopIteration))
    here.close()
    here.count()
    assert (here.tally().round.papers, here.tally().round.receipts) == (1, codes)


@pytest.mark.catalogue("J08")
def test_closing_while_papers_come_in_counts_exactly_those_that_were_taken(hall: MakeHall) -> None:
    here = hall(experts=7, present=7, members=7)
    here.open()
    here.cast(0, "+++")
    found = together(*(lambda number=number: here.cast(number, "+++") for number in range(1, 7)), here.close)
    taken = 1 + sum(isinstance(one, str) for one in found[:-1])
    assert all(isinstance(one, str | Refused | StopIteration) for one in found[:-1])
    here.count()
    tally = here.tally()
    voted = here.rows(
        sa.select(ballot_roll.c.expert).where(
            ballot_roll.c.round == tally.round.key, ballot_roll.c.cast_at.is_not(None)
        )
    )
    assert (tally.round.papers, len(voted), len(tally.round.receipts)) == (taken, taken, taken)
    assert {row.yes for row in tally.rows} == {taken}
    assert here.rows(sa.select(sealed_paper).where(sealed_paper.c.round == tally.round.key)) == []
    with here.app.database.read() as tx:
        assert list(check_ballots(tx)) == []
