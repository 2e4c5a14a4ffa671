"""The cost of an expression: a gateway with ten conditions must not be felt."""

from timeit import repeat

from engine.feel import compile_expression

TEXT = 'decision = "pass" and score >= 60'


def best(work: object, number: int) -> float:
    return min(repeat(work, number=number, repeat=5)) / number  # type: ignore[arg-type]


def test_a_condition_costs_microseconds() -> None:
    expression, context = compile_expression(TEXT), {"decision": "pass", "score": 61}
    assert best(lambda: expression.evaluate(context), 2_000) < 15e-6


def test_compiling_a_condition_costs_a_fraction_of_a_millisecond() -> None:
    compile_anew = compile_expression.__wrapped__
    assert best(lambda: compile_anew(TEXT), 100) < 0.5e-3
