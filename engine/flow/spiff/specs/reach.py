"""From where a token can still come to an inclusive join."""

from collections import defaultdict
from collections.abc import Callable, Collection

from engine.flow.model import Element, Kind, Process, Trigger

LinkTarget = Callable[[Process, Element], Element | None]


def reach_of(process: Process, join: Element, link_target: LinkTarget) -> dict[str, Collection[str]]:
    """For each incoming flow the elements of the scope from which it can be reached without passing the join."""
    before = _predecessors(process, join.scope, link_target)
    return {flow_id: _back_from(process.flows[flow_id].source, join.id, before) for flow_id in join.incoming}


def _predecessors(process: Process, scope: str, link_target: LinkTarget) -> dict[str, list[str]]:
    """A token goes over flows, from an activity to its boundary events, and from link to link."""
    before: dict[str, list[str]] = defaultdict(list)
    for element in process.elements.values():
        if element.scope != scope:
            continue
        for flow_id in element.outgoing:
            before[process.flows[flow_id].target].append(element.id)
        if element.attached_to is not None:
            before[element.id].append(element.attached_to)
        if element.kind is Kind.THROW_EVENT and element.event is not None and element.event.trigger is Trigger.LINK:
            target = link_target(process, element)
            if target is not None:
                before[target.id].append(element.id)
    return before


def _back_from(source: str, join: str, before: dict[str, list[str]]) -> Collection[str]:
    found: set[str] = set()
    todo = [source]
    while todo:
        element_id = todo.pop()
        if element_id != join and element_id not in found:
            found.add(element_id)
            todo += before[element_id]
    return frozenset(found)
