"""What a declaration's lists read, and what outlives a declaration.

`declaration` and `declaration_review` are read models: `engine.declaration.projection` writes them and nobody else.
"""

from enum import StrEnum

import sqlalchemy as sa

from engine.db import Json, Key, UtcDateTime, enum_column, metadata


def by_byte(length: int) -> sa.types.TypeEngine[str]:
    """Text compared byte by byte on both databases, so that one index serves order and beginnings."""
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


class CorrectionResume(StrEnum):
    """Where a declaration goes on after 退回 (Q22): through the whole chain again, or at the level that returned it where
    only attachments changed."""

    FULL = "full"
    RESUME = "resume"


class QuotaCheck(StrEnum):
    """What happens where a unit recommends more people than it has posts for (J25, W3)."""

    WARN = "warn"
    BLOCK = "block"


#: U8, in the manual's order; 身份证号, 姓名 and 申报单位 are columns of their own
FILTER_COLUMNS = (
    "title_category",
    "title_series",
    "specialty",
    "title_name",
    "title_level",
    "declaration_route",
    "review_mode",
    "highest_education",
    "school",
    "first_education",
    "committee",
    "region",
    "current_title_name",
    "current_title_level",
    "current_title_obtained_on",
    "special_experience",
    "entrusted_review",
    "major",
    "governing_unit",
)

#: what else a list is put in order by or searched by the beginning of
ORDERED_COLUMNS = ("declaration_no", "identity_number", "name", "unit_name")

declaration = sa.Table(
    "declaration",
    metadata,
    sa.Column("case_key", Key, primary_key=True, autoincrement=False),
    sa.Column("declaration_no", by_byte(20), nullable=False),
    sa.Column("person", Key, nullable=False),
    sa.Column("applicant", sa.String(64), nullable=False),
    sa.Column("year", sa.Integer, nullable=False),
    sa.Column("live", sa.Boolean, nullable=False),
    sa.Column("status", sa.String(64), nullable=False),
    sa.Column("unit", Key, nullable=False),
    sa.Column("unit_name", by_byte(100), nullable=False),
    sa.Column("name", by_byte(50), nullable=False),
    sa.Column("identity_number", by_byte(30), nullable=False),
    sa.Column("title_category", sa.String(64)),
    sa.Column("title_series", sa.String(64)),
    sa.Column("specialty", sa.String(64)),
    sa.Column("title_name", sa.String(64)),
    sa.Column("title_level", sa.String(64)),
    sa.Column("declaration_route", sa.String(64)),
    sa.Column("review_mode", sa.String(64)),
    sa.Column("highest_education", sa.String(64)),
    sa.Column("school", by_byte(200)),
    sa.Column("first_education", sa.String(64)),
    sa.Column("committee", Key),
    sa.Column("region", sa.String(12)),
    sa.Column("current_title_name", sa.String(64)),
    sa.Column("current_title_level", sa.String(64)),
    sa.Column("current_title_obtained_on", sa.String(10)),
    sa.Column("special_experience", sa.Boolean, nullable=False, default=False),
    sa.Column("entrusted_review", sa.Boolean, nullable=False, default=False),
    sa.Column("major", sa.String(64)),
    sa.Column("governing_unit", Key),
    sa.Column("review_unit", Key),
    sa.Column("review_position", sa.Integer),
    sa.Column("started_at", UtcDateTime, nullable=False),
    sa.Column("submitted_at", UtcDateTime),
    sa.Column("finished_at", UtcDateTime),
    sa.Index(
        "uq_declaration_live",
        "person",
        "year",
        unique=True,
        sqlite_where=sa.text("live"),
        postgresql_where=sa.text("live"),
    ),
    sa.Index("uq_declaration_no", "declaration_no", unique=True),
    sa.Index("ix_declaration_applicant", "applicant", "case_key"),
    sa.Index("ix_declaration_unit", "unit", "year"),
    *(
        sa.Index(f"ix_declaration_{column}", "year", column, "case_key")
        for column in (*ORDERED_COLUMNS, *FILTER_COLUMNS)
    ),
)
"""One row per declaration with every filter of U8 as a column. Choices are values of code lists, units and committees
their keys; texts that are not known yet are empty, so that a list in their order has no gaps. What every step changes is
not indexed: a step then touches the row and no index. `live` holds the person's place in the year: one declaration at a
time, freed when it ends without result."""

