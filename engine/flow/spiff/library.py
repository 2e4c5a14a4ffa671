"""BPMN files as compiled processes, kept by their hash."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from threading import Lock

from engine.errors import InvalidInput
from engine.flow.model import Process
from engine.flow.spiff.dialect import read_processes
from engine.flow.spiff.source import parse_source
from engine.flow.spiff.specs.build import Specs, build_specs

CACHED_RESOURCES = 256
"""Compiled files held in memory at once (about 50 KB each)."""


@dataclass(frozen=True, slots=True, eq=False)
class CompiledProcess:
    """A process for the flow to read, and the specifications its tokens run on. Neither changes while it runs.

    It equals itself alone: the same bytes give the same object.
    """

    process: Process
    specs: Specs


@dataclass(frozen=True, slots=True)
class Resource:
    """One BPMN file: its executable processes by id."""

    sha256: str
    processes: Mapping[str, CompiledProcess]


_lock = Lock()
_compiled: dict[str, Resource] = {}


def compile_resource(xml: bytes, *, name: str = "") -> Resource:
    """The compiled file; the same object for the same bytes, in every thread.

    `name` is the file's name for the message. Raises `InvalidInput` where the file cannot be read or run; what is only
    doubtful is the lint's affair (`engine.flow.spiff.lint`).
    """
    digest = sha256(xml).hexdigest()
    with _lock:
        found = _compiled.get(digest)
    if found is None:
        found = _compile(xml, digest, name)
    with _lock:
        _compiled.pop(digest, None)
        _compiled[digest] = found
        if len(_compiled) > CACHED_RESOURCES:
            del _compiled[next(iter(_compiled))]
    return found


def _compile(xml: bytes, digest: str, name: str) -> Resource:
    try:
        processes = read_processes(parse_source(xml))
        compiled = {process.id: CompiledProcess(process, build_specs(process)) for process in processes}
    except InvalidInput as problem:
        raise InvalidInput(f"{name}：{problem.message}" if name else problem.message, problem.fields) from problem
    return Resource(digest, compiled)
