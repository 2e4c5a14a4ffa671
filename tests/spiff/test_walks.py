"""Stored and loaded after every step, a case runs as one that never was; and as the library runs it, where it can."""

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from lxml import etree
from SpiffWorkflow.bpmn import BpmnEvent, BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from tests.spiff.play import Play
from tests.spiff.shapes import IN_THE_LIBRARY, SHAPES
from tests.spiff.walk import DiceHost, Die, walk
from tests.support.diagram import Diagram

PROCESSES = sorted(Path(__file__).parents[2].joinpath("processes").glob("**/*.bpmn"))


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_a_case_restarted_after_every_step_runs_as_one_in_memory(shape: Callable[[], Diagram]) -> None:
    xml = shape().xml()
    for seed in range(30):
        assert walk(xml, seed, 40, restart=True) == walk(xml, seed, 40, restart=False)


@pytest.mark.parametrize("path", PROCESSES, ids=lambda path: path.stem)
def test_every_process_of_the_release_survives_a_restart_after_every_step(path: Path) -> None:
    xml = path.read_bytes()
    executable = "//*[local-name()='process'][@isExecutable='true']/@id"
    for process in etree.fromstring(xml).xpath(executable):  # type: ignore[union-attr]
        for seed in range(10):
            kept = walk(xml, seed, 60, restart=False, process=str(process))
            assert walk(xml, seed, 60, restart=True, process=str(process)) == kept


class _DiceEngine(PythonScriptEngine):
    def __init__(self, die: Die) -> None:
        super().__init__()
        self.die = die

    def evaluate(self, task: Task, expression: str, external_context: object = None) -> bool:
        return self.die.throws(expression)


class Library:
    """The library alone: its parser, its workflow, its serializer after every step."""

    def __init__(self, xml: bytes, seed: int) -> None:
        self.die = Die(seed)
        parser = BpmnParser()
        parser.add_bpmn_str(xml)
        self.serializer = BpmnWorkflowSerializer()
        self.workflow = BpmnWorkflow(
            parser.get_spec("p"), parser.get_subprocess_specs("p"), script_engine=_DiceEngine(self.die)
        )
        self.rest()

    def rest(self) -> None:
        self.workflow.do_engine_steps()
        stored = self.serializer.serialize_json(self.workflow)
        self.workflow = self.serializer.deserialize_json(stored)
        self.workflow.script_engine = _DiceEngine(self.die)

    def tasks(self) -> list[Task]:
        return [task for task in self.workflow.get_tasks(state=TaskState.READY) if task.task_spec.manual]

    def where(self) -> list[str]:
        return sorted(task.task_spec.bpmn_id for task in self.tasks())

    def complete(self, element_id: str) -> None:
        next(task for task in self.tasks() if task.task_spec.bpmn_id == element_id).run()
        self.rest()

    def waiting(self) -> list[str]:
        events = [task.task_spec for task in self.workflow.get_tasks(state=TaskState.WAITING)]
        return sorted(
            name
            for spec in events
            if isinstance(spec, CatchingEvent)
            for definition in getattr(spec.event_definition, "event_definitions", [spec.event_definition])
            if isinstance(definition, MessageEventDefinition) and (name := definition.name)
        )

    def fire(self, message: str) -> None:
        self.workflow.send_event(BpmnEvent(MessageEventDefinition(message), {}))
        self.rest()


@pytest.mark.parametrize("shape", IN_THE_LIBRARY, ids=lambda shape: shape.__name__)
def test_our_tokens_move_as_the_library_moves_them(shape: Callable[[], Diagram]) -> None:
    """Message events have the name of their message in these shapes, so both sides can be led alike.

    The one difference: an event that does not interrupt (`note`) happens once in the library, in BPMN as often as it is
    fired. The walks fire it once.
    """
    xml = shape().xml()
    for seed in range(15):
        ours, theirs, choose = Play(xml, host=DiceHost(seed)), Library(xml, seed), Random(seed)
        ours.start()
        for number in range(25):
            ours.host.die.step = theirs.die.step = number + 1  # type: ignore[attr-defined]
            tasks = sorted(a.element.id for a in ours.run.active() if a.role == "task")
            events = sorted(element.id for element in ours.host.waiting.values())
            assert tasks == theirs.where()
            assert [event for event in events if event != "note" or event in theirs.waiting()] == theirs.waiting()
            assert (ours.run.state == "completed") == theirs.workflow.completed
            moves = [("complete", task) for task in tasks] + [("fire", event) for event in theirs.waiting()]
            if not moves:
                break
            verb, element_id = choose.choice(moves)
            getattr(ours, verb)(element_id)
            getattr(theirs, verb)(element_id)
