"""The committees that review, as they are registered."""

from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from engine.db import Json, Key, UtcDateTime, enum_column, metadata


class CommitteeKind(StrEnum):
    """组建方式: one committee for a whole series, or for some of its specialties."""

    SERIES = "series"
    SPECIALTY = "specialty"


class CommitteeState(StrEnum):
    """`expired` is a past committee: its filing has run out and was not made again (J05)."""

    ACTIVE = "active"
    DISABLED = "disabled"
    EXPIRED = "expired"


class ExpertState(StrEnum):
    """How far an expert is. The way from `completing` to `in_pool` is the case of `expert_vetting`, whose projector writes it;
    `created` has no case yet, `refused` was not taken, `disabled` was taken out of every pool."""

    CREATED = "created"
    COMPLETING = "completing"
    PENDING = "pending"
    RETURNED = "returned"
    IN_POOL = "in_pool"
    REFUSED = "refused"
    DISABLED = "disabled"


class MemberState(StrEnum):
    ACTIVE = "active"
    LEFT = "left"


committee = sa.Table(
    "committee",
    metadata,
    sa.Column("id", Key, primary_key=True, autoincrement=False),
    sa.Column("code", sa.String(20), nullable=False, unique=True),
    sa.Column("name", sa.String(100), nullable=False),
    sa.Column("forming_unit", Key, nullable=False),
    sa.Column("series", sa.String(64), nullable=False),
    sa.Column("specialties", Json, nullable=False),
    sa.Column("levels", Json, nullable=False),
    sa.Column("kind", enum_column(CommitteeKind), nullable=False),
    sa.Column("region", sa.String(12), nullable=False),
    sa.Column("filing_no", sa.String(50), nullable=False),
    sa.Column("valid_from", sa.Date, nullable=False),
    sa.Column("valid_until", sa.Date, nullable=False),
    sa.Column("members", sa.Integer, nullable=False),
    sa.Column("contact_person", sa.String(20), nullable=False),
    sa.Column("contact_phone", sa.String(20), nullable=False),
    sa.Column("show_opinions", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("state", enum_column(CommitteeState), nullable=False),
    sa.Column("account", Key, unique=True),
    sa.Column("term_case", Key),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("created_by", sa.String(64), nullable=False),
    sa.Index("ix_committee_forming_unit", "forming_unit"),
    sa.Index("ix_committee_series", "series", "state"),
)
"""授权单位评委会管理. `series`, `specialties` and `levels` are values of the code lists; no specialties means all of the
series. A phone is kept as typed; its limit of 12 counts neither hyphens nor spaces (Q40). `show_opinions`: applicants read, after
the ballot, what was written of their dossier, without names (Q42). `account` is the one of its pool,
`term_case` the case of `committee_term` that watches its filing."""

committee_filing = sa.Table(
    "committee_filing",
    metadata,
    sa.Column("id", Key, primary_key=True, autoincrement=False),
    sa.Column("committee", Key, nullable=False),
    sa.Column("filing_no", sa.String(50), nullable=False),
    sa.Column("valid_from", sa.Date, nullable=False),
    sa.Column("valid_until", sa.Date, nullable=False),
    sa.Column("members", sa.Integer, nullable=False),
    sa.Column("recorded_at", UtcDateTime, nullable=False),
    sa.Column("recorded_by", sa.String(64), nullable=False),
    sa.Index("ix_committee_filing_committee", "committee", "id"),
)
"""Every filing (备案) a committee ever had, the present one last; each holds for three years at most (J05)."""

expert = sa.Table(
    "expert",
    metadata,
    sa.Column("id", Key, primary_key=True, autoincrement=False),
    sa.Column("person", Key, nullable=False, unique=True),
    sa.Column("account", Key, nullable=False, unique=True),
    sa.Column("identity_type", sa.String(4), nullable=False),
    sa.Column("identity_number", sa.String(30), nullable=False),
    sa.Column("name", sa.String(50), nullable=False),
    sa.Column("sex", sa.String(1)),
    sa.Column("phone", sa.String(20), nullable=False),
    sa.Column("workplace", sa.String(100), nullable=False),
    sa.Column("workplace_unit", Key),
    sa.Column("title_series", sa.String(64)),
    sa.Column("title_name", sa.String(64)),
    sa.Column("title_level", sa.String(64)),
    sa.Column("specialty", sa.String(64)),
    sa.Column("specialties", Json, nullable=False),
    sa.Column("employed", sa.Boolean, nullable=False),
    sa.Column("schools", Json, nullable=False),
    sa.Column("research", sa.String(200), nullable=False),
    sa.Column("unavailable", Json, nullable=False),
    sa.Column("declared_relations", sa.String(500), nullable=False),
    sa.Column("state", enum_column(ExpertState), nullable=False),
    sa.Column("vetting_case", Key),
    sa.Column("photo", Key),
    sa.Column("profile", Json),
    sa.Column("bank_card", sa.LargeBinary),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("created_by", sa.String(64), nullable=False),
    sa.UniqueConstraint("identity_type", "identity_number", name="uq_expert_identity"),
    sa.Index("ix_expert_state", "state"),
    sa.Index("ix_expert_vetting_case", "vetting_case"),
    sa.Index("ix_expert_workplace_unit", "workplace_unit"),
)
"""Somebody who may sit on committees (R7), once for the whole province. Titles and specialties are values of the code lists;
`specialties` are those they can review. `schools` are `{school, from, until}` as far as the profile says, `unavailable` days
`{from, to}`. `profile` are the sections as they were last approved, `bank_card` is encrypted with a key outside the database
and read by its owner alone."""

pool_member = sa.Table(
    "pool_member",
    metadata,
    sa.Column("committee", Key, primary_key=True, autoincrement=False),
    sa.Column("expert", Key, primary_key=True, autoincrement=False),
    sa.Column("term_from", sa.Date, nullable=False),
    sa.Column("term_until", sa.Date, nullable=False),
    sa.Column("state", enum_column(MemberState), nullable=False),
    sa.Column("added_at", UtcDateTime, nullable=False),
    sa.Column("added_by", sa.String(64), nullable=False),
    sa.Index("ix_pool_member_expert", "expert"),
    sqlite_with_rowid=False,
)
"""An expert in the pool of a committee, for three years at most (J04), both days included."""


def holds(column: sa.Column[Any], value: str) -> sa.ColumnElement[bool]:
    """Whether a list of values (`specialties`, `levels`) has this one; values are letters, digits, dots and hyphens."""
    return sa.type_coerce(column, sa.Text).contains(f'"{value}"', autoescape=True)


expert_vetting = sa.Table(
    "expert_vetting",
    metadata,
    sa.Column("case_key", Key, primary_key=True, autoincrement=False),
    sa.Column("expert", Key, nullable=False),
    sa.Column("unit", Key, nullable=False),
    sa.Column("is_update", sa.Boolean, nullable=False),
    sa.Column("open_task", Key),
    sa.Column("open_since", UtcDateTime),
    sa.Column("outcome", sa.String(64)),
    sa.Column("opinion", sa.String(1000)),
    sa.Column("decided_by", sa.String(64)),
    sa.Column("decided_at", UtcDateTime),
    sa.Index("ix_expert_vetting_open", "unit", "open_since", "case_key"),
    sa.Index("ix_expert_vetting_decided", "unit", "decided_at", "case_key"),
    sa.Index("ix_expert_vetting_expert", "expert", "case_key"),
)
"""A case of `expert_vetting` as the lists of 评委材料审核 read it (K6), written by its projector: the task that waits, and the
decision made last."""
