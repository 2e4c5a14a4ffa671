"""Setting documents in typst: one process beside this one, started with the first document and kept.

typst is fast but large, takes all it is given of a processor, and a template of staff may never end: so it runs beside the
web process and the worker, which stay small, go on answering and end it when it takes too long.
"""

import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import pylopdf_fonts_zh_cn

from engine.errors import ProcessFault

#: seconds one document may take
LONGEST = 30.0
PROGRAM = Path(__file__).with_name("typesetter.py")
#: where packages would be fetched from: nothing listens there
NOWHERE = "http://127.0.0.1:9"
FONTS = Path(pylopdf_fonts_zh_cn.__file__).parent


class Spoilt(Exception):
    """The process beside is gone."""


@dataclass
class Typesetter:
    """The process, shared by the threads of this one; it sets one document at a time. `fonts` are folders besides our own."""

    fonts: Sequence[Path] = ()
    _process: "subprocess.Popen[bytes] | None" = None
    _folder: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def set(
        self, files: Mapping[str, bytes], data: str, *, tagged: bool, archival: bool = False, longest: float = LONGEST
    ) -> bytes:
        """The document of `main.typ` among `files` as PDF, as PDF/A where `archival`; `data` is what it reads as
        `sys.inputs.data`.

        Raises `ProcessFault` with typst's own words where the template is wrong, and where it takes too long.
        """
        order = _order(files, data, tagged, archival)
        with self._lock:
            try:
                sign, answer = self._ask(order, longest)
            except Spoilt:  # it had ended for want of work
                sign, answer = self._ask(order, longest)
        if sign == b"+":
            return answer
        said = json.loads(answer)
        raise ProcessFault(f"文档模板有误：{said['message']}", code="document") from ValueError(said["diagnostic"])

    def close(self) -> None:
        """End the process, where there is one."""
        with self._lock:
            self._end()

    def _ask(self, order: bytes, longest: float) -> tuple[bytes, bytes]:
        process = self._running()
        assert process.stdin is not None
        assert process.stdout is not None
        late = threading.Event()
        watch = threading.Timer(longest, _end_late, (process, late))
        watch.start()
        try:
            process.stdin.write(order)
            process.stdin.flush()
            head = _read(process.stdout, 5)
            return head[:1], _read(process.stdout, struct.unpack(">I", head[1:])[0])
        except (OSError, Spoilt) as error:
            self._end()
            if late.is_set():
                raise ProcessFault("文档排版时间过长，已停止，请检查模板。", code="document") from error
            raise Spoilt from error
        finally:
            watch.cancel()

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._process is None or self._process.poll() is not None:
            self._end()
            self._folder = tempfile.mkdtemp(prefix="zhiping-typst-")
            self._process = subprocess.Popen(
                [sys.executable, "-I", str(PROGRAM), self._folder, str(FONTS), *map(str, self.fonts)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env={"PATH": os.environ.get("PATH", ""), "RAYON_NUM_THREADS": "1", **_without_network()},
            )
        return self._process

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            for stream in (self._process.stdin, self._process.stdout):
                _close(stream)
            self._process = None
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = ""


def _end_late(process: "subprocess.Popen[bytes]", late: threading.Event) -> None:
    late.set()
    process.kill()


def _without_network() -> dict[str, str]:
    return dict.fromkeys(("ALL_PROXY", "HTTP_PROXY", "HTTPS_PROXY"), NOWHERE)


def _order(files: Mapping[str, bytes], data: str, tagged: bool, archival: bool) -> bytes:
    sizes = [[name, len(content)] for name, content in files.items()]
    said = {"files": sizes, "data": data, "tagged": tagged, "archival": archival}
    header = json.dumps(said, ensure_ascii=False).encode()
    return b"".join((struct.pack(">I", len(header)), header, *files.values()))


def _read(stream: IO[bytes], size: int) -> bytes:
    content = stream.read(size)
    if len(content) < size:
        raise Spoilt
    return content


def _close(stream: IO[bytes] | None) -> None:
    try:
        if stream is not None:
            stream.close()
    except OSError:
        pass  # what was still to be written has no reader any more
