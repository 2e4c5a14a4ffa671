"""What is thrown and caught nowhere."""

from collections.abc import Iterator

from engine.flow.model import Element, Kind, Process, Trigger
from engine.flow.spiff.lint.finding import File, Notes

_THROWING = (Kind.THROW_EVENT, Kind.END_EVENT, Kind.SEND_TASK)


def check_messages(file: File, notes: Notes) -> None:
    caught = {name for process in file.processes for name in caught_messages(process)}
    for process, element in file.elements():
        name = _message(element) if element.kind in _THROWING else None
        if name is not None and file.known.messages is not None and name not in caught | file.known.messages:
            message = f"消息“{name}”没有任何流程接收，请核对名称，或先发布接收它的流程。"
            notes.about("message-uncaught", element, message)
        _check_error(process, element, notes)


def caught_messages(process: Process) -> Iterator[str]:
    """Names of messages this process waits for or starts by."""
    for element in process.elements.values():
        name = _message(element) if element.kind not in _THROWING else None
        if name is not None:
            yield name


def _message(element: Element) -> str | None:
    event = element.event
    if event is None or event.trigger is not Trigger.MESSAGE or event.name is None or event.name.expression is not None:
        return None
    return event.name.text


def _check_error(process: Process, element: Element, notes: Notes) -> None:
    """An error in a sub-process that no border around it catches; at the top level the caller may."""
    event = element.event
    if element.kind is not Kind.END_EVENT or event is None or event.trigger is not Trigger.ERROR or event.name is None:
        return
    scope = element.scope
    while scope != process.id:
        if event.name.expression is not None or _catches(process, scope, event.name.text):
            return
        scope = process.elements[scope].scope
    if element.scope != process.id:
        message = f"错误 {event.name.text} 没有边界事件捕获，发生时案件会停在这里，请在子流程上加错误边界事件。"
        notes.about("error-uncaught", element, message)


def _catches(process: Process, owner: str, code: str) -> bool:
    borders = (e.event for e in process.elements.values() if e.attached_to == owner and e.event is not None)
    return any(event.trigger is Trigger.ERROR and (event.name is None or event.name.text == code) for event in borders)
