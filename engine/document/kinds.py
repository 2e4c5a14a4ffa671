"""What a file is, by its content: the name is only believed between formats that begin alike."""

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import IO

import filetype

from engine.errors import InvalidInput

#: as many bytes from the beginning as the signatures need
HEAD = 8192
#: the manual's limit of a photo (P6)
PHOTO_BYTES = 500 * 1024


@dataclass(frozen=True, slots=True)
class FileKind:
    """A format that is taken in. `inline`: browsers show it by themselves, so it may be opened in the page."""

    media_type: str
    extension: str
    label: str
    inline: bool = False

    @property
    def is_image(self) -> bool:
        return self.media_type.startswith("image/")


_OFFICE = "application/vnd.openxmlformats-officedocument."
KINDS: Mapping[str, FileKind] = {
    kind.extension: kind
    for kind in (
        FileKind("application/pdf", "pdf", "PDF", inline=True),
        FileKind("image/jpeg", "jpg", "图片", inline=True),
        FileKind("image/png", "png", "图片", inline=True),
        FileKind("image/gif", "gif", "图片", inline=True),
        FileKind("image/webp", "webp", "图片", inline=True),
        FileKind("image/bmp", "bmp", "图片", inline=True),
        FileKind("image/tiff", "tif", "图片"),
        FileKind("application/msword", "doc", "Word 文档"),
        FileKind("application/vnd.ms-excel", "xls", "Excel 表格"),
        FileKind("application/vnd.ms-powerpoint", "ppt", "演示文稿"),
        FileKind(f"{_OFFICE}wordprocessingml.document", "docx", "Word 文档"),
        FileKind(f"{_OFFICE}spreadsheetml.sheet", "xlsx", "Excel 表格"),
        FileKind(f"{_OFFICE}presentationml.presentation", "pptx", "演示文稿"),
        FileKind("application/ofd", "ofd", "OFD 版式文件"),
    )
}
_SAME = {"jpeg": "jpg", "jpe": "jpg", "tiff": "tif"}
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIPPED = b"PK\x03\x04"
_MEMBERS = {"OFD.xml": "ofd", "word/document.xml": "docx", "xl/workbook.xml": "xlsx", "ppt/presentation.xml": "pptx"}
REFUSED = "不支持这种文件。请上传 PDF、图片（jpg、png、gif、bmp、webp、tif）、Word、Excel、PowerPoint 或 OFD 文件。"


def kind_of(media_type: str) -> FileKind | None:
    """The kind with that media type."""
    return next((kind for kind in KINDS.values() if kind.media_type == media_type), None)


def sniff(name: str, head: bytes, content: IO[bytes]) -> FileKind:
    """The kind of a file with that name and beginning; `content` is read only where the beginning does not tell.

    Raises `InvalidInput` for what is not taken in: programs, web pages, SVG, archives.
    """
    claimed = extension_of(name)
    if head.startswith(_COMPOUND):
        found = claimed if claimed in {"doc", "xls", "ppt"} else "doc"
    elif head.startswith(_ZIPPED):
        found = _inside(content)
    else:
        found = filetype.guess_extension(head) or ""
    if found not in KINDS:
        raise InvalidInput(REFUSED)
    return KINDS[found]


def _inside(content: IO[bytes]) -> str:
    try:
        with zipfile.ZipFile(content) as archive:
            members = set(archive.namelist())
    except (zipfile.BadZipFile, OSError):
        return ""
    return next((extension for member, extension in _MEMBERS.items() if member in members), "")


def extension_of(name: str) -> str:
    extension = PurePath(name).suffix.lower().removeprefix(".")
    return _SAME.get(extension, extension)


def fitting_name(name: str, kind: FileKind) -> str:
    """The name without folders and control characters, at most 120 characters, with the extension of its content."""
    base = "".join(c for c in name.replace("\\", "/").rsplit("/", 1)[-1] if c.isprintable()).strip(" .") or "文件"
    path = PurePath(base)
    if extension_of(base) == kind.extension:
        return path.stem[:110] + path.suffix
    stem = path.stem if extension_of(base) in KINDS else base
    return f"{stem[:110]}.{kind.extension}"
