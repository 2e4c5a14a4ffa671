"""A sheet that was read and is still to be set: no transaction is open while typst works."""

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

import segno
import structlog

from engine.document.pdf import compile_pdf
from engine.errors import ProcessFault

log = structlog.get_logger(__name__)

PATTERN = 2
PAGES = re.compile(rb"/Count (\d+)")


class Folding(StrEnum):
    """`a4` page after page; `a3` four pages on one A3 sheet, printed on both sides and folded to a booklet."""

    A4 = "a4"
    A3 = "a3"


@dataclass(frozen=True, slots=True)
class Sheet:
    """`template` with its data and pictures; `name` is what the file is called, without its ending."""

    template: str
    name: str
    data: Mapping[str, Any]
    files: Mapping[str, bytes] = field(default_factory=dict)
    source: bytes | None = None
    #: to be kept for decades: a PDF/A
    archival: bool = False

    def pdf(self, *, copies: int = 1, folding: Folding = Folding.A4, tagged: bool = True) -> bytes:
        """The PDF; with several `copies` each one says which it is (第 1 份 共 3 份).

        Where a template of staff cannot be set with this data, the release's takes its place. Raises `ProcessFault`.
        """
        each = [self._copy(number, copies, tagged) for number in range(1, copies + 1)]
        if len(each) == 1 and folding is Folding.A4:
            return each[0]
        files = {f"copy-{number}.pdf": pdf for number, pdf in enumerate(each, start=1)}
        pages = [_pages(pdf) for pdf in each]
        return compile_pdf("shared/gathered", {"pages": pages, "folding": folding.value}, files, tagged=False)

    def _copy(self, number: int, of: int, tagged: bool) -> bytes:
        data = {**self.data, "copy": {"number": number, "of": of}}
        if self.source is not None:
            try:
                return self._set(data, self.source, tagged)
            except ProcessFault as fault:
                log.warning("template of staff failed", template=self.template, sheet=self.name, reason=fault.message)
        return self._set(data, None, tagged)

    def _set(self, data: Mapping[str, Any], source: bytes | None, tagged: bool) -> bytes:
        return compile_pdf(self.template, data, self.files, source=source, tagged=tagged, archival=self.archival)

    def tried(self) -> bytes:
        """The PDF as the template of staff makes it. Raises `ProcessFault` with what is wrong with it."""
        data = {**self.data, "copy": {"number": 1, "of": 1}}
        return self._set(data, self.source, tagged=False)

    def with_source(self, source: bytes | None) -> "Sheet":
        """The same sheet set with a template of staff."""
        return replace(self, source=source)


def _pages(pdf: bytes) -> int:
    """How many pages a PDF of typst has: its tree of pages says so in plain text."""
    return int(PAGES.findall(pdf)[-1])


def qr_code(text: str) -> bytes:
    """A QR code as SVG."""
    target = io.BytesIO()
    # one pattern instead of the best of eight, which costs three times as much and no reader needs
    segno.make(text, error="m", micro=False, boost_error=False, mask=PATTERN).save(
        target, kind="svg", border=0, scale=4
    )
    return target.getvalue()