declaration_review = sa.Table(
    "declaration_review",
    metadata,
    sa.Column("case_key", Key, primary_key=True, autoincrement=False),
    sa.Column("unit", Key, primary_key=True, autoincrement=False),
    sa.Column("role", sa.String(32), primary_key=True),
    sa.Column("year", sa.Integer, nullable=False),
    sa.Column("decided", sa.Boolean, nullable=False),
    sa.Column("task_key", Key, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("outcome", sa.String(64)),
    sa.Column("decided_by", sa.String(64)),
    sa.Index("ix_declaration_review_place", "unit", "role", "decided", "year", "at", "case_key"),
    sqlite_with_rowid=False,
)
"""Where a declaration stands with each unit's officer and leader (U7), and at which of their desks: `role` is `unit_leader`,
`case_officer`, `case_officer/placement`. `at` is when the task came in or was decided,
`task_key` the open task, or the one that was decided. Whether an open task is on hold stands in the task."""

saved_view = sa.Table(
    "saved_view",
    metadata,
    sa.Column("id", Key, primary_key=True, autoincrement=False),
    sa.Column("account", Key, nullable=False),
    sa.Column("unit", Key),
    sa.Column("name", sa.String(50), nullable=False),
    sa.Column("query", sa.String(2000), nullable=False),
    sa.Column("shared", sa.Boolean, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.UniqueConstraint("account", "name", name="uq_saved_view_name"),
    sa.Index("ix_saved_view_unit", "unit", "shared"),
)
"""A list as an account wants to see it again: filters, order and columns as the query of its address. `unit` is the one it
was saved in, whose people read it where it is `shared`."""

dossier_look = sa.Table(
    "dossier_look",
    metadata,
    sa.Column("key", Key, primary_key=True, autoincrement=False),
    sa.Column("case_key", Key, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("login", sa.String(64), nullable=False),
    sa.Column("name", sa.String(100), nullable=False),
    sa.Column("role", sa.String(32), nullable=False),
    sa.Column("unit", Key),
    sa.Column("what", sa.String(32), nullable=False),
    sa.Index("ix_dossier_look_case_key", "case_key", "key"),
    sa.Index("ix_dossier_look_login", "login", "key"),
)
"""Append-only: who outside its chain looked at a declaration, in which role, at what of it."""

stock_phrase = sa.Table(
    "stock_phrase",
    metadata,
    sa.Column("id", Key, primary_key=True, autoincrement=False),
    sa.Column("account", Key, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("text", sa.String(1000), nullable=False),
    sa.Index("ix_stock_phrase_account", "account", "position"),
)
"""常用意见: the phrases of one account, in its order (U11)."""

declaration_year = sa.Table(
    "declaration_year",
    metadata,
    sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("opens_at", UtcDateTime, nullable=False),
    sa.Column("closes_at", UtcDateTime, nullable=False),
    sa.Column("reminder_at", UtcDateTime, nullable=False),
    sa.Column("correction_days", sa.Integer, nullable=False),
    sa.Column("review_days", sa.Integer, nullable=False),
    sa.Column("last_no", sa.Integer, nullable=False),
    sa.Column("cutoff_on", sa.Date, nullable=False),
    sa.Column("unit_closes_at", UtcDateTime),
    sa.Column("subordinate_closes_at", UtcDateTime),
    sa.Column("department_closes_at", UtcDateTime),
    sa.Column("province_closes_at", UtcDateTime),
    sa.Column("level_reminder_days", sa.Integer, nullable=False),
    sa.Column("publicity_days", sa.Integer, nullable=False),
    sa.Column("correction_resume", enum_column(CorrectionResume), nullable=False),
    sa.Column("quota_check", enum_column(QuotaCheck), nullable=False),
)
"""The plan of a review year: when declarations and each level open and close, the day up to which years and achievements
count, working days to correct, to review and to publicise, and the last number given."""

register_source = sa.Table(
    "register_source",
    metadata,
    sa.Column("kind", sa.String(32), primary_key=True),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("entries", sa.Integer, nullable=False),
    sa.Column("imported_by", sa.String(64), nullable=False),
    sa.Column("imported_at", UtcDateTime, nullable=False),
)
"""The registers whose content was taken in from a file: a register without a row here is not connected (J21)."""

register_entry = sa.Table(
    "register_entry",
    metadata,
    sa.Column("identity_number", sa.String(30), primary_key=True),
    sa.Column("kind", sa.String(32), primary_key=True),
    sa.Column("value", Json, nullable=False),
    sqlite_with_rowid=False,
)
"""What a register says of a person, whoever they are: an object, or a list of rows (J21, J26)."""

claim = sa.Table(
    "claim",
    metadata,
    sa.Column("case_key", Key, primary_key=True, autoincrement=False),
    sa.Column("section", sa.String(32), primary_key=True),
    sa.Column("row", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("work", sa.String(40), nullable=False),
    sa.Column("person", Key, nullable=False),
    sa.Column("year", sa.Integer, nullable=False),
    sqlite_with_rowid=False,
)
sa.Index("ix_claim_work", claim.c.work, claim.c.case_key)
"""The works of each declaration as it was last submitted. `work` is the same for the same paper, patent or project,
however it is typed; read models that `engine.declaration.claims` writes and nobody else."""
