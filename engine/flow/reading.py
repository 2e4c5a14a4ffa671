"""What is in a file that is to be deployed: its definitions, and what the lint says of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

import sqlalchemy as sa

from engine.db import Transaction
from engine.decision import read_model
from engine.flow.registry import registry_of
from engine.flow.spiff.library import compile_resource
from engine.flow.spiff.lint import Finding, Known, caught_messages, check_file
from engine.flow.tables import DefinitionKind, ResourceKind, WaitKind, definition, subscription
from engine.form import read_form

SUFFIXES = {".bpmn": ResourceKind.BPMN, ".dmn": ResourceKind.DMN, ".form": ResourceKind.FORM}
ENDINGS = {kind: suffix for suffix, kind in SUFFIXES.items()}


@dataclass(frozen=True, slots=True)
class Described:
    """One definition of a file."""

    kind: DefinitionKind
    id: str
    name: str
    version_tag: str | None


@dataclass(frozen=True, slots=True)
class Read:
    """A file that is to be deployed. `parts` is empty where it has errors."""

    kind: ResourceKind
    parts: tuple[Described, ...]
    findings: Sequence[Finding]


def kind_of(name: str, content: bytes) -> ResourceKind:
    """What a file is, by its name, else by how it begins."""
    found = SUFFIXES.get(PurePath(name).suffix.lower())
    if found is not None:
        return found
    start = content.lstrip()[:4000]
    if start.startswith(b"{"):
        return ResourceKind.FORM
    return ResourceKind.DMN if b"/DMN/" in start else ResourceKind.BPMN


def read_files(tx: Transaction, files: Mapping[str, bytes]) -> dict[str, Read]:
    """Read and check the files of one deployment, which may refer to each other and to what is in force."""
    kinds = {name: kind_of(name, content) for name, content in files.items()}
    findings = {name: _check(name, kinds[name], content, Known()) for name, content in files.items()}
    whole = {name for name, found in findings.items() if not any(f.severity == "error" for f in found)}
    parts = {name: PARTS[kinds[name]](files[name]) if name in whole else () for name in files}
    diagrams = [files[name] for name in sorted(whole) if kinds[name] is ResourceKind.BPMN]
    repeated = _repeated(parts)
    known = _known(tx, [part for found in parts.values() for part in found], diagrams)
    for name in whole:
        findings[name] = [*_check(name, kinds[name], files[name], known), *repeated.get(name, ())]
    return {name: Read(kinds[name], parts[name], findings[name]) for name in files}


def _repeated(parts: Mapping[str, Sequence[Described]]) -> dict[str, list[Finding]]:
    """What another file of the deployment brings as well: of two versions at once one would never be used."""
    seen: dict[tuple[DefinitionKind, str], str] = {}
    found: dict[str, list[Finding]] = {}
    for file, described in parts.items():
        for part in described:
            first = seen.setdefault((part.kind, part.id), file)
            if first != file:
                message = f"id {part.id} 与文件 {first} 中的重复，请改成不同的 id，或分开发布。"
                found.setdefault(file, []).append(Finding("duplicate-id", "error", part.id, part.name, message))
    return found


def _check(name: str, kind: ResourceKind, content: bytes, known: Known) -> Sequence[Finding]:
    named = name if PurePath(name).suffix.lower() in SUFFIXES else name + ENDINGS[kind]
    return check_file(named, content, known=known)


def _known(tx: Transaction, parts: Sequence[Described], diagrams: Sequence[bytes]) -> Known:
    """Everything the files can refer to: what they bring, what is in force, what is registered."""
    ids: dict[DefinitionKind, set[str]] = {kind: set() for kind in DefinitionKind}
    for part in parts:
        ids[part.kind].add(part.id)
    for row in tx.rows(sa.select(definition.c.kind, definition.c.id).distinct()):
        ids[row.kind].add(row.id)
    s = subscription.c
    caught = set(tx.execute(sa.select(s.name).where(s.kind == WaitKind.MESSAGE).distinct()).scalars())
    for content in diagrams:
        caught |= _caught(content)
    return Known(
        forms=frozenset(ids[DefinitionKind.FORM]),
        jobs=registry_of(tx).job_types,
        decisions=frozenset(ids[DefinitionKind.DECISION]),
        processes=frozenset(ids[DefinitionKind.PROCESS]),
        messages=frozenset(caught),
    )


def _caught(content: bytes) -> frozenset[str]:
    return frozenset(
        name for compiled in compile_resource(content).processes.values() for name in caught_messages(compiled.process)
    )


def _processes(content: bytes) -> tuple[Described, ...]:
    return tuple(
        Described(DefinitionKind.PROCESS, one.process.id, one.process.name or one.process.id, one.process.version_tag)
        for one in compile_resource(content).processes.values()
    )


def _decisions(content: bytes) -> tuple[Described, ...]:
    model = read_model(content)
    return tuple(
        Described(DefinitionKind.DECISION, one.id, one.name or one.id, model.version_tag_of(one.id) or None)
        for one in model.decisions
    )


def _form(content: bytes) -> tuple[Described, ...]:
    read = read_form(content)
    tag = read.document.get("versionTag")
    return (Described(DefinitionKind.FORM, read.id, read.name or read.id, tag if isinstance(tag, str) else None),)


PARTS = {ResourceKind.BPMN: _processes, ResourceKind.DMN: _decisions, ResourceKind.FORM: _form}
