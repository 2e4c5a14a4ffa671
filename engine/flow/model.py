"""A process as the flow reads it: elements with their Camunda 8 extensions, compiled once per definition version.

`engine.flow.spiff` makes these from BPMN; nothing here knows the interpreter.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from engine.feel import Expression


class Kind(StrEnum):
    PROCESS = "process"
    SUB_PROCESS = "sub_process"
    CALL_ACTIVITY = "call_activity"
    USER_TASK = "user_task"
    MANUAL_TASK = "manual_task"
    TASK = "task"
    SERVICE_TASK = "service_task"
    SCRIPT_TASK = "script_task"
    BUSINESS_RULE_TASK = "business_rule_task"
    SEND_TASK = "send_task"
    RECEIVE_TASK = "receive_task"
    EXCLUSIVE_GATEWAY = "exclusive_gateway"
    PARALLEL_GATEWAY = "parallel_gateway"
    INCLUSIVE_GATEWAY = "inclusive_gateway"
    EVENT_GATEWAY = "event_based_gateway"
    START_EVENT = "start_event"
    CATCH_EVENT = "intermediate_catch_event"
    THROW_EVENT = "intermediate_throw_event"
    BOUNDARY_EVENT = "boundary_event"
    END_EVENT = "end_event"


class Trigger(StrEnum):
    """What an event waits for or does."""

    NONE = "none"
    MESSAGE = "message"
    TIMER = "timer"
    SIGNAL = "signal"
    ERROR = "error"
    ESCALATION = "escalation"
    CONDITION = "condition"
    TERMINATE = "terminate"
    LINK = "link"


class TimerKind(StrEnum):
    DATE = "date"
    DURATION = "duration"
    CYCLE = "cycle"


@dataclass(frozen=True, slots=True)
class Value:
    """A zeebe attribute: a fixed text, or FEEL where it begins with `=`."""

    text: str
    expression: Expression | None = None


@dataclass(frozen=True, slots=True)
class IoMapping:
    """One `zeebe:input` or `zeebe:output`: `source` is evaluated, the result lies at the path `target` (`a.b`)."""

    source: Value
    target: str


@dataclass(frozen=True, slots=True)
class TimerDefinition:
    kind: TimerKind
    value: Value
    #: id of a date of the year plan this timer follows (property `deadline`)
    deadline: str | None = None


@dataclass(frozen=True, slots=True)
class MultiInstance:
    """`zeebe:loopCharacteristics`; `body` is what one item runs."""

    sequential: bool
    input_collection: Value
    input_element: str | None
    output_collection: str | None
    output_element: Value | None
    completion_condition: Expression | None


@dataclass(frozen=True, slots=True)
class UserTaskDetails:
    form_id: str | None = None
    form_binding: str = "latest"
    form_version_tag: str | None = None
    external_form: str | None = None
    assignee: Value | None = None
    candidate_groups: Value | None = None
    candidate_users: Value | None = None
    due_date: Value | None = None
    follow_up_date: Value | None = None
    priority: Value | None = None


@dataclass(frozen=True, slots=True)
class JobDetails:
    """`zeebe:taskDefinition` with its headers, of service, send, script or rule tasks and of throwing messages."""

    type: Value
    retries: Value | None
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Called:
    """`zeebe:calledElement` or `zeebe:calledDecision`."""

    id: Value
    binding: str = "latest"
    version_tag: str | None = None
    result: str | None = None
    propagate_all_child: bool = False
    propagate_all_parent: bool = True


@dataclass(frozen=True, slots=True)
class EventDetails:
    trigger: Trigger
    #: name of the message or signal, code of the error or escalation; None catches any error or escalation
    name: Value | None = None
    correlation_key: Expression | None = None
    timer: TimerDefinition | None = None
    condition: Expression | None = None


@dataclass(frozen=True, slots=True)
class Element:
    """An element of the diagram. `scope` is the id of the enclosing sub-process, or of the process."""

    id: str
    kind: Kind
    name: str
    scope: str
    lane: str | None = None
    documentation: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)
    inputs: tuple[IoMapping, ...] = ()
    outputs: tuple[IoMapping, ...] = ()
    multi: MultiInstance | None = None
    user_task: UserTaskDetails | None = None
    job: JobDetails | None = None
    called: Called | None = None
    script: Expression | None = None
    result_variable: str | None = None
    event: EventDetails | None = None
    attached_to: str | None = None
    interrupting: bool = True
    incoming: tuple[str, ...] = ()
    outgoing: tuple[str, ...] = ()
    default_flow: str | None = None


@dataclass(frozen=True, slots=True)
class SequenceFlow:
    id: str
    name: str
    source: str
    target: str
    condition: Expression | None = None


@dataclass(frozen=True, slots=True)
class Process:
    """One executable process of a file."""

    id: str
    name: str
    version_tag: str | None
    documentation: str
    properties: Mapping[str, str]
    elements: Mapping[str, Element]
    flows: Mapping[str, SequenceFlow]
    #: lanes by id: (name, element ids)
    lanes: Mapping[str, tuple[str, tuple[str, ...]]]
    #: start events at the top level, by trigger
    starts: tuple[Element, ...]
    #: variable names every expression of an element's way on may read; what a command loads
    names: frozenset[str]
