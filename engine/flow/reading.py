"""What is in a file that is to be deployed: its definitions, and what the lint says of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from engine import form
from engine.db import Transaction
from engine.errors import InvalidInput
from engine.flow.library import Library
from engine.flow.registry import registry_of
from engine.flow.spiff.library import compile_resource
from engine.flow.spiff.lint import Known, check_resource
from engine.flow.tables import DefinitionKind, ResourceKind

SUFFIXES = {".bpmn": ResourceKind.BPMN, ".dmn": ResourceKind.DMN, ".form": ResourceKind.FORM}


@dataclass(frozen=True, slots=True)
class Described:
    """One definition of a file."""

    kind: DefinitionKind
    id: str
    name: str
    version_tag: str | None


@dataclass(frozen=True, slots=True)
class Read:
    parts: tuple[Described, ...]
    findings: Sequence[Any]


def kind_of(name: str, content: bytes) -> ResourceKind:
    """What a file is, by its name, else by how it begins."""
    found = SUFFIXES.get(PurePath(name).suffix.lower())
    if found is not None:
        return found
    start = content.lstrip()[:4000]
    if start.startswith(b"{"):
        return ResourceKind.FORM
    return ResourceKind.DMN if b"/DMN/" in start else ResourceKind.BPMN


def read_resource(tx: Transaction, name: str, content: bytes, files: Mapping[str, bytes]) -> Read:
    """Read and check one file of a deployment; `files` are all of them, for what refers to each other."""
    return READERS[kind_of(name, content)](tx, name, content, files)


def _read_processes(tx: Transaction, name: str, content: bytes, files: Mapping[str, bytes]) -> Read:
    findings = check_resource(content, name=name, known=Known(jobs=registry_of(tx).job_types))
    if any(finding.severity == "error" for finding in findings):
        return Read((), findings)
    processes = compile_resource(content, name=name).processes.values()
    parts = tuple(
        Described(DefinitionKind.PROCESS, one.process.id, one.process.name or one.process.id, one.process.version_tag)
        for one in processes
    )
    return Read(parts, findings)


def _read_decisions(tx: Transaction, name: str, content: bytes, files: Mapping[str, bytes]) -> Read:
    model = decision.Model(content)
    parts = tuple(
        Described(DefinitionKind.DECISION, one.id, one.name or one.id, one.version_tag) for one in model.decisions
    )
    return Read(parts, model.findings())


def _read_form(tx: Transaction, name: str, content: bytes, files: Mapping[str, bytes]) -> Read:
    read = form.read_form(content)
    tag = read.document.get("versionTag")
    part = Described(DefinitionKind.FORM, read.id, read.name or read.id, tag if isinstance(tag, str) else None)
    return Read((part,), read.findings())


READERS = {
    ResourceKind.BPMN: _read_processes,
    ResourceKind.DMN: _read_decisions,
    ResourceKind.FORM: _read_form,
}
