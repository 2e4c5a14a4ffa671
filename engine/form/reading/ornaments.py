"""Reading what is only shown."""

from typing import Any

from engine.form.dynamic import ABSENT, Dynamic
from engine.form.model import Ornament
from engine.form.reading.part import Part

ROWS_AT_ONCE = 10


def read_ornament(part: Part, span: int) -> Ornament:
    """A text, image, table, separator or spacer."""
    return Ornament(
        type=part.type,
        id=part.id,
        span=span,
        label=part.template("label", "标签"),
        hide=part.hide(),
        properties=part.properties,
        **READERS.get(part.type, _nothing)(part),
    )


def _nothing(part: Part) -> dict[str, Any]:
    return {}


def _text(part: Part) -> dict[str, Any]:
    return {"text": part.template("text", "文本")}


def _spacer(part: Part) -> dict[str, Any]:
    height = part.raw.get("height", 60)
    return {"amount": int(height) if isinstance(height, int | float) else 60}


def _image(part: Part) -> dict[str, Any]:
    source = part.raw.get("source")
    if isinstance(source, str) and not source.startswith("=") and "{{" not in source and not is_own_picture(source):
        part.notes.error("source", part.id, "图片只能用本系统的地址（以 / 开头）或内嵌的 data:image 图片。")
        return {"text": part.template("alt", "替代文字")}
    return {"source": _source(part), "text": part.template("alt", "替代文字")}


def _source(part: Part) -> Dynamic:
    source = part.raw.get("source")
    if isinstance(source, str) and "{{" in source:
        part.notes.error("source", part.id, "图片地址请写成以 = 开头的表达式，不能嵌 {{ }}。")
        return ABSENT
    return part.dynamic("source", "图片地址")


def is_own_picture(source: str) -> bool:
    """Whether a page may load the picture: a path of this system, or a picture inside the text."""
    inline = ("data:image/png;base64,", "data:image/jpeg;base64,", "data:image/gif;base64,", "data:image/webp;base64,")
    return (source.startswith("/") and not source.startswith(("//", "/\\"))) or source.startswith(inline)


def _table(part: Part) -> dict[str, Any]:
    source = part.raw.get("dataSource") or ""
    if not source:
        part.notes.error("source", part.id, "表格缺少数据来源（dataSource）。")
    columns = part.raw.get("columns") or []
    found = tuple(
        (str(column["key"]), str(column.get("label") or column["key"]))
        for column in (columns if isinstance(columns, list) else [])
        if isinstance(column, dict) and column.get("key")
    )
    expression = part.dynamic("columnsExpression", "列表达式") if part.raw.get("columnsExpression") else None
    if not found and expression is None:
        part.notes.error("columns", part.id, "表格没有列，请填写 columns。")
    rows = part.raw.get("rowCount")
    return {
        "source": part.notes.dynamic("=" + str(source).lstrip().removeprefix("="), part.id, "数据来源")
        if source
        else ABSENT,
        "columns": found,
        "columns_expression": expression,
        "amount": rows if isinstance(rows, int) and rows > 0 else ROWS_AT_ONCE,
    }


READERS = {"text": _text, "image": _image, "table": _table, "spacer": _spacer}
