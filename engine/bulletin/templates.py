"""Papers to download and fill in by hand, by year and series (W17)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.access import Actor, Permission, authorize
from engine.bulletin.tables import template_file
from engine.db import Transaction
from engine.document.published import publish_attachment, withdraw_attachment
from engine.errors import InvalidInput, NotFound
from engine.reference import CodeBook

T = template_file.c


@dataclass(frozen=True, slots=True)
class TemplateFile:
    """A paper: `series` of `title_series` or None for all of them, `material` of `base_material` or None."""

    id: int
    year: int
    series: str | None
    material: str | None
    name: str
    file: Mapping[str, Any]


def list_templates(tx: Transaction, *, year: int, series: str = "", material: str = "") -> Sequence[TemplateFile]:
    """The papers of a year, those for all series first; of one series with those for all. Everybody signed in may ask."""
    wanted = sa.select(template_file).where(T.year == year)
    if series:
        wanted = wanted.where(sa.or_(T.series.is_(None), T.series == series))
    if material:
        wanted = wanted.where(T.material == material)
    rows = tx.rows(wanted.order_by(T.series.is_not(None), T.series, T.name, T.id))
    return [_template(row) for row in rows]


def find_template(tx: Transaction, key: int) -> TemplateFile:
    """One paper. Raises `NotFound`."""
    row = tx.row(sa.select(template_file).where(T.id == key))
    if row is None:
        raise NotFound("没有这个模板，可能已被替换。")
    return _template(row)


def add_template(
    tx: Transaction,
    actor: Actor,
    book: CodeBook,
    *,
    year: int,
    series: str,
    material: str,
    name: str,
    file: Mapping[str, Any],
) -> int:
    """Offer a file the actor has uploaded; returns its id. Raises `InvalidInput` by field, `NotAllowed`."""
    authorize(actor, Permission.CODES_MANAGE)
    problems: dict[str, list[str]] = {}
    if not 1 <= len(name.strip()) <= 100:
        problems["name"] = ["请填写名称，最多 100 个字"]
    if series and book.find("title_series", series) is None:
        problems["series"] = ["请在列出的系列中选择"]
    if material and book.find("base_material", material) is None:
        problems["material"] = ["请在列出的材料中选择"]
    if problems:
        raise InvalidInput(fields=problems)
    publish_attachment(tx, actor, int(file["id"]))
    key = tx.next_key()
    tx.execute(
        sa.insert(template_file).values(
            id=key,
            year=year,
            series=series or None,
            material=material or None,
            name=name.strip(),
            file=dict(file),
            by=actor.login,
            at=tx.now,
        )
    )
    return key


def remove_template(tx: Transaction, actor: Actor, key: int) -> None:
    """Offer it no longer."""
    authorize(actor, Permission.CODES_MANAGE)
    found = find_template(tx, key)
    withdraw_attachment(tx, int(found.file["id"]))
    tx.execute(sa.delete(template_file).where(T.id == key))


def _template(row: sa.Row[Any]) -> TemplateFile:
    return TemplateFile(row.id, row.year, row.series, row.material, row.name, row.file)
