"""PDFs set in typst: a template of the release, or one that staff put in its place, with data that is only ever text.

`documents/<slice>/<name>.typ` are the templates; each begins with `#import "/shared/paper.typ": *` and reads its data as
`#let data = json(bytes(sys.inputs.data))`.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import regex

from engine.document.glyphs import drawable
from engine.document.typesetting import FONTS, Typesetter

#: the release's own templates
TEMPLATES = Path(__file__).resolve().parents[2] / "documents"
#: a run of Latin letters and digits that may be broken, since no line might be long enough for it
LONG_WORD = regex.compile(r"[!-~]{14,}")
PIECE = 7
ZERO_WIDTH_SPACE = "\u200b"

TYPESETTER = Typesetter()


def compile_pdf(
    template: str,
    data: Mapping[str, Any],
    files: Mapping[str, bytes] | None = None,
    *,
    source: bytes | None = None,
    tagged: bool = True,
    archival: bool = False,
) -> bytes:
    """A PDF of the template `declaration/general_sheet` with this data, which must be JSON.

    `files` are pictures and PDFs the template reads by name. `source` takes the place of the release's template.
    `tagged` adds the structure screen readers need, at four times the price: leave it out of archives of many.
    `archival` makes it a PDF/A-2b, whose template must say the document's date (`made` of the data, for `paper`).
    Raises `ProcessFault` where the template cannot be set, `FileNotFoundError` where there is none of that name.
    """
    held = {"main.typ": source or release_template(template), **shared_files(), **(files or {})}
    text = json.dumps(_wrapped(data), ensure_ascii=False)
    return TYPESETTER.set(held, drawable(text, (FONTS, *TYPESETTER.fonts)), tagged=tagged, archival=archival)


@cache
def release_template(name: str) -> bytes:
    """The source of a template of the release."""
    return (TEMPLATES / f"{name}.typ").read_bytes()


@cache
def shared_files() -> Mapping[str, bytes]:
    """What every template may import."""
    found = sorted((TEMPLATES / "shared").glob("*.typ"))
    return {f"shared/{file.name}": file.read_bytes() for file in found}


def _wrapped(value: Any) -> Any:
    """The data with places to break inside words that no line could hold."""
    if isinstance(value, str):
        return LONG_WORD.sub(_breakable, value)
    if isinstance(value, Mapping):
        return {name: _wrapped(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_wrapped(one) for one in value]
    return value


def _breakable(word: "regex.Match[str]") -> str:
    text = word.group()
    return ZERO_WIDTH_SPACE.join(text[at : at + PIECE] for at in range(0, len(text), PIECE))
