"""The process that sets documents in typst, started by `engine.document.typesetting` as a program of its own.

Arguments: an empty folder, then the folders with fonts. It reads one order after the other from its standard input, answers
each on its standard output, and ends with its input or after some minutes without an order. Templates that staff upload run
here: their own folder, which holds the pictures of one order, is all they can read, and the proxy that the environment names
keeps them from fetching packages.
"""

import json
import os
import select
import struct
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import typst

#: seconds without an order after which the process ends and gives its memory back
IDLE = 300
#: PDF/A-2b: fonts embedded, colours named, nothing that needs another file
ARCHIVAL = "a-2b"
#: of a process that sets one document at a time
MEMORY = 3 * 1024**3


def serve(root: str, fonts: list[str], orders: IO[bytes], answers: IO[bytes]) -> None:
    """Answer orders until there are no more: `+` and the document, or `-` and what is wrong with the template."""
    found = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=fonts)
    compiler = typst.Compiler(
        root=root, font_paths=found, ignore_system_fonts=True, package_path=root, package_cache_path=root
    )
    while select.select([orders], [], [], IDLE)[0]:
        header = _read(orders, 4)
        if len(header) < 4:
            return
        order = json.loads(_read(orders, struct.unpack(">I", header)[0]))
        files = {name: _read(orders, size) for name, size in order["files"]}
        with _laid_out(Path(root), files) as sources:
            sign, answer = _set(compiler, sources, order)
        answers.write(sign + struct.pack(">I", len(answer)))
        answers.write(answer)
        answers.flush()


def _read(orders: IO[bytes], size: int) -> bytes:
    """So many bytes, or fewer where the input has ended. A pipe gives what it holds, however much was asked for."""
    content = bytearray()
    while len(content) < size and (piece := orders.read(size - len(content))):
        content += piece
    return bytes(content)


def _set(compiler: Any, files: dict[str, bytes], order: dict[str, Any]) -> tuple[bytes, bytes]:
    try:
        standards = {"pdf_standards": ARCHIVAL} if order["archival"] else {}
        pdf = compiler.compile(files, sys_inputs={"data": order["data"]}, pdf_tags=order["tagged"], **standards)
    except typst.TypstError as error:
        return b"-", _said(error.message, error.diagnostic)
    except RuntimeError as error:
        return b"-", _said(str(error), "")
    return b"+", pdf


def _said(message: str, diagnostic: str) -> bytes:
    return json.dumps({"message": message, "diagnostic": diagnostic}, ensure_ascii=False).encode()


@contextmanager
def _laid_out(root: Path, files: dict[str, bytes]) -> Iterator[dict[str, bytes]]:
    """The sources among the files; pictures, which typst takes from a folder only, lie there as long as they are needed."""
    sources = {name: content for name, content in files.items() if name.endswith(".typ")}
    others = [root / name for name in files if name not in sources]
    try:
        for path in others:
            path.write_bytes(files[path.name])
        yield sources
    finally:
        for path in others:
            path.unlink(missing_ok=True)


def _limit_memory() -> None:
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


if __name__ == "__main__":
    _limit_memory()
    with os.fdopen(0, "rb", buffering=0) as orders_in:
        serve(sys.argv[1], sys.argv[2:], orders_in, sys.stdout.buffer)
