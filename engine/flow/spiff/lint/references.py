"""Ids and what they refer to, over the whole file. What the reading of a process meets itself is said there."""

from engine.flow.spiff.lint.finding import File, Notes
from engine.flow.spiff.source import BPMN, bpmn, namespace
from engine.flow.spiff.values import duplicate


def check_references(file: File, notes: Notes) -> None:
    _check_ids(file, notes)
    _check_pools(file, notes)
    _check_processes(file, notes)


def _check_ids(file: File, notes: Notes) -> None:
    """Ids are unique over the whole file; `Notes` says once what the reading of a process has said already."""
    seen: set[str] = set()
    for node in file.source.root.iter():
        node_id = node.get("id")
        if node_id is not None and namespace(node) == BPMN:
            if node_id in seen:
                notes("duplicate-id", node, duplicate(node_id))
            seen.add(node_id)


def _check_pools(file: File, notes: Notes) -> None:
    ids = {node.get("id") for node in file.source.root.iter() if node.get("id")}
    for node in file.source.root.iter(bpmn("participant"), bpmn("messageFlow"), bpmn("association")):
        for attribute in ("processRef", "sourceRef", "targetRef"):
            reference = node.get(attribute)
            if reference is not None and reference.split(":")[-1] not in ids:
                notes("dangling-reference", node, f"{attribute} 所指的 {reference} 不存在，请重新连接或删除。")


def _check_processes(file: File, notes: Notes) -> None:
    if not file.processes:
        notes("no-process", file.source.root, "文件中没有可执行的流程，请在流程属性中勾选“可执行”。")
    if len(file.processes) > 1:
        names = "、".join(process.id for process in file.processes)
        message = f"文件中有 {len(file.processes)} 个可执行流程（{names}），它们会一起发布；如不需要请拆成几个文件。"
        notes("several-processes", file.source.root, message)
