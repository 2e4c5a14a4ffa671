"""What passes (J07): the decision of the round, asked once for each count that occurs, and its sentence."""

from dataclasses import dataclass
from typing import Any

from engine.db import Transaction
from engine.flow.decision_query import evaluate_decision
from engine.review_meeting.balloting.tables import Outcome


@dataclass(frozen=True, slots=True)
class Decided:
    """`needed` are the votes it takes; `sentence` explains the result to whoever reads it."""

    outcome: Outcome
    needed: int
    sentence: str


class PassRule:
    """One version of `pass`, the one the round was opened with."""

    def __init__(self, tx: Transaction, key: int) -> None:
        self._tx = tx
        self._key = key
        self._answers: dict[tuple[int, int], dict[str, Any]] = {}

    def decide(self, yes: int, attending: int, recused: int) -> Decided:
        """`attending` are those on the roll with a vote: without the `recused` (J13)."""
        answer = self._answer(yes, attending)
        outcome, needed = Outcome(answer["outcome"]), int(answer["needed"])
        return Decided(outcome, needed, sentence_of(outcome, yes, needed, attending, recused))

    def _answer(self, yes: int, attending: int) -> dict[str, Any]:
        found = self._answers.get((yes, attending))
        if found is None:
            _, result = evaluate_decision(self._tx, None, self._key, {"yes": yes, "attending": attending})
            assert isinstance(result.value, dict)
            found = self._answers[yes, attending] = result.value
        return found


def sentence_of(outcome: Outcome, yes: int, needed: int, attending: int, recused: int) -> str:
    """`需 20，得 19（30 人出席，1 人回避，29 人有表决权）`: who is recused is there and has no vote (J13).

    `attending` are those with a vote. Where nobody is recused they are all who are there: `需 20，得 19（29 人出席）`.
    """
    if not attending:
        return f"出席评委全部回避（{recused} 人），没有人可以表决"
    aside = f"，{recused} 人回避，{attending} 人有表决权" if recused else ""
    words = "，规则未决" if outcome is Outcome.UNDECIDED else ""
    return f"需 {needed}，得 {yes}（{attending + recused} 人出席{aside}）{words}"
