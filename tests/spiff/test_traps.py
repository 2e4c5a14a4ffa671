"""The traps of the library that no other test closes by name. Joins in loops: test_gateways; depth: test_snapshot;
late events: test_boundaries; reserved names, running twice, loops without a gateway: test_activities; links: test_events."""

import logging
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import orjson
import pytest

from engine.flow.spiff.library import CACHED_RESOURCES, CompiledProcess, compile_resource
from engine.flow.spiff.lint import check_resource
from engine.flow.spiff.machine import Machine, NoScripts
from engine.flow.spiff.runner import Run
from tests.spiff.play import FakeHost, Play
from tests.spiff.shapes import SHAPES, fork_join, many_items
from tests.spiff.walk import walk
from tests.support.diagram import Diagram


def test_the_same_bytes_are_compiled_once() -> None:
    xml = Diagram("once").start().end().xml()
    assert compile_resource(xml) is compile_resource(xml)
    for number in range(CACHED_RESOURCES):
        compile_resource(Diagram(f"p{number}").start().end().xml())
    assert compile_resource(xml).sha256 == compile_resource(xml).sha256


def _state(compiled: CompiledProcess) -> list[tuple[str, object]]:
    specs = [*compiled.specs.process.task_specs.values()]
    specs += [spec for sub in compiled.specs.subs.values() for spec in sub.task_specs.values()]
    skipped = {"_wf_spec", "element", "boundaries", "item", "arms", "target", "flow"}
    return [
        (spec.name, {k: repr(v) for k, v in vars(spec).items() if k not in skipped and "event" not in k})
        for spec in specs
    ]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_running_a_case_does_not_change_what_others_run_on(shape: object) -> None:
    """An event sub-process of the library changes the specification all later cases share."""
    xml = shape().xml()  # type: ignore[operator]
    compiled = next(iter(compile_resource(xml).processes.values()))
    before = _state(compiled)
    first = walk(xml, 3, 30, restart=True)
    assert _state(compiled) == before
    assert walk(xml, 3, 30, restart=True) == first


def test_threads_share_what_is_compiled() -> None:
    """The library's serializer is not safe between threads; ours has nothing to share."""
    xml = many_items().xml()
    expected = [walk(xml, seed, 30, restart=True) for seed in range(24)]
    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(lambda seed: walk(xml, seed, 30, restart=True), range(24))) == expected


def test_the_order_of_keys_in_a_stored_snapshot_does_not_matter() -> None:
    """JSONB reorders keys; the library's task data are silently empty then."""
    play = Play(fork_join()).start().complete("b", "a")
    sorted_keys = orjson.dumps(orjson.loads(play.snapshot), option=orjson.OPT_SORT_KEYS)
    assert Run(play.compiled, play.host, sorted_keys).active() == play.run.active()


def test_no_variable_ever_lies_in_a_task_or_a_snapshot() -> None:
    """Values with the key `typename`, shared nested objects, merges by list index: none of it can happen."""
    play = Play(many_items(), {"items": [{"typename": "x"}, "机密"], "one": True, "two": False, "three": False}).start()
    assert b"typename" not in play.snapshot
    assert "机密" not in play.snapshot.decode()
    machine: Machine = play.run._machine
    assert all(task.data == {} for scope in machine.scopes() for task in scope.tasks.values())


def test_nothing_of_a_finished_sub_process_stays() -> None:
    """The library keeps their trees for ever."""
    content = Diagram("i").start("s2").user("b").end("e2")
    diagram = (
        Diagram()
        .start()
        .exclusive("m")
        .sub("box", content)
        .exclusive("g")
        .when("=false")
        .end()
        .at("g")
        .otherwise()
        .to("m")
    )
    play = Play(diagram, restart=False)
    play.host.keys = 10_000
    play.start()
    size = len(play.snapshot)
    for _ in range(50):
        play.complete("b")
    assert len(play.run._machine.subprocesses) == 1
    assert len(play.run._machine.tasks) == 2
    assert len(play.snapshot) == size


def test_python_in_a_diagram_is_never_run() -> None:
    """In the library a condition may read `__import__('os').popen('id').read()`."""
    for evil in ("__import__('os').popen('id').read()", "=().__class__.__base__.__subclasses__()"):
        diagram = Diagram().start().exclusive("g").when(evil).end("e1").at("g").otherwise().end("e2")
        assert "feel-syntax" in {finding.rule for finding in check_resource(diagram.xml())}
    for call in ("evaluate", "execute"):
        with pytest.raises(AssertionError):
            getattr(NoScripts(), call)(None, "1 + 1")


def test_the_library_writes_no_ids_or_data_into_logs() -> None:
    """Below WARNING it puts all data of a task into each record."""
    names = [name for name in logging.root.manager.loggerDict if name.startswith("spiff")]
    assert {"spiff.workflow", "spiff.task"} <= set(names)
    assert all(logging.getLogger(name).getEffectiveLevel() >= logging.WARNING for name in names)


def test_a_scope_that_ends_nowhere_still_ends() -> None:
    """In the library a node without a way on never completes its process; the lint refuses it besides."""
    diagram = Diagram().start().user("a")
    play = Play(diagram).start().complete("a")
    assert play.run.state == "completed"


@pytest.mark.parametrize(
    "extra", ["<bpmn:complexGateway id='x'/>", "<bpmn:transaction id='x'/>", "<bpmn:magic id='x'/>"]
)
def test_what_the_library_ignores_or_breaks_on_is_refused(extra: str) -> None:
    findings = check_resource(Diagram().start().end().raw(extra).xml())
    assert [(finding.severity, finding.element) for finding in findings][:1] == [("error", "x")]


def test_a_thousand_elements_in_a_line_are_read_and_run() -> None:
    """The library's parser goes one level deeper for every element."""
    diagram = Diagram()
    parts = (
        ["<bpmn:startEvent id='s'/>"]
        + [f"<bpmn:exclusiveGateway id='n{n}'/>" for n in range(1000)]
        + ["<bpmn:endEvent id='e'/>"]
    )
    ids = ["s", *(f"n{n}" for n in range(1000)), "e"]
    parts += [
        f"<bpmn:sequenceFlow id='f{n}' sourceRef='{a}' targetRef='{b}'/>" for n, (a, b) in enumerate(pairwise(ids))
    ]
    xml = diagram.raw("".join(parts)).xml()
    assert check_resource(xml) == []
    play = Play(xml, restart=False).start()
    assert play.run.state == "completed"
    assert play.run.steps == 1002


def test_a_host_error_that_is_no_fault_leaves_the_run() -> None:
    """Only `ProcessFault` becomes an incident; a defect must not be hidden as one."""

    class Broken(FakeHost):
        def took(self, flow_id: str) -> None:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        Play(Diagram().start().end(), host=Broken()).start()
