"""One step of the interpreter stays cheap, and a case stays small however often it is returned."""

from engine.flow.spiff.bench import measure_steps


def test_a_step_costs_little_and_a_case_weighs_little() -> None:
    line, once, often = measure_steps(rounds=200)
    assert line.milliseconds <= 0.4
    assert once.milliseconds <= 1
    assert often.milliseconds <= 1
    assert once.bytes == often.bytes <= 1024
