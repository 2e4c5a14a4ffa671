"""The elements of a process in the order one reads them: along the flows from the start, boundary events after their host."""

from collections import deque
from collections.abc import Iterable

from engine.flow.model import Element, Kind, Process

ACTIVITIES = frozenset(
    {
        Kind.USER_TASK,
        Kind.MANUAL_TASK,
        Kind.TASK,
        Kind.SERVICE_TASK,
        Kind.SCRIPT_TASK,
        Kind.BUSINESS_RULE_TASK,
        Kind.SEND_TASK,
        Kind.RECEIVE_TASK,
        Kind.CALL_ACTIVITY,
        Kind.SUB_PROCESS,
    }
)
#: what people take for a step of its own, reached or not
STEPS = frozenset({Kind.USER_TASK, Kind.CALL_ACTIVITY, Kind.SUB_PROCESS})
GATEWAYS = frozenset({Kind.EXCLUSIVE_GATEWAY, Kind.PARALLEL_GATEWAY, Kind.INCLUSIVE_GATEWAY, Kind.EVENT_GATEWAY})


def in_order(process: Process) -> list[Element]:
    """Every element once, the ones no flow reaches last."""
    attached: dict[str, list[str]] = {}
    inside: dict[str, list[str]] = {}
    for element in process.elements.values():
        if element.attached_to:
            attached.setdefault(element.attached_to, []).append(element.id)
        elif element.kind is Kind.START_EVENT:
            inside.setdefault(element.scope, []).append(element.id)
    found: dict[str, Element] = {}
    waiting = deque(start.id for start in process.starts)
    while waiting:
        _visit(process, waiting.popleft(), waiting, attached, inside, found)
    return [*found.values(), *(one for key, one in process.elements.items() if key not in found)]


def _visit(
    process: Process,
    element_id: str,
    waiting: deque[str],
    attached: dict[str, list[str]],
    inside: dict[str, list[str]],
    found: dict[str, Element],
) -> None:
    element = process.elements.get(element_id)
    if element is None or element_id in found:
        return
    found[element_id] = element
    waiting.extend(inside.get(element_id, ()))
    waiting.extend(_targets(process, element.outgoing))
    waiting.extend(attached.get(element_id, ()))


def _targets(process: Process, flows: Iterable[str]) -> list[str]:
    return [process.flows[flow].target for flow in flows if flow in process.flows]
