"""What a test reads back out of a PDF."""

import io
import re
from dataclasses import dataclass

from pypdf import PdfReader

#: an A4 page and an A3 sheet on its side, in millimetres
A4, A3 = (210, 297), (420, 297)
MM = 72 / 25.4


@dataclass(frozen=True)
class ReadPdf:
    """The text of each page without spaces, and its size in millimetres."""

    pages: list[str]
    sizes: list[tuple[int, int]]

    @property
    def text(self) -> str:
        return "".join(self.pages)


def read_pdf(content: bytes) -> ReadPdf:
    reader = PdfReader(io.BytesIO(content))
    sizes = [(round(float(page.mediabox.width) / MM), round(float(page.mediabox.height) / MM)) for page in reader.pages]
    return ReadPdf([plain(page.extract_text()) for page in reader.pages], sizes)


def plain(text: str) -> str:
    """Without spaces, line ends and the places where a long word may be broken."""
    return re.sub(r"[\s\u200b]", "", text)
