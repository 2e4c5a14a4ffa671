"""What is measured without a server: the interpreter's own steps."""

from collections.abc import Iterator

from engine.flow.spiff.bench import measure_steps
from web.bench.measure import Measure

#: the most a step may take and a case may weigh: on a plain line, and where a task has a deadline, a reminder and a way back
LINE, DECLARATION = 0.4, 1.0
BYTES = 1024


def measure_interpreter() -> Iterator[Measure]:
    for number, step in enumerate(measure_steps()):
        yield Measure(step.name, "", "step", step.milliseconds, "ms", DECLARATION if number else LINE)
        yield Measure(step.name, "", "snapshot", step.bytes, "bytes", BYTES)
