"""Templates that staff put in the place of the release's: kept version after version, of a kind and year at most one in force."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engine.access import Actor, Permission, authorize
from engine.db import Transaction
from engine.document.tables import document_template
from engine.errors import InvalidInput, NotFound

#: a template is text; pictures have no place in it
LARGEST = 256 * 1024
LONGEST_NOTE = 200
YEARS = range(2000, 2100)
_FOUND = "templates in force"


@dataclass(frozen=True, slots=True)
class DocumentTemplate:
    """One version of a template, without its source."""

    key: int
    kind: str
    year: int
    version: int
    note: str
    in_force: bool
    by: str
    at: datetime


def add_template(
    tx: Transaction, actor: Actor, kinds: Mapping[str, str], *, kind: str, year: int, content: bytes, note: str = ""
) -> int:
    """Keep a new version for documents of a kind (one of `kinds`) and year; it is not in force yet. Its key.

    The caller has tried to set a document with it. Raises `InvalidInput` by field, `NotAllowed`.
    """
    authorize(actor, Permission.CODES_MANAGE)
    fields: dict[str, list[str]] = {}
    if kind not in kinds:
        fields["kind"] = ["请选择文档"]
    if year not in YEARS:
        fields["year"] = ["请填写四位年度"]
    if len(note) > LONGEST_NOTE:
        fields["note"] = [f"说明最多 {LONGEST_NOTE} 个字，现有 {len(note)} 个"]
    if fields:
        raise InvalidInput(fields=fields)
    t = document_template.c
    last = tx.value(sa.select(sa.func.max(t.version)).where(t.kind == kind, t.year == year)) or 0
    key = tx.next_key()
    tx.insert(
        document_template,
        key=key,
        kind=kind,
        year=year,
        version=last + 1,
        source=source_text(content),
        note=note,
        in_force=False,
        by=actor.name,
        at=tx.now,
    )
    return key


def source_text(content: bytes) -> str:
    """A template as text. Raises `InvalidInput` where it is empty, too large or no text."""
    if not content or len(content) > LARGEST:
        raise InvalidInput(fields={"file": [f"请选择不超过 {LARGEST // 1024} KB 的 typst 模板（.typ）"]})
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise InvalidInput(fields={"file": ["模板不是 UTF-8 文本，请用文本编辑器另存为 UTF-8 后再上传"]}) from None


def put_in_force(tx: Transaction, actor: Actor, key: int, *, in_force: bool) -> DocumentTemplate:
    """Use this version from now on, in the place of any other of its kind and year; or no longer. Raises `NotFound`."""
    authorize(actor, Permission.CODES_MANAGE)
    held = _load(tx, document_template.c.key == key)
    if not held:
        raise NotFound
    t = document_template.c
    tx.execute(
        sa.update(document_template).where(t.kind == held[0].kind, t.year == held[0].year).values(in_force=False)
    )
    if in_force:
        tx.execute(sa.update(document_template).where(t.key == key).values(in_force=True))
    return held[0]


def list_templates(tx: Transaction, actor: Actor) -> list[DocumentTemplate]:
    """Every version, by kind, the newest year and version first."""
    authorize(actor, Permission.CODES_MANAGE)
    return _load(tx, sa.true())


def template_source(tx: Transaction, actor: Actor, key: int) -> tuple[DocumentTemplate, bytes]:
    """A version with its source. Raises `NotFound`."""
    authorize(actor, Permission.CODES_MANAGE)
    held = _load(tx, document_template.c.key == key)
    if not held:
        raise NotFound
    source = tx.value(sa.select(document_template.c.source).where(document_template.c.key == key))
    return held[0], str(source).encode()


def source_in_force(tx: Transaction, kind: str, year: int) -> bytes | None:
    """What documents of a kind and year are set with, where staff put something in the place of the release's template."""
    held = tx.memo.get(_FOUND)
    if held is None:
        t = document_template.c
        rows = tx.rows(sa.select(t.kind, t.year, t.source).where(t.in_force))
        held = tx.memo[_FOUND] = {(row.kind, row.year): row.source.encode() for row in rows}
    found: bytes | None = held.get((kind, year))
    return found


def _load(tx: Transaction, where: sa.ColumnElement[bool]) -> list[DocumentTemplate]:
    t = document_template.c
    columns = [t[name] for name in DocumentTemplate.__dataclass_fields__]
    rows = tx.rows(sa.select(*columns).where(where).order_by(t.kind, t.year.desc(), t.version.desc()))
    return [DocumentTemplate(**row._mapping) for row in rows]
