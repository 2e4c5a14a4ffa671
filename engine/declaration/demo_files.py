"""Small files for the demo: a page that names what it stands for, a plain picture. Each content lies in the store once."""

import asyncio
import io
import time
from collections.abc import AsyncIterator, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import pylopdf_fonts_zh_cn
from PIL import Image, ImageDraw, ImageFont

from engine.access import Actor
from engine.db import Transaction
from engine.document import FileStore, Stored, add_attachment, store_received

LIMIT = 1024 * 1024
#: a date of their own would make the same page differ each time
LONG_AGO = time.gmtime(0)


class DemoFiles:
    """Uploads by name (`学历证书.pdf`, `照片.jpg`); the same name is the same content."""

    def __init__(self, store: FileStore) -> None:
        self._store = store
        self._stored: dict[str, Stored] = {}

    def upload(self, tx: Transaction, actor: Actor, name: str) -> Mapping[str, Any]:
        """The descriptor of a new attachment of the actor's."""
        if name not in self._stored:
            self._stored[name] = self._store_content(name)
        return add_attachment(tx, actor, self._store, self._stored[name]).describe()

    def _store_content(self, name: str) -> Stored:
        content = portrait() if name.endswith(".jpg") else page(name.removesuffix(".pdf"))
        received = asyncio.run(self._store.receive(_once(content), limit=LIMIT))
        return store_received(self._store, received, name)


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content


def portrait() -> bytes:
    """A head and shoulders nobody has."""
    picture = Image.new("RGB", (295, 413), "#dfe7f2")
    draw = ImageDraw.Draw(picture)
    draw.ellipse((92, 80, 202, 210), fill="#9fb3cc")
    draw.ellipse((40, 240, 255, 520), fill="#9fb3cc")
    target = io.BytesIO()
    picture.save(target, "JPEG", quality=80)
    return target.getvalue()


@lru_cache(maxsize=64)
def page(title: str) -> bytes:
    """A page that says what it stands for, drawn as a picture: typst must not run in a process that starts others."""
    picture = Image.new("L", (595, 842), 255)
    draw = ImageDraw.Draw(picture)
    draw.text((297, 200), title, font=_font(22), anchor="mm", fill=0)
    draw.text((297, 300), "本页为示例材料，仅供演示，不含任何真实信息。", font=_font(16), anchor="mm", fill=90)
    target = io.BytesIO()
    picture.save(target, "PDF", creationDate=LONG_AGO, modDate=LONG_AGO)
    return target.getvalue()


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(files(pylopdf_fonts_zh_cn) / "NotoSansSC-Regular.otf"), size)
