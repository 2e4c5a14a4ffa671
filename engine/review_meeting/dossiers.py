"""The dossiers of a meeting: the list page by page, how many stand where."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.db import Transaction
from engine.declaration.tables import declaration
from engine.review_meeting.meetings import Meeting, require_watcher
from engine.review_meeting.tables import DossierStage, meeting_dossier, meeting_expert, meeting_group

d, a, g = meeting_dossier.c, declaration.c, meeting_group.c

Row = Mapping[str, Any]
SIZE = 50


@dataclass(frozen=True, slots=True)
class DossierPage:
    """A page of dossiers by number, and how many there are in all."""

    rows: list[Row]
    total: int


def dossiers_of(
    tx: Transaction,
    actor: Actor,
    meeting: Meeting,
    *,
    group: int | None = None,
    stage: DossierStage | None = None,
    text: str = "",
    page: int = 1,
    size: int = SIZE,
) -> DossierPage:
    """The dossiers of a meeting, or of one group, with what their applicants declare and who reviews them.

    For the office that calls the meeting and those above it; experts read dossiers through their tasks. Raises `NotAllowed`.
    """
    require_watcher(actor)
    first, second = meeting_expert.alias("first"), meeting_expert.alias("second")
    query = (
        sa.select(
            meeting_dossier,
            g.name.label("group_name"),
            a.name,
            a.unit_name,
            a.title_series,
            a.title_name,
            a.title_level,
            a.specialty,
            a.status,
            first.c.name.label("primary_name"),
            second.c.name.label("secondary_name"),
        )
        .join(declaration, a.case_key == d.declaration)
        .join(meeting_group, g.id == d.group, isouter=True)
        .join(first, sa.and_(first.c.meeting == d.meeting, first.c.expert == d.primary_expert), isouter=True)
        .join(second, sa.and_(second.c.meeting == d.meeting, second.c.expert == d.secondary_expert), isouter=True)
        .where(d.meeting == meeting.key)
    )
    wanted = [d.meeting == meeting.key]
    if group is not None:
        wanted.append(d.group == group)
    if stage is not None:
        wanted.append(d.stage == stage)
    counted = sa.select(sa.func.count()).select_from(meeting_dossier)
    if text:
        wanted.append(sa.or_(d.declaration_no.contains(text, autoescape=True), a.name.contains(text, autoescape=True)))
        counted = counted.join(declaration, a.case_key == d.declaration)
    total = int(tx.value(counted.where(*wanted)))
    rows = tx.rows(query.where(*wanted).order_by(d.declaration_no).limit(size).offset((max(1, page) - 1) * size))
    return DossierPage([dict(row._mapping) for row in rows], total)


def count_stages(tx: Transaction, meeting: int) -> Mapping[DossierStage, int]:
    """How many dossiers of a meeting stand at each stage. The caller has made sure that its reader may see it."""
    query = sa.select(d.stage, sa.func.count().label("held")).where(d.meeting == meeting).group_by(d.stage)
    found = {row.stage: int(row.held) for row in tx.rows(query)}
    return {stage: found.get(stage, 0) for stage in DossierStage}


def count_groups(tx: Transaction, meeting: int) -> Mapping[int | None, int]:
    """How many dossiers each group of a meeting has."""
    query = sa.select(d.group, sa.func.count().label("held")).where(d.meeting == meeting).group_by(d.group)
    return {row.group: int(row.held) for row in tx.rows(query)}
