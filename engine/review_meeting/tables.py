"""A review meeting and what belongs to it: its committees, staff, groups, experts, dossiers, and the standard they are scored by."""

from enum import StrEnum

import sqlalchemy as sa

from engine.db import Json, Key, UtcDateTime, enum_column, metadata


class BallotMode(StrEnum):
    """How a ballot is cast; 记名 is the exception (Q19)."""

    SECRET = "secret"  # noqa: S105 - a way to vote
    NAMED = "named"


class ExpertPost(StrEnum):
    """What an expert is in the meeting. Who leads a group stands with the group."""

    MEMBER = "member"
    CHAIR = "chair"
    VICE_CHAIR = "vice_chair"


class ExpertSource(StrEnum):
    """Drawn by lot with the published seed (J17), or chosen by the office."""

    DRAWN = "drawn"
    CHOSEN = "chosen"


class Invitation(StrEnum):
    INVITED = "invited"
    DECLINED = "declined"
    CONFIRMED = "confirmed"


class DossierStage(StrEnum):
    """How far the review of one dossier is; written by the projector of `dossier_review`."""

    WAITING = "waiting"
    ASSIGNED = "assigned"
    SCORED = "scored"
    SECONDARY_CONFIRMED = "secondary_confirmed"
    LEADER_CONFIRMED = "leader_confirmed"
    CHAIR_CONFIRMED = "chair_confirmed"


class StandardState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    CONFIRMED = "confirmed"
    RETURNED = "returned"


review_meeting = sa.Table(
    "review_meeting",
    metadata,
    sa.Column("case_key", Key, primary_key=True, autoincrement=False),
    sa.Column("meeting_no", sa.String(20), nullable=False, unique=True),
    sa.Column("year", sa.Integer, nullable=False),
    sa.Column("unit", Key, nullable=False),
    sa.Column("name", sa.String(100), nullable=False),
    sa.Column("starts_at", UtcDateTime, nullable=False),
    sa.Column("ends_at", UtcDateTime, nullable=False),
    sa.Column("venue", sa.String(200), nullable=False),
    sa.Column("brief", sa.String(1000), nullable=False),
    sa.Column("series", sa.String(64), nullable=False),
    sa.Column("status", sa.String(64), nullable=False),
    sa.Column("masked", sa.Boolean, nullable=False),
    sa.Column("ballot_mode", enum_column(BallotMode), nullable=False),
    sa.Column("chair", Key),
    sa.Column("presiding", Key),
    sa.Column("seed_commitment", sa.String(64), nullable=False),
    sa.Column("draw_seed", sa.String(64), nullable=False),
    sa.Column("sign_in_code", sa.String(8), nullable=False),
    sa.Column("finished_at", UtcDateTime),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("created_by", sa.String(64), nullable=False),
    sa.Index("ix_review_meeting_unit", "unit", "case_key"),
)
"""One meeting of one unit (M1). `chair` and `presiding` are experts, the second whoever holds the chair now (Q3). `status` and
`finished_at` follow the case. `draw_seed` is the secret of the draw, `seed_commitment` its SHA-256, which is shown from the
beginning; the secret is shown when the plan is approved (J17)."""

meeting_committee = sa.Table(
    "meeting_committee",
    metadata,
    sa.Column("meeting", Key, primary_key=True, autoincrement=False),
    sa.Column("committee", Key, primary_key=True, autoincrement=False),
    sa.Column("members", sa.Integer, nullable=False),
    sa.Index("ix_meeting_committee_committee", "committee"),
    sqlite_with_rowid=False,
)
"""The committees that meet; `members` is what a quorum is counted from, frozen when the plan is approved."""

meeting_staff = sa.Table(
    "meeting_staff",
    metadata,
    sa.Column("meeting", Key, primary_key=True, autoincrement=False),
    sa.Column("account", Key, primary_key=True, autoincrement=False),
    sa.Column("name", sa.String(50), nullable=False),
    sa.Column("post", sa.String(50), nullable=False),
    sqlite_with_rowid=False,
)
"""工作人员: they see the meeting and do not vote (R13)."""

