"""Attachments: what is stored is a list of descriptors of files that were uploaded before."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from engine.form.kinds.base import WRONG_TYPE, Kind
from engine.form.options import Option
from engine.form.scope import Scope

if TYPE_CHECKING:
    from engine.form.model import Field

MEGABYTE = 1024 * 1024


class Files(Kind):
    """A list of `{"id", "name", "size", "type"}`; only ids come from outside, the caller vouches for the rest."""

    ask = "请上传"

    def read(self, field: "Field", texts: Sequence[str]) -> list[str]:
        return self.ids(list(texts))

    def take(self, field: "Field", value: Any) -> Any:
        return self.ids(value) if isinstance(value, list) else value

    @staticmethod
    def ids(value: Sequence[Any]) -> list[str]:
        """The ids named, each once: descriptors and bare ids alike."""
        found = (item.get("id") if isinstance(item, dict) else item for item in value)
        return list(dict.fromkeys(item for item in found if isinstance(item, str) and item))

    def is_empty(self, value: Any) -> bool:
        return value is None or value == [] or value == ""

    def faults(self, field: "Field", value: Any, scope: Scope, options: Sequence[Option]) -> Iterator[str]:
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            yield WRONG_TYPE
            return
        if len(value) > field.files.most:
            yield f"{{}}最多上传 {field.files.most} 个文件，现在是 {len(value)} 个"
        accepted = field.accept.render(scope)
        for item in value:
            yield from _file_faults(field, item, accepted)


def accepts(accepted: str, name: str, media_type: str) -> bool:
    """Whether a file fits the list of an input's `accept` (`.pdf,image/*`); an empty list takes anything."""
    wanted = [part.strip().lower() for part in accepted.split(",") if part.strip()]
    return not wanted or any(_fits(part, name.lower(), media_type.lower()) for part in wanted)


def _fits(part: str, name: str, media_type: str) -> bool:
    if part.startswith("."):
        return name.endswith(part)
    return media_type == part or (part.endswith("/*") and media_type.startswith(part[:-1]))


def _file_faults(field: "Field", item: dict[str, Any], accepted: str) -> Iterator[str]:
    name = str(item.get("name", ""))
    if field.files.image and not str(item.get("type", "")).startswith("image/"):
        yield f"{{}}应为图片，请更换文件“{name}”"
    elif not accepts(accepted, name, str(item.get("type", ""))):
        yield f"{{}}只接受 {accepted}，请更换文件“{name}”"
    size = item.get("size", 0)
    if isinstance(size, int | float) and size > field.files.bytes:
        yield f"{{}}单个文件不能超过 {size_text(field.files.bytes)}，请更换文件“{name}”"


def size_text(size: float) -> str:
    """Bytes as people read them: 500 KB, 1.5 MB."""
    if size < MEGABYTE:
        return f"{max(1, round(size / 1024))} KB"
    return f"{size / MEGABYTE:.1f}".removesuffix(".0") + " MB"
