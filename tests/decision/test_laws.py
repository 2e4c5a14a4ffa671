"""Laws between the hit policies, over random tables."""

from hypothesis import given
from hypothesis import strategies as st

from engine.decision import DecisionError, Model
from engine.feel import Value
from tests.decision.build import column, decision, model, result, rule, table

TESTS = st.sampled_from(["-", "1", "< 2", "> 1", "not(2)", "[1..2]", "null", '"a"'])
ROWS = st.lists(st.tuples(TESTS, st.sampled_from(["1", "2", "3"])), min_size=1, max_size=5)
VALUES = st.sampled_from([None, 0, 1, 2, 3, "a", True])


def ask(rows: list[tuple[str, str]], value: object, policy: str, aggregation: str = "") -> Value:
    drawn = table(
        [column("x")],
        [result("y", allowed="3, 2, 1")],
        [rule([test], [output]) for test, output in rows],
        policy=policy,
        aggregation=aggregation,
    )
    return Model(model(decision("d", drawn))).evaluate("d", {"x": value}).value


@given(ROWS, VALUES)
def test_policies_agree_with_collect(rows: list[tuple[str, str]], value: object) -> None:
    every = ask(rows, value, "COLLECT")
    assert ask(rows, value, "RULE ORDER") == every
    assert ask(rows, value, "OUTPUT ORDER") == sorted(every, reverse=True)
    assert ask(rows, value, "FIRST") == (every[0] if every else None)
    assert ask(rows, value, "PRIORITY") == max(every, default=None)
    assert ask(rows, value, "COLLECT", "COUNT") == len(every)
    assert ask(rows, value, "COLLECT", "SUM") == (sum(every) if every else None)


@given(ROWS, VALUES)
def test_unique_and_any_agree_with_collect_or_refuse(rows: list[tuple[str, str]], value: object) -> None:
    every = ask(rows, value, "COLLECT")
    for policy, refused in (("UNIQUE", len(every) > 1), ("ANY", len(set(every)) > 1)):
        try:
            assert ask(rows, value, policy) == (every[0] if every else None)
            assert not refused
        except DecisionError:
            assert refused
