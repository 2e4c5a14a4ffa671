"""Reading DMN XML safely: no entities, no network, any namespace of DMN 1.1 to 1.5."""

from collections.abc import Iterator

from lxml import etree

from engine.decision.errors import DecisionError

_MOST_BYTES = 5_000_000
_NAMESPACES = (
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
    "http://www.omg.org/spec/DMN/20180521/MODEL/",
    "https://www.omg.org/spec/DMN/20191111/MODEL/",
    "https://www.omg.org/spec/DMN/20211108/MODEL/",
    "https://www.omg.org/spec/DMN/20230324/MODEL/",
)

Element = etree._Element


def read_document(xml: str | bytes) -> Element:
    """The `definitions` element. Raises `DecisionError` where the text is not DMN."""
    source = xml.encode() if isinstance(xml, str) else xml
    if len(source) > _MOST_BYTES:
        raise DecisionError("决策文件超过 5 MB，请拆成几个文件。")
    parser = etree.XMLParser(
        encoding="utf-8" if isinstance(xml, str) else None,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(source, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise DecisionError(f"决策文件不是正确的 XML：{error}。") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise DecisionError("决策文件不能有 DOCTYPE 声明，请删去。")
    if name_of(root) != "definitions" or etree.QName(root).namespace not in _NAMESPACES:
        raise DecisionError("文件不是 DMN 1.1 至 1.5 的决策模型，请检查。")
    return root


def name_of(element: Element) -> str:
    """The tag without its namespace."""
    return etree.QName(element).localname


def children(element: Element, *names: str) -> Iterator[Element]:
    """Child elements with one of these tags."""
    return (child for child in element if name_of(child) in names)


def child(element: Element | None, *names: str) -> Element | None:
    """The first child element with one of these tags."""
    return None if element is None else next(children(element, *names), None)


def text_in(element: Element | None) -> str:
    """The content of the `text` child, trimmed."""
    found = child(element, "text")
    return "" if found is None else (found.text or "").strip()


def attribute(element: Element | None, name: str) -> str:
    return "" if element is None else element.get(name, "").strip()


def id_of(element: Element) -> str:
    """The id of the element, or of the nearest one around it that has one."""
    ids = (attribute(holder, "id") for holder in (element, *element.iterancestors()))
    return next(filter(None, ids), "")


def referred(element: Element) -> str:
    """The id that `href="#id"` names; what lies in another file keeps its address."""
    return attribute(element, "href").removeprefix("#")
