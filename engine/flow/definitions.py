"""Definitions: versions of processes, decisions and forms, and who may start a process now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import sqlalchemy as sa

from engine.access import Actor, Permission, authorize
from engine.db import Transaction
from engine.errors import InvalidInput, NotFound, ProcessFault
from engine.flow import starts
from engine.flow.library import raise_generation
from engine.flow.reading import Read, read_files
from engine.flow.spiff.lint import Finding
from engine.flow.tables import DefinitionKind, ResourceKind, Source, definition, deployment, resource


@dataclass(frozen=True, slots=True)
class Definition:
    """One version. `unchanged` says that a deployment brought nothing new, so the version stayed."""

    key: int
    kind: DefinitionKind
    id: str
    version: int
    version_tag: str | None
    name: str
    resource_key: int
    resource_name: str
    deployment_key: int
    sha256: str
    at: datetime
    by: str
    source: Source
    unchanged: bool = False


@dataclass(frozen=True, slots=True)
class Deployment:
    """What was deployed together; `findings` are the warnings of the lint by file."""

    key: int
    at: datetime
    definitions: tuple[Definition, ...]
    findings: Mapping[str, Sequence[Finding]]


class Rejected(InvalidInput):
    """提交的文件有错误，没有发布，请按提示修改。

    `findings` are all findings of the lint, `by_file` the same by the name of the file.
    """

    def __init__(self, findings: Mapping[str, Sequence[Finding]]) -> None:
        errors = {file: [f.message for f in found if f.severity == "error"] for file, found in findings.items()}
        first = next((sentence for sentences in errors.values() for sentence in sentences), "")
        super().__init__(f"文件有错误，没有发布：{first}", {file: found for file, found in errors.items() if found})
        self.findings = [finding for found in findings.values() for finding in found]
        self.by_file = findings


_D = definition.c
_COLUMNS = (
    _D.key,
    _D.kind,
    _D.id,
    _D.version,
    _D.version_tag,
    _D.name,
    _D.resource_key,
    _D.resource_name,
    _D.deployment_key,
    _D.sha256,
    _D.at,
    _D.by,
    _D.source,
)


def deploy_resources(
    tx: Transaction, actor: Actor, files: Mapping[str, bytes], source: Source = Source.API
) -> Deployment:
    """Publish files together: each process, decision and form in them gets a new version unless its file is the same.

    New cases start by the new versions; running ones stay on theirs. Raises `Rejected` where the lint finds an error.
    """
    authorize(actor, Permission.API_DEPLOY if source is Source.API else Permission.DEFINITIONS_PUBLISH)
    if not files:
        raise InvalidInput("请选择要发布的文件。")
    read = read_files(tx, files)
    findings = {name: found.findings for name, found in read.items()}
    if any(finding.severity == "error" for found in findings.values() for finding in found):
        raise Rejected(findings)
    key = tx.next_key()
    tx.insert(deployment, key=key, at=tx.now, by=actor.login, source=source)
    deployed = [
        made for name, found in read.items() for made in _deploy(tx, actor, key, name, files[name], found, source)
    ]
    raise_generation(tx)
    for made in deployed:
        if made.kind is DefinitionKind.PROCESS and not made.unchanged:
            _arm_starts(tx, made)
    return Deployment(key, tx.now, tuple(deployed), findings)


def _arm_starts(tx: Transaction, made: Definition) -> None:
    """Let start events wait. What they wait for must be known without a case: else the file is rejected."""
    try:
        starts.replace_starts(tx, made.id, made.key)
    except ProcessFault as fault:
        rule = "timer-literal" if fault.code == "timer" else "event-name-missing"
        found = Finding(rule, "error", fault.element, "", fault.message)
        raise Rejected({made.resource_name: [found]}) from fault


def _deploy(
    tx: Transaction,
    actor: Actor,
    deployment_key: int,
    name: str,
    content: bytes,
    read: Read,
    source: Source,
) -> list[Definition]:
    digest = sha256(content).hexdigest()
    before = {part: latest(tx, part.kind, part.id) for part in read.parts}
    if before and all(last is not None and last.sha256 == digest for last in before.values()):
        return [_as_unchanged(last) for last in before.values() if last is not None]
    resource_key = tx.next_key()
    tx.insert(
        resource,
        key=resource_key,
        deployment_key=deployment_key,
        name=name,
        kind=read.kind,
        sha256=digest,
        content=content,
    )
    made = []
    for part, last in before.items():
        new = Definition(
            key=tx.next_key(),
            kind=part.kind,
            id=part.id,
            version=1 if last is None else last.version + 1,
            version_tag=part.version_tag,
            name=part.name,
            resource_key=resource_key,
            resource_name=name,
            deployment_key=deployment_key,
            sha256=digest,
            at=tx.now,
            by=actor.login,
            source=source,
        )
        tx.insert(definition, **{column.name: getattr(new, column.name) for column in _COLUMNS})
        made.append(new)
    return made


def _as_unchanged(last: Definition) -> Definition:
    values = {column.name: getattr(last, column.name) for column in _COLUMNS}
    return Definition(**values, unchanged=True)


def latest(tx: Transaction, kind: DefinitionKind, id_: str) -> Definition | None:
    """The version in force."""
    query = sa.select(*_COLUMNS).where(_D.kind == kind, _D.id == id_).order_by(_D.version.desc()).limit(1)
    row = tx.row(query)
    return None if row is None else Definition(**row._mapping)


def get_definition(tx: Transaction, key: int) -> Definition:
    """Raises `NotFound`."""
    row = tx.row(sa.select(*_COLUMNS).where(_D.key == key))
    if row is None:
        raise NotFound
    return Definition(**row._mapping)


def get_version(tx: Transaction, kind: DefinitionKind, id_: str, version: int) -> Definition:
    """Raises `NotFound`."""
    row = tx.row(sa.select(*_COLUMNS).where(_D.kind == kind, _D.id == id_, _D.version == version))
    if row is None:
        raise NotFound
    return Definition(**row._mapping)


def list_versions(tx: Transaction, kind: DefinitionKind, id_: str) -> list[Definition]:
    """Every version, the newest first."""
    query = sa.select(*_COLUMNS).where(_D.kind == kind, _D.id == id_).order_by(_D.version.desc())
    return [Definition(**row._mapping) for row in tx.rows(query)]


def list_latest(tx: Transaction, kind: DefinitionKind | None = None) -> list[Definition]:
    """The version in force of everything, by kind and id."""
    newest = sa.select(_D.kind, _D.id, sa.func.max(_D.version).label("version")).group_by(_D.kind, _D.id).subquery()
    same = sa.and_(newest.c.kind == _D.kind, newest.c.id == _D.id, newest.c.version == _D.version)
    query = sa.select(*_COLUMNS).join(newest, same).order_by(_D.kind, _D.id)
    return [Definition(**row._mapping) for row in tx.rows(query if kind is None else query.where(_D.kind == kind))]


def resource_content(tx: Transaction, definition_key: int) -> tuple[str, ResourceKind, bytes]:
    """The file a definition lies in: its name, kind and bytes. Raises `NotFound`."""
    row = tx.row(
        sa.select(resource.c.name, resource.c.kind, resource.c.content)
        .join(definition, _D.resource_key == resource.c.key)
        .where(_D.key == definition_key)
    )
    if row is None:
        raise NotFound
    return row.name, row.kind, bytes(row.content)
