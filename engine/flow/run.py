"""A command on one case: loaded under its lock, run until every token rests, stored once.

`Execution` is the interpreter's host. The interpreter moves tokens and comes to rest at every activity; what an
activity does (open a task, do a job, decide, call) is done in between, by `engine.flow.activities`.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from time import thread_time
from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.db import Transaction
from engine.errors import NotFound, ProcessFault
from engine.feel import Expression
from engine.flow import activities, conditions, endings, failures, items
from engine.flow.closings import Closings
from engine.flow.evaluation import Evaluation
from engine.flow.faults import BpmnError
from engine.flow.instances import Instance, store_instance
from engine.flow.item_rows import ItemRows
from engine.flow.journal import Journal
from engine.flow.loading import Loaded
from engine.flow.mapping import apply_mappings
from engine.flow.model import Element, EventDetails, Kind, Trigger
from engine.flow.opening import store_task
from engine.flow.registry import registry_of
from engine.flow.scopes import Scopes
from engine.flow.spiff.runner import Run
from engine.flow.tables import ElementState, case, element_instance, job
from engine.flow.waits import Waits


class Execution:
    """One case in one transaction.

    `interactive` says that a person waits for the answer: what their input breaks is refused as a whole. Where nobody
    does (timers, messages, jobs) it becomes an incident.
    """

    def __init__(self, tx: Transaction, actor: Actor, loaded: Loaded, *, interactive: bool = False) -> None:
        self.tx = tx
        self.actor = actor
        self.interactive = interactive
        self.registry = registry_of(tx)
        self.case = loaded.case
        self.key: int = loaded.case["key"]
        self.is_new = loaded.is_new
        self.definition = self.registry.library.process(tx, loaded.case["definition_key"])
        self.process = self.definition.process
        self.scopes = Scopes(tx, self.key, self.definition.names, fresh=loaded.is_new)
        if loaded.variables is not None:
            self.scopes.take_up(loaded.variables)
        self.evaluation = Evaluation(tx, self.registry, self.scopes)
        self.journal = Journal(self.key, self.case["journal_seq"], self.case["journal_hash"])
        self.instances: dict[int, Instance] = {}
        self.all_known = loaded.is_new
        self.closings = Closings(self)
        self.waiting = Waits(self)
        #: rows of this command by the key of their element instance
        self.opened: dict[int, dict[str, Any]] = {}
        self.jobs: dict[int, dict[str, Any]] = {}
        #: incidents of this command by element instance
        self.incidents: dict[int, dict[str, Any]] = {}
        self.items = ItemRows(tx, self.key)
        #: keys of incidents this command resolves
        self.resolved: set[int] = set()
        self.resolution: str | None = None
        #: principals a new case begins with
        self.parties: set[str] = set()
        self.rests: deque[Instance] = deque()
        #: what other cases of this transaction have for this one (a called case that has ended already)
        self.arrivals: deque[Callable[[], None]] = deque()
        self.ending: BpmnError | None = None
        #: conditional events: the moment each was last asked, those of this command, those of earlier ones
        self.asked: dict[int, int] = {}
        self.fresh: set[int] = set()
        self.stored_conditions: list[dict[str, Any]] | None = None
        #: what the history of the variables says changed them
        self.task_key: int | None = None
        self.reason: str | None = None
        self.last_left: dict[str, Instance] = {}
        self._element_seq: int = self.case["element_seq"]
        self.run = Run(
            self.definition.compiled,
            self,
            self.case["snapshot"],
            definition_key=self.case["definition_key"],
            step_limit=self.registry.limits.steps,
            deadline=thread_time() + self.registry.limits.seconds,
        )
        #: how deep in code of a slice or of another case, that has to come to this one instead of the database
        self._busy = 0
        if (running := running_case(tx, self.key)) is not None:
            raise RuntimeError(f"case {running.key} is being run by this very command")
        tx.memo["case", self.key] = self

    # --- what the interpreter asks and tells --------------------------------------------------------------------------

    def new_key(self) -> int:
        return self.tx.next_key()

    def evaluate(self, expression: Expression, scope: int, element: Element) -> object:
        self.know(scope)
        return self.evaluation.feel(expression, scope, element.id, "condition")

    def entered(self, element: Element, key: int, scope: int, item: int | None) -> None:
        instance = self.enter(element, key, scope or self.key, item)
        if item is not None:
            items.bind(self, instance)
        if not instance.is_body:
            self.map_inputs(instance)
        if activities.rests(element):
            self.rests.append(instance)

    def left(self, element: Element, key: int, scope: int, outcome: str) -> None:
        instance = self.instance(element, key, scope)
        completed = outcome == ElementState.COMPLETED
        if completed and element.kind is Kind.SUB_PROCESS:
            if instance.is_body:
                items.collect(self, instance)
            elif element.outputs and instance.item is None:
                self.map_outputs(instance, {})
        elif completed and element.outputs and element.event is not None and element.event.trigger not in BRINGING:
            self.map_outputs(instance, {})
        self.leave(instance, ElementState.COMPLETED if completed else ElementState.CANCELLED)

    def waits(self, element: Element, event: EventDetails, key: int, owner: int, scope: int) -> None:
        self.know(scope)
        self.waiting.arm(element, event, key, owner, scope or self.key)

    def stops_waiting(self, element: Element, key: int) -> None:
        self.waiting.disarm(element, key)

    def took(self, flow_id: str) -> None:
        instance = self.last_left.get(self.process.flows[flow_id].source)
        if instance is None:
            return
        instance.took.append(flow_id)
        if instance.left_at is None:
            instance.state, instance.left_at = ElementState.COMPLETED, self.tx.now

    def failed(self, element: Element, key: int, scope: int, code: str, message: str) -> None:
        """Stop at the element. One that is done but finds no flow that holds stays open until it does."""
        instance = self.instance(element, key, scope)
        instance.left_at = None
        failures.raise_incident(self, instance, code, message)

    def uncaught(self, element: Element, key: int, scope: int, trigger: Trigger, code: str | None) -> bool:
        """Hand an error or escalation to the case that called this one."""
        return endings.hand_up(self, trigger, code)

    def collection(self, element: Element, scope: int) -> list[object]:
        return items.open_collection(self, element, scope)

    def item_completed(self, element: Element, key: int, scope: int, item: int) -> None:
        """One item of a multi-instance sub-process is done: its results are brought out, then its output is kept."""
        instance = self.instance(element, key, scope)
        if element.outputs:
            self.map_outputs(instance, {})
        items.take_output(self, instance)

    # --- instances ----------------------------------------------------------------------------------------------------

    def enter(self, element: Element, key: int, scope: int, item: int | None) -> Instance:
        """Note that an instance begins, or begins again where a fault had stopped it."""
        instance = self.instances.get(key)
        if instance is None:
            self._element_seq += 1
            instance = Instance(key, element, scope, item, self._element_seq, self.tx.now)
            self.instances[key] = instance
            self.scopes.enclose(key, scope, begun=True)
        instance.state = ElementState.ACTIVE
        if status := element.properties.get("status"):
            self.case["status"] = status
        return instance

    def leave(self, instance: Instance, state: ElementState) -> None:
        """Note that an instance ends: what hangs on it is closed, its local variables go."""
        instance.state = state
        instance.left_at = self.tx.now
        self.last_left[instance.element.id] = instance
        self.closings.left(instance)
        self.scopes.leave(instance.key, may_have=instance.stored)

    def instance(self, element: Element, key: int, scope: int) -> Instance:
        """The instance of that key. One from an earlier command is read only where more than its key matters."""
        known = self.instances.get(key)
        if known is None and not self.all_known and (element.multi is not None or scope):
            self._read_instances(element_instance.c.key == key)
            known = self.instances.get(key)
        if known is None:
            known = Instance(key, element, scope or self.key, None, 0, self.tx.now, stored=True)
            self.instances[key] = known
            self.scopes.enclose(key, known.scope)
        return known

    def instance_of(self, key: int) -> Instance:
        """The active instance of that key, read alone. Raises `NotFound` where there is none."""
        if key not in self.instances and not self.all_known:
            self._read_instances(element_instance.c.key == key)
        if key not in self.instances:
            raise NotFound
        return self.instances[key]

    def know(self, scope: int) -> None:
        """Have the scopes around that one known."""
        while scope and scope != self.key:
            if scope not in self.instances and self.all_known:
                return
            scope = self.instance_of(scope).scope

    def load_instances(self) -> None:
        """Read every active instance of the case."""
        if self.all_known:
            return
        self.all_known = True
        self._read_instances(sa.true())

    def _read_instances(self, which: sa.ColumnElement[bool]) -> None:
        e = element_instance.c
        query = sa.select(e.key, e.element_id, e.scope_key, e.item_index, e.seq, e.entered_at, e.state)
        for row in self.tx.connection.execute(query.where(e.case_key == self.key, e.left_at.is_(None), which)):
            element = self.process.elements.get(row.element_id)
            if element is not None and row.key not in self.instances:
                self.adopt(
                    Instance(row.key, element, row.scope_key, row.item_index, row.seq, row.entered_at, row.state)
                )

    def adopt(self, instance: Instance) -> Instance:
        """Take up an instance from an earlier command."""
        instance.stored = True
        self.instances[instance.key] = instance
        self.scopes.enclose(instance.key, instance.scope)
        return instance

    # --- variables ----------------------------------------------------------------------------------------------------

    def map_inputs(self, instance: Instance) -> None:
        element, key = instance.element, instance.key
        if element.inputs:
            self.know(instance.scope)
            apply_mappings(
                element.inputs,
                lambda value: self.evaluation.value(value, key, element.id, "input"),
                lambda name: self.scopes.get(key, name),
                lambda name, value: self.scopes.declare(key, name, value),
            )

    def map_outputs(self, instance: Instance, results: Mapping[str, Any]) -> None:
        """Bring the results of an element to where they belong.

        With outputs the results are its own and only the targets go up; without, each result goes to the nearest scope
        that has the name, else to the case. The targets of an item are looked for from the item itself, as in Camunda 8:
        so they reach its output element.
        """
        element, key = instance.element, instance.key
        outer = instance.scope if instance.item is None else key
        self.know(instance.scope)
        if not element.outputs:
            for name, value in results.items():
                self.scopes.assign(key, name, value)
            return
        for name, value in results.items():
            self.scopes.declare(key, name, value)
        apply_mappings(
            element.outputs,
            lambda value: self.evaluation.value(value, key, element.id, "output"),
            lambda name: self.scopes.get(outer, name),
            lambda name, value: self.scopes.assign(outer, name, value),
        )

    # --- going on -----------------------------------------------------------------------------------------------------

    def complete(self, instance: Instance, results: Mapping[str, Any] | None = None) -> None:
        """The content of an activity is done: map its results and let the token go on."""
        try:
            self.map_outputs(instance, results or {})
            if instance.item is not None:
                items.finish(self, instance)
                return
        except ProcessFault as fault:
            failures.raise_incident(self, instance, failures.OUTPUT, fault.message)
            return
        self.run.complete(instance.key)

    def throw_error(self, instance: Instance, error: BpmnError, job_key: int | None = None) -> None:
        """A business error at an activity: its boundary, an enclosing scope or the calling case takes over."""
        body = self.instance_of(instance.scope) if items.is_item(instance) else instance
        for name, value in error.variables.items():
            self.scopes.assign(body.scope, name, value)
        if self.run.throw_error(body.key, error.code):
            return
        if endings.hand_up(self, Trigger.ERROR, error.code, error):
            self.run.cancel()
        else:
            name = instance.element.name or instance.element.id
            message = f"“{name}”出现业务错误 {error.code}（{error.message}），没有边界事件捕获。"
            failures.raise_incident(self, instance, "uncaught_error", message, job_key=job_key)

    def throw_escalation(self, instance: Instance, code: str | None) -> None:
        """A called case escalates; where nothing catches it, it goes on unheard."""
        body = self.instance_of(instance.scope) if items.is_item(instance) else instance
        if not self.run.throw_escalation(body.key, code):
            endings.hand_up(self, Trigger.ESCALATION, code)

    def settle(self) -> None:
        """Do what activities are for until every token rests."""
        with self.busy():
            while self._do_next() or conditions.fire_true(self):
                pass

    def _do_next(self) -> bool:
        if self.arrivals:
            self.arrivals.popleft()()
        elif self.rests:
            self.perform(self.rests.popleft())
        else:
            return False
        return True

    @contextmanager
    def busy(self) -> Iterator[None]:
        """While others run inside this command, what they have for the case is done to it here, not in the database."""
        self._busy += 1
        try:
            yield
        finally:
            self._busy -= 1

    @property
    def is_busy(self) -> bool:
        return self._busy > 0

    def perform(self, instance: Instance) -> None:
        """Begin the content of an activity. A fault is an incident there, a business error goes to who catches it."""
        if instance.state is not ElementState.ACTIVE:
            return
        try:
            activities.begin(self, instance)
        except BpmnError as error:
            self.throw_error(instance, error)
        except ProcessFault as fault:
            self.fail(instance, fault)

    def fail(self, instance: Instance, fault: ProcessFault) -> None:
        failures.raise_incident(self, instance, fault.code, fault.message)

    # --- the end of the command ---------------------------------------------------------------------------------------

    def finish(self) -> None:
        """Settle, then put everything the command changed into the write set."""
        self.settle()
        if self.run.state != "running":
            endings.end_case(self)
        self.store()

    def store(self) -> None:
        """Put everything that changed into the write set; once per command."""
        tx = self.tx
        self.closings.store()
        failures.store(self)
        self.items.store()
        self.scopes.store(self.actor.login, tx.now, self.task_key, self.reason)
        self.case["snapshot"] = None if self.case["ended_at"] else self.run.dump()
        self.case["element_seq"] = self._element_seq
        self.journal.store(tx)
        self.case["journal_seq"], self.case["journal_hash"] = self.journal.seq, self.journal.head
        self.store_case()
        for instance in self.instances.values():
            if not instance.stored or instance.left_at is not None or instance.changed:
                store_instance(tx, self.key, instance)
        for row in self.opened.values():
            store_task(tx, row)
        for row in self.jobs.values():
            tx.writes.insert(job, row)
            self.announce(row)
        self.waiting.store()
        endings.project(self)
        tx.memo.pop(("case", self.key), None)

    def announce(self, row: Mapping[str, Any]) -> None:
        """Hand the next attempt of a job of our own to the worker, if one is told."""
        if row["internal"] and self.registry.enqueue is not None:
            self.registry.enqueue(self.tx, row)

    def is_resting(self, key: int) -> bool:
        """Whether the token of that instance waits for its content to be done."""
        return any(active.key == key and active.state == "resting" for active in self.run.active())

    def store_case(self) -> None:
        if self.is_new:
            self.tx.writes.insert(case, self.case)
        else:
            self.case["row_version"] += 1
            self.tx.writes.update(case, {"key": self.key}, {name: self.case[name] for name in CHANGES})


def running_case(tx: Transaction, key: int | None) -> Execution | None:
    """The execution of that case which is running the code that asks."""
    execution: Execution | None = tx.memo.get(("case", key))
    return execution if execution is not None and execution.is_busy else None


#: what brings variables along passes the outputs where it is received, started by or sent; other events when they end
BRINGING = frozenset({Trigger.MESSAGE, Trigger.SIGNAL})
#: the columns of a case a command writes back
CHANGES = (
    "definition_key",
    "title",
    "state",
    "has_incident",
    "status",
    "unit_id",
    "ended_at",
    "row_version",
    "snapshot",
    "element_seq",
    "journal_seq",
    "journal_hash",
)
