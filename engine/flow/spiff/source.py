"""A BPMN file as a tree of XML, read so that it can do no harm."""

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from engine.errors import InvalidInput

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
ZEEBE = "http://camunda.org/schema/zeebe/1.0"
XSI = "http://www.w3.org/2001/XMLSchema-instance"

MAX_BYTES = 4 * 1024 * 1024
"""Size of one file."""

Node = etree._Element


def bpmn(tag: str) -> str:
    return f"{{{BPMN}}}{tag}"


def zeebe(tag: str) -> str:
    return f"{{{ZEEBE}}}{tag}"


@dataclass(frozen=True, slots=True)
class Source:
    """A file with its root elements found by id (messages, errors, signals, escalations)."""

    root: Node
    named: dict[str, Node]

    def processes(self) -> Iterator[Node]:
        return self.root.iterchildren(bpmn("process"))


def parse_source(xml: bytes) -> Source:
    """Raises `InvalidInput` where it is no BPMN: not XML, too large, with a DOCTYPE, or with another root."""
    if len(xml) > MAX_BYTES:
        raise InvalidInput(f"流程文件超过 {MAX_BYTES // 1024 // 1024} MB，请拆成几个文件。")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(xml, parser)
    except etree.XMLSyntaxError as problem:
        raise InvalidInput(f"流程文件不是完整的 XML（第 {problem.lineno} 行），请用建模工具重新导出。") from problem
    if root.getroottree().docinfo.doctype:  # type: ignore[union-attr]
        raise InvalidInput("流程文件含有 DOCTYPE 声明，请用建模工具重新导出。")
    if root.tag != bpmn("definitions"):
        raise InvalidInput("这不是 BPMN 2.0 流程文件，请用建模工具重新导出。")
    named = {node.get("id", ""): node for node in root.iterchildren() if node.get("id")}
    return Source(root, named)


def local(node: Node) -> str:
    """The tag without its namespace."""
    return etree.QName(node).localname


def namespace(node: Node) -> str:
    return etree.QName(node).namespace or ""


def text_of(node: Node | None) -> str:
    return (node.text or "").strip() if node is not None else ""


def extension(node: Node, tag: str) -> Node | None:
    """The `zeebe:` extension element of that name."""
    holder = node.find(bpmn("extensionElements"))
    return holder.find(zeebe(tag)) if holder is not None else None