meeting_group = sa.Table(
    "meeting_group",
    metadata,
    sa.Column("id", Key, primary_key=True, autoincrement=False),
    sa.Column("meeting", Key, nullable=False),
    sa.Column("committee", Key, nullable=False),
    sa.Column("name", sa.String(50), nullable=False),
    sa.Column("seats", sa.Integer, nullable=False),
    sa.Column("leader", Key),
    sa.Column("version", sa.Integer, nullable=False),
    sa.UniqueConstraint("meeting", "name", name="uq_meeting_group_name"),
)
"""A group of one committee's experts with at least three seats (J09, Q24). `version` counts its changes."""

meeting_expert = sa.Table(
    "meeting_expert",
    metadata,
    sa.Column("meeting", Key, primary_key=True, autoincrement=False),
    sa.Column("expert", Key, primary_key=True, autoincrement=False),
    sa.Column("committee", Key, nullable=False),
    sa.Column("group", Key),
    sa.Column("post", enum_column(ExpertPost), nullable=False),
    sa.Column("source", enum_column(ExpertSource), nullable=False),
    sa.Column("invited", enum_column(Invitation), nullable=False),
    sa.Column("decline_reason", sa.String(200), nullable=False),
    sa.Column("signed_in_at", UtcDateTime),
    sa.Column("signed_out_at", UtcDateTime),
    sa.Column("name", sa.String(50), nullable=False),
    sa.Column("login", sa.String(64), nullable=False),
    sa.Column("workplace", sa.String(100), nullable=False),
    sa.Column("specialty", sa.String(64)),
    sa.Index("ix_meeting_expert_login", "login", "meeting"),
    sqlite_with_rowid=False,
)
"""An expert in a meeting, for one of its committees, with what is shown of them; their names are never public (J19)."""

meeting_dossier = sa.Table(
    "meeting_dossier",
    metadata,
    sa.Column("meeting", Key, primary_key=True, autoincrement=False),
    sa.Column("declaration", Key, primary_key=True, autoincrement=False),
    sa.Column("declaration_no", sa.String(20), nullable=False),
    sa.Column("committee", Key, nullable=False),
    sa.Column("group", Key),
    sa.Column("live", sa.Boolean, nullable=False),
    sa.Column("review_case", Key),
    sa.Column("stage", enum_column(DossierStage), nullable=False),
    sa.Column("primary_expert", Key),
    sa.Column("secondary_expert", Key),
    sa.Column("score", sa.Numeric(6, 2)),
    sa.Index(
        "uq_meeting_dossier_live",
        "declaration",
        unique=True,
        sqlite_where=sa.text("live"),
        postgresql_where=sa.text("live"),
    ),
    sa.Index("ix_meeting_dossier_group", "meeting", "group", "declaration_no"),
    sqlite_with_rowid=False,
)
"""A declaration reviewed in a meeting; `live` holds it for this one until the meeting is cancelled or closed."""

scoring_standard = sa.Table(
    "scoring_standard",
    metadata,
    sa.Column("id", Key, primary_key=True, autoincrement=False),
    sa.Column("meeting", Key, nullable=False),
    sa.Column("name", sa.String(100), nullable=False),
    sa.Column("groups", Json, nullable=False),
    sa.Column("items", Json, nullable=False),
    sa.Column("lowest", sa.Numeric(6, 2), nullable=False),
    sa.Column("anonymous", sa.Boolean, nullable=False),
    sa.Column("state", enum_column(StandardState), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("confirmed_by", sa.String(64)),
    sa.Column("confirmed_at", UtcDateTime),
    sa.Index("ix_scoring_standard_meeting", "meeting", "id"),
)
"""评分标准 (M9): `items` are objects of key, name, points (the most an item gives), weight, guide and kind; `groups` the groups
it holds for, none meaning all; `lowest` the score below which a remark is asked for."""

expert_draw = sa.Table(
    "expert_draw",
    metadata,
    sa.Column("meeting", Key, primary_key=True, autoincrement=False),
    sa.Column("committee", Key, primary_key=True, autoincrement=False),
    sa.Column("drawn_on", sa.Date, nullable=False),
    sa.Column("seats", sa.Integer, nullable=False),
    sa.Column("outside_seats", sa.Integer, nullable=False),
    sa.Column("candidates", Json, nullable=False),
    sa.Column("order", Json, nullable=False),
    sa.Column("seed", sa.String(64), nullable=False),
    sa.Column("drawn_at", UtcDateTime, nullable=False),
    sa.Column("drawn_by", sa.String(64), nullable=False),
    sqlite_with_rowid=False,
)
"""The draw of one committee's experts (J17): who could be drawn, the seed, and the order that came out of it, which also
says who follows where one declines."""
