"""The picture of a puzzle, for pages that anybody may post."""

import base64
import secrets
from functools import cache
from typing import TYPE_CHECKING

from engine.organisation import Puzzle

if TYPE_CHECKING:
    from captcha.image import ImageCaptcha

#: dark enough to be read on white
_INKS = ((20, 61, 124), (122, 30, 30), (30, 90, 50), (70, 40, 110))


def draw_puzzle(puzzle: Puzzle) -> str:
    """The address of its picture; nothing where it is a sum to read."""
    if puzzle.question:
        return ""
    ink = secrets.choice(_INKS)
    drawn = _drawing().generate(puzzle.answer, bg_color=(255, 255, 255), fg_color=ink).getvalue()
    return f"data:image/png;base64,{base64.b64encode(drawn).decode()}"


@cache
def _drawing() -> "ImageCaptcha":
    """Imported on first use, with the library for pictures: 6 MB that not every process needs."""
    from captcha.image import ImageCaptcha

    return ImageCaptcha(width=120, height=44, font_sizes=(30, 34, 38))
