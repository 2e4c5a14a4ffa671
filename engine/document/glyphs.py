"""Which characters the fonts can draw, so that one they cannot is printed as its number and not as an empty box."""

import struct
import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path

#: fonts in files of their own; a collection begins with `ttcf`
SUFFIXES = frozenset({".otf", ".ttf", ".ttc"})
#: formats of a table of characters: up to U+FFFF, and beyond
SHORT, LONG = 4, 12
#: what needs no glyph
BLANK = frozenset("\n\r\t\u200b\ufeff")


def drawable(text: str, folders: Sequence[Path]) -> str:
    """The text with every character that no font has as `[U+20BB7]`."""
    has = covered(tuple(folders))
    for character in set(text) - BLANK:
        if not has[ord(character)]:
            text = text.replace(character, f"[U+{ord(character):04X}]")
    return text


@cache
def covered(folders: tuple[Path, ...]) -> bytes:
    """For every character whether a font in these folders has it."""
    has = bytearray(sys.maxunicode + 1)
    files = (file for folder in folders for file in sorted(folder.rglob("*")) if file.suffix.lower() in SUFFIXES)
    for file in files:
        for code in _codes(file.read_bytes()):
            has[code] = 1
    return bytes(has)


def _codes(font: bytes) -> Iterator[int]:
    for start in _starts(font):
        for table in _character_tables(font, start):
            yield from _codes_of(font, table)


def _starts(font: bytes) -> Iterable[int]:
    if font[:4] != b"ttcf":
        return (0,)
    return struct.unpack_from(f">{struct.unpack_from('>I', font, 8)[0]}I", font, 12)


def _character_tables(font: bytes, start: int) -> set[int]:
    tables = struct.unpack_from(">H", font, start + 4)[0]
    for number in range(tables):
        tag, _, offset, _ = struct.unpack_from(">4sIII", font, start + 12 + 16 * number)
        if tag == b"cmap":
            count = struct.unpack_from(">H", font, offset + 2)[0]
            return {offset + struct.unpack_from(">I", font, offset + 8 + 8 * one)[0] for one in range(count)}
    return set()


def _codes_of(font: bytes, at: int) -> Iterator[int]:
    kind = struct.unpack_from(">H", font, at)[0]
    if kind == LONG:
        for group in range(struct.unpack_from(">I", font, at + 12)[0]):
            first, last, _ = struct.unpack_from(">III", font, at + 16 + 12 * group)
            yield from range(first, last + 1)
    elif kind == SHORT:
        half = struct.unpack_from(">H", font, at + 6)[0] // 2
        ends = struct.unpack_from(f">{half}H", font, at + 14)
        firsts = struct.unpack_from(f">{half}H", font, at + 16 + 2 * half)
        for first, end in zip(firsts, ends, strict=True):
            yield from range(first, min(end, 0xFFFE) + 1)
