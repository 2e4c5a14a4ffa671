"""What the studio works on: files by name, with their versions, a draft beside each, and publishing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

import sqlalchemy as sa

from engine.access import Actor, Permission, authorize
from engine.db import Transaction
from engine.db.locks import lock_name
from engine.errors import InvalidInput, NotFound, StaleTask
from engine.flow.definitions import Deployment, deploy_resources
from engine.flow.reading import SUFFIXES, read_files
from engine.flow.release import withdraw_offer
from engine.flow.tables import (
    CaseState,
    DefinitionKind,
    ResourceKind,
    Source,
    case,
    definition,
    draft_resource,
    resource,
)

LARGEST = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Authored:
    """A file of the studio. `version` is 0 while it was never published; `base` is what a change must name."""

    name: str
    kind: ResourceKind
    title: str
    ids: tuple[str, ...]
    version: int
    at: datetime | None
    by: str
    source: Source | None
    has_draft: bool
    base: str


@dataclass(frozen=True, slots=True)
class Version:
    """A published version of a file, and how many cases still run by it."""

    key: int
    version: int
    version_tag: str | None
    at: datetime
    by: str
    source: Source
    running: int


def list_files(tx: Transaction, actor: Actor, kind: ResourceKind | None = None) -> list[Authored]:
    """Every file that was published or is being drawn, by name."""
    authorize(actor, Permission.DEFINITIONS_EDIT)
    rows: dict[str, list[sa.Row[Any]]] = {}
    for row in tx.rows(_in_force()):
        rows.setdefault(row.resource_name, []).append(row)
    drafts = {row.name: row for row in tx.rows(sa.select(draft_resource))}
    files = [_authored(name, rows.get(name, []), drafts.get(name)) for name in sorted({*rows, *drafts})]
    return [file for file in files if kind is None or file.kind is kind]


def find_file(tx: Transaction, actor: Actor, name: str) -> Authored:
    """The file of that name. Raises `NotFound`."""
    authorize(actor, Permission.DEFINITIONS_EDIT)
    published = tx.rows(_in_force().where(definition.c.resource_name == name))
    draft = tx.row(sa.select(draft_resource).where(draft_resource.c.name == name))
    if not published and draft is None:
        raise NotFound("没有这个文件。")
    return _authored(name, published, draft)


def _in_force() -> sa.Select[Any]:
    """The definitions in force, each with its file."""
    other = definition.alias("newer")
    newer = sa.exists().where(
        other.c.kind == definition.c.kind, other.c.id == definition.c.id, other.c.version > definition.c.version
    )
    return sa.select(definition).where(sa.not_(newer)).order_by(definition.c.resource_name, definition.c.id)


def _authored(name: str, published: Sequence[sa.Row[Any]], draft: sa.Row[Any] | None) -> Authored:
    first = published[0] if published else None
    base = f"draft:{draft.version}" if draft is not None else f"sha256:{first.sha256}" if first is not None else ""
    return Authored(
        name=name,
        kind=SUFFIXES.get(PurePosixPath(name).suffix, ResourceKind.BPMN),
        title=first.name if first is not None else PurePosixPath(name).stem,
        ids=tuple(row.id for row in published),
        version=first.version if first is not None else 0,
        at=draft.at if draft is not None else first.at if first is not None else None,
        by=draft.by if draft is not None else first.by if first is not None else "",
        source=first.source if first is not None else None,
        has_draft=draft is not None,
        base=base,
    )


def read_file(tx: Transaction, actor: Actor, name: str, version: int | None = None) -> bytes:
    """The content: of that version, else the draft, else the version in force. Raises `NotFound`."""
    authorize(actor, Permission.DEFINITIONS_EDIT)
    if version is None:
        draft = tx.value(sa.select(draft_resource.c.content).where(draft_resource.c.name == name))
        if draft is not None:
            return bytes(draft)
    return read_published(tx, actor, name, version)


def read_published(tx: Transaction, actor: Actor, name: str, version: int | None = None) -> bytes:
    """The content of a published version, the newest where none is named."""
    authorize(actor, Permission.DEFINITIONS_EDIT)
    query = (
        sa.select(resource.c.content)
        .join(definition, definition.c.resource_key == resource.c.key)
        .where(definition.c.resource_name == name)
        .order_by(definition.c.key.desc())
        .limit(1)
    )
    if version is not None:
        query = query.where(definition.c.version == version)
    content = tx.value(query)
    if content is None:
        raise NotFound("没有这个文件，或没有这一版。")
    return bytes(content)


def list_file_versions(tx: Transaction, actor: Actor, name: str) -> list[Version]:
    """The versions of a file by its first definition, the newest first."""
    file = find_file(tx, actor, name)
    d = definition.c
    running = (
        sa.select(sa.func.count())
        .where(case.c.definition_key == d.key, case.c.state.in_([CaseState.ACTIVE, CaseState.SUSPENDED]))
        .scalar_subquery()
        .label("running")
    )
    query = (
        sa.select(d.key, d.version, d.version_tag, d.at, d.by, d.source, running)
        .where(d.resource_name == name, d.id == (file.ids[0] if file.ids else ""))
        .order_by(d.version.desc())
    )
    return [Version(**dict(row._mapping)) for row in tx.rows(query)]


def save_draft_file(tx: Transaction, actor: Actor, name: str, content: bytes, base: str) -> str:
    """Keep what was drawn without publishing it; the new base. A draft may have errors.

    `base` is the file's as the editor was opened with; raises `StaleTask` where somebody saved or published since.
    """
    authorize(actor, Permission.DEFINITIONS_EDIT)
    _check_name(name)
    if len(content) > LARGEST:
        raise InvalidInput("文件过大，没有保存。")
    held = _require_base(tx, name, base)
    version = held.version + 1 if held is not None else 1
    tx.execute(sa.delete(draft_resource).where(draft_resource.c.name == name))
    tx.insert(
        draft_resource,
        kind=SUFFIXES[PurePosixPath(name).suffix],
        name=name,
        content=content,
        base_sha256=held.base_sha256 if held is not None else base.removeprefix("sha256:") or None,
        version=version,
        at=tx.now,
        by=actor.login,
    )
    return f"draft:{version}"


def discard_draft_file(tx: Transaction, actor: Actor, name: str) -> None:
    """Give the draft up; the published version is what there is again."""
    authorize(actor, Permission.DEFINITIONS_EDIT)
    tx.execute(sa.delete(draft_resource).where(draft_resource.c.name == name))


def publish_file(tx: Transaction, actor: Actor, name: str, content: bytes, base: str) -> Deployment:
    """Publish what was drawn: new cases start by it, running ones stay on their version. The draft is gone then.

    Raises `Rejected` with the lint's findings where there are errors, `StaleTask` as `save_draft_file`.
    """
    authorize(actor, Permission.DEFINITIONS_PUBLISH)
    _check_name(name)
    _require_base(tx, name, base)
    made = deploy_resources(tx, actor, {name: content}, Source.STUDIO)
    tx.execute(sa.delete(draft_resource).where(draft_resource.c.name == name))
    withdraw_offer(tx, name)
    return made


def check_file(tx: Transaction, actor: Actor, name: str, content: bytes) -> Sequence[Any]:
    """What the lint says of a file as it is drawn."""
    authorize(actor, Permission.DEFINITIONS_EDIT)
    return read_files(tx, {name: content})[name].findings


def form_choices(tx: Transaction, actor: Actor) -> list[tuple[str, str]]:
    """Id and name of every published form, for the editor's list."""
    authorize(actor, Permission.DEFINITIONS_EDIT)
    rows = tx.rows(_in_force().where(definition.c.kind == DefinitionKind.FORM))
    return [(row.id, row.name) for row in rows]


def _check_name(name: str) -> None:
    path = PurePosixPath(name)
    if path.suffix not in SUFFIXES or path.is_absolute() or ".." in path.parts or len(name) > 200:
        raise InvalidInput("文件名应以 .bpmn、.dmn 或 .form 结尾。")


def _require_base(tx: Transaction, name: str, base: str) -> sa.Row[Any] | None:
    """The draft in hand; raises `StaleTask` unless the file is as the editor saw it."""
    lock_name(tx, "file", name)
    draft = tx.row(sa.select(draft_resource).where(draft_resource.c.name == name))
    published = tx.rows(_in_force().where(definition.c.resource_name == name))
    if _authored(name, published, draft).base != base:
        by = draft.by if draft is not None else published[0].by if published else ""
        raise StaleTask(f"“{name}”在您打开之后由 {by} 修改过，没有保存。请先下载您的内容，再刷新页面。")
    return draft
