"""The way through a scope: it begins once, reaches everything, ends somewhere, and never turns without a wait."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from engine.flow.model import Element, Kind, Process, Trigger
from engine.flow.spiff.lint.finding import File, Notes
from engine.flow.spiff.specs.build import link_target

_WAITS = {
    Kind.USER_TASK,
    Kind.SERVICE_TASK,
    Kind.SEND_TASK,
    Kind.RECEIVE_TASK,
    Kind.CALL_ACTIVITY,
    Kind.EVENT_GATEWAY,
}


def check_paths(file: File, notes: Notes) -> None:
    for process in file.processes:
        for scope in [process.id, *(e.id for e in process.elements.values() if e.kind is Kind.SUB_PROCESS)]:
            elements = [element for element in process.elements.values() if element.scope == scope]
            after = _successors(process, elements)
            _check_starts(process, scope, elements, notes)
            _check_reach(elements, after, notes)
            _check_ends(elements, notes)
            _check_cycles(process, elements, after, notes)


def _successors(process: Process, elements: Iterable[Element]) -> Mapping[str, list[str]]:
    after: dict[str, list[str]] = defaultdict(list)
    for element in elements:
        after[element.id] += [process.flows[flow].target for flow in element.outgoing]
        if element.attached_to is not None:
            after[element.attached_to].append(element.id)
        if is_link_throw(element):
            target = link_target(process, element)
            after[element.id] += [target.id] if target is not None else []
    return after


def is_link_throw(element: Element) -> bool:
    return element.kind is Kind.THROW_EVENT and element.event is not None and element.event.trigger is Trigger.LINK


def _check_starts(process: Process, scope: str, elements: list[Element], notes: Notes) -> None:
    starts = [element for element in elements if element.kind is Kind.START_EVENT]
    plain = [e for e in starts if e.event is None or e.event.trigger is Trigger.NONE]
    if scope != process.id:
        if len(starts) != 1 or len(plain) != 1:
            message = f"子流程应恰好有一个无触发条件的开始事件，现有 {len(starts)} 个开始事件，请修改。"
            notes.about("sub-process-start", process.elements[scope], message)
    elif not starts:
        notes.about("no-start", process, "流程没有开始事件，请添加。")
    for extra in plain[1:] if scope == process.id else ():
        notes.about("several-starts", extra, "流程有多个无触发条件的开始事件，请只保留一个。")


def _check_reach(elements: list[Element], after: Mapping[str, list[str]], notes: Notes) -> None:
    found: set[str] = set()
    todo = [element.id for element in elements if element.kind is Kind.START_EVENT]
    while todo:
        element_id = todo.pop()
        if element_id not in found:
            found.add(element_id)
            todo += after[element_id]
    for element in elements:
        if element.id not in found:
            notes.about("unreachable", element, "从开始事件走不到这里，请连上连线或删除这个节点。")


def _check_ends(elements: list[Element], notes: Notes) -> None:
    for element in elements:
        if element.kind is Kind.END_EVENT:
            if element.outgoing:
                notes.about("flow-direction", element, "结束事件之后不能再有连线，请删除它或改用中间事件。")
        elif not element.outgoing and not is_link_throw(element):
            notes.about("dead-end", element, "这里之后没有连线，流程走到此处无法继续，请连到下一个节点或结束事件。")
        if element.kind in (Kind.START_EVENT, Kind.BOUNDARY_EVENT) and element.incoming:
            notes.about("flow-direction", element, "开始事件和边界事件不能有进入的连线，请改接到其他节点。")
        if is_link_throw(element) and element.outgoing:
            notes.about("flow-direction", element, "链接抛出事件之后不能有连线，请从链接捕获事件继续画。")


def _check_cycles(process: Process, elements: list[Element], after: Mapping[str, list[str]], notes: Notes) -> None:
    """Each group of automatic elements from which one comes back to it without a person, event or job."""
    automatic = {element.id for element in elements if not _waits(process, element)}
    for group in _turning(automatic, after):
        first = next(element for element in elements if element.id in group)
        names = "、".join(element.name or element.id for element in elements if element.id in group)
        notes.about(
            "cycle-without-wait", first, f"回路 {names} 中没有任何等待，会一直空转，请在回路中加入任务或等待事件。"
        )


def _waits(process: Process, element: Element) -> bool:
    if element.kind is Kind.SUB_PROCESS:
        return any(_waits(process, inner) for inner in process.elements.values() if inner.scope == element.id)
    trigger = element.event.trigger if element.event is not None else Trigger.NONE
    if element.kind is Kind.CATCH_EVENT:
        return trigger is not Trigger.LINK
    return element.kind in _WAITS or element.job is not None or element.kind is Kind.BOUNDARY_EVENT


def _turning(automatic: set[str], after: Mapping[str, list[str]]) -> Iterator[set[str]]:
    """Groups in which each element reaches each other one, without recursion: what is left after peeling both ends."""
    onward = {element_id: {other for other in after[element_id] if other in automatic} for element_id in automatic}
    backward = _reversed(onward)
    rest = automatic - _without(onward, backward) - _without(backward, onward)
    while rest:
        seed = min(rest)
        forward = _closure({seed}, onward, rest)
        back = _closure({seed}, backward, rest)
        group = forward & back
        if len(group) > 1 or seed in onward[seed]:
            yield group
        rest -= group


def _without(onward: Mapping[str, set[str]], backward: Mapping[str, set[str]]) -> set[str]:
    """The elements to which no group leads: those without one before them, then those that only these lead to."""
    before = {element_id: len(backward.get(element_id, ())) for element_id in {*onward, *backward}}
    found: set[str] = set()
    todo = [element_id for element_id, count in before.items() if not count]
    while todo:
        element_id = todo.pop()
        found.add(element_id)
        for other in onward.get(element_id, ()):
            before[other] -= 1
            if not before[other]:
                todo.append(other)
    return found


def _closure(seeds: set[str], onward: Mapping[str, set[str]], within: set[str]) -> set[str]:
    found: set[str] = set()
    todo = list(seeds)
    while todo:
        element_id = todo.pop()
        if element_id not in found:
            found.add(element_id)
            todo += onward.get(element_id, set()) & within
    return found


def _reversed(onward: Mapping[str, set[str]]) -> Mapping[str, set[str]]:
    back: dict[str, set[str]] = defaultdict(set)
    for element_id, others in onward.items():
        for other in others:
            back[other].add(element_id)
    return back
