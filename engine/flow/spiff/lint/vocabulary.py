"""Nothing in a file is passed over in silence: every element and attribute runs, is drawing, or is named here."""

from collections.abc import Iterator

from lxml import etree

from engine.flow.spiff.lint.finding import File, Notes
from engine.flow.spiff.lint.words import (
    ATTRIBUTES,
    COLOURS,
    DIAGRAM,
    FOREIGN,
    IN_ZEEBE,
    INSIDE,
    OF_THE_FILE,
    PLACES,
    REFUSED_VALUES,
    ZEEBE_ATTRIBUTES,
)
from engine.flow.spiff.source import BPMN, ZEEBE, Node, bpmn, local, namespace
from engine.flow.spiff.support import (
    BPMN_ELEMENTS,
    DRAWING_ATTRIBUTES,
    INSTEAD,
    REFUSED_ZEEBE_ATTRIBUTES,
    ZEEBE_TYPES,
    Support,
    zeebe_type,
)


def check_vocabulary(file: File, notes: Notes) -> None:
    for name, value in file.source.root.attrib.items():
        if str(name) not in OF_THE_FILE:
            _check_attribute(file.source.root, str(name), str(value), notes)
    for node in _read_by_us(file.source.root):
        space = namespace(node)
        if space == BPMN:
            _check_bpmn(node, notes)
        elif space == ZEEBE:
            _check_zeebe(node, notes)
        else:
            _check_foreign_element(node, notes)


def _read_by_us(root: Node) -> Iterator[Node]:
    """All nodes in the order of the file but the drawing, and what stands in something foreign."""
    waiting = list(reversed([child for child in root if child.tag != DIAGRAM]))
    while waiting:
        node = waiting.pop()
        yield node
        if namespace(node) in (BPMN, ZEEBE):
            waiting.extend(reversed(node))


def _check_bpmn(node: Node, notes: Notes) -> None:
    tag = local(node)
    support = BPMN_ELEMENTS.get(tag)
    if support is None:
        notes("unknown-element", node, f"BPMN 中没有 {tag} 这个元素，请用建模工具重新绘制。")
    elif support is Support.REFUSED:
        notes("unsupported-element", node, f"不支持 {tag}。{INSTEAD.get(tag, '请删除，或改用支持的元素。')}")
    for name, value in node.attrib.items():
        _check_attribute(node, str(name), str(value), notes)


def _check_attribute(node: Node, name: str, value: str, notes: Notes) -> None:
    qualified = etree.QName(name)
    space, plain = qualified.namespace, qualified.localname
    if not space:
        _check_plain_attribute(node, plain, value, notes)
    elif space == ZEEBE and f"ZeebeServiceTask.{plain}" in REFUSED_ZEEBE_ATTRIBUTES:
        advice = REFUSED_ZEEBE_ATTRIBUTES[f"ZeebeServiceTask.{plain}"]
        notes("unsupported-attribute", node, f"不支持属性 {plain}。{advice}")
    elif space == ZEEBE and plain not in DRAWING_ATTRIBUTES:
        notes("unknown-attribute", node, f"不认识属性 zeebe:{plain}，它不起作用，请删除或核对拼写。")
    elif space in FOREIGN:
        notes("foreign-extension", node, _foreign(FOREIGN[space], plain))
    elif space not in (*COLOURS, ZEEBE):
        notes("unknown-namespace", node, f"不认识属性 {plain}（{space}），它不起作用，请删除。")


def _check_plain_attribute(node: Node, name: str, value: str, notes: Notes) -> None:
    allowed = REFUSED_VALUES.get(name)
    if allowed is not None:
        if value not in allowed[0]:
            notes("unsupported-attribute", node, allowed[1])
    elif name not in ATTRIBUTES:
        notes("unknown-attribute", node, f"不认识属性 {name}，它不起作用，请删除或核对拼写。")


def _check_zeebe(node: Node, notes: Notes) -> None:
    tag = local(node)
    kind = zeebe_type(tag)
    support = ZEEBE_TYPES.get(kind)
    parent = node.getparent()
    holder = parent.getparent() if parent is not None and parent.tag == bpmn("extensionElements") else None
    if support is None:
        notes("unknown-extension", node, f"不认识扩展元素 zeebe:{tag}，请删除或核对拼写。")
    elif support is Support.REFUSED:
        if parent is not None and namespace(parent) != ZEEBE:
            notes("unsupported-extension", node, f"不支持扩展元素 zeebe:{tag}。{INSTEAD.get(kind, '请删除。')}")
    elif tag in INSIDE:
        if parent is None or local(parent) != INSIDE[tag]:
            notes("unknown-extension", node, f"zeebe:{tag} 应写在 zeebe:{INSIDE[tag]} 里面。")
    elif holder is None or (kind in PLACES and local(holder) not in PLACES[kind].split()):
        notes("unknown-extension", node, f"zeebe:{tag} 不能用在这里，它不起作用，请删除或移到正确的元素上。")
    _check_zeebe_attributes(node, kind, notes)


def _check_zeebe_attributes(node: Node, kind: str, notes: Notes) -> None:
    if ZEEBE_TYPES.get(kind) is not Support.RUNS:
        return
    known = ZEEBE_ATTRIBUTES.get(kind, "").split()
    for name in map(str, node.attrib):
        plain = etree.QName(name).localname
        refused = REFUSED_ZEEBE_ATTRIBUTES.get(f"{kind}.{plain}")
        if refused is not None:
            notes("unsupported-attribute", node, f"不支持 zeebe:{local(node)} 的属性 {plain}。{refused}")
        elif plain not in known and plain not in DRAWING_ATTRIBUTES:
            notes("unknown-attribute", node, f"不认识 zeebe:{local(node)} 的属性 {plain}，请删除或核对拼写。")


def _check_foreign_element(node: Node, notes: Notes) -> None:
    space, tag = namespace(node), local(node)
    if space in FOREIGN:
        notes("foreign-extension", node, _foreign(FOREIGN[space], tag))
    elif space not in COLOURS:
        notes("unknown-namespace", node, f"不认识元素 {tag}（{space or '没有命名空间'}），它不起作用，请删除。")


def _foreign(product: str, name: str) -> str:
    return f"{name} 是 {product} 的扩展，这里不起作用。{IN_ZEEBE.get(name, '请改用 zeebe 的写法，或删除。')}"
