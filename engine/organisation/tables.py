"""Units as a tree, persons, their accounts and roles, sign-in sessions, and what was done to them."""

from enum import StrEnum

import sqlalchemy as sa

from engine.db import Json, Key, UtcDateTime, enum_column, metadata


class State(StrEnum):
    """Of units and accounts; only units are dissolved, by themselves or into another one, and that is final."""

    ACTIVE = "active"
    DISABLED = "disabled"
    DISSOLVED = "dissolved"


class RecommendationMode(StrEnum):
    """How a unit recommends its people: in a round with ranking and publicity (J10), or as the manual has it (Q34)."""

    ROUND = "round"
    DIRECT = "direct"


class AccountKind(StrEnum):
    """Whose account it is. The two tabs of the sign-in page are presentation only; this decides (catalogue Q1)."""

    UNIT_ADMIN = "unit_admin"
    STAFF = "staff"
    COMMITTEE = "committee"
    PERSON = "person"
    SERVICE = "service"


class Density(StrEnum):
    COMFORTABLE = "comfortable"
    COMPACT = "compact"


class Theme(StrEnum):
    AUTO = "auto"
    LIGHT = "light"
    DARK = "dark"


unit = sa.Table(
    "unit",
    metadata,
    sa.Column("id", Key, primary_key=True, autoincrement=False),
    sa.Column("parent", Key, sa.ForeignKey("unit.id")),
    sa.Column("code", sa.String(4), nullable=False),
    sa.Column("name", sa.String(100), nullable=False),
    sa.Column("region", sa.String(12), nullable=False),
    sa.Column("category", sa.String(64), nullable=False),
    sa.Column("nature", sa.String(64), nullable=False),
    sa.Column("economic_type", sa.String(12)),
    sa.Column("may_create_committee", sa.Boolean, nullable=False, default=False),
    sa.Column("may_form_committee", sa.Boolean, nullable=False, default=False),
    sa.Column("industry", sa.String(12), nullable=False),
    sa.Column("credit_code", sa.String(50)),
    sa.Column("registry_code", sa.String(50)),
    sa.Column("contact_person", sa.String(20)),
    sa.Column("contact_phone", sa.String(20)),
    sa.Column("fax", sa.String(20)),
    sa.Column("email", sa.String(100)),
    sa.Column("postcode", sa.String(20)),
    sa.Column("address", sa.String(100)),
    sa.Column("responsible_person", sa.String(50), nullable=False),
    sa.Column("leader_review", sa.Boolean, nullable=False, default=True),
    sa.Column("is_agency", sa.Boolean, nullable=False, default=False),
    sa.Column("recommendation_mode", enum_column(RecommendationMode), nullable=False, default=RecommendationMode.ROUND),
    sa.Column("state", enum_column(State), nullable=False, default=State.ACTIVE),
    sa.Column("merged_into", Key),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.UniqueConstraint("parent", "code", name="uq_unit_code"),
    sa.Index(
        "uq_unit_top",
        "code",
        unique=True,
        sqlite_where=sa.text("parent IS NULL"),
        postgresql_where=sa.text("parent IS NULL"),
    ),
    sa.Index("ix_unit_name", "name"),
)
"""The 19 fields of catalogue U3. `code` is one segment of the full code (Q4); `leader_review` says whether the unit has
the leader's step (Q31), `is_agency` whether it stands in for employers that are not public (J24). A phone is kept as typed;
its limit of 12 counts neither hyphens nor spaces (Q40). `merged_into` is the unit that took over a dissolved one's work."""

person = sa.Table(
    "person",
    metadata,
    sa.Column("id", Key, primary_key=True, autoincrement=False),
    sa.Column("name", sa.String(50), nullable=False),
    sa.Column("identity_type", sa.String(4), nullable=False),
    sa.Column("identity_number", sa.String(30), nullable=False),
    sa.Column("sex", sa.String(1)),
    sa.Column("born_on", sa.Date),
    sa.Column("mobile", sa.String(20)),
    sa.Column("email", sa.String(100)),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.UniqueConstraint("identity_type", "identity_number", name="uq_person_identity"),
)
"""A person is permanent; the years are enrolments (Q28)."""

account = sa.Table(
    "account",
    metadata,
    sa.Column("id", Key, primary_key=True, autoincrement=False),
    sa.Column("login", sa.String(64), nullable=False, unique=True),
    sa.Column("password_hash", sa.String(200)),
    sa.Column("must_change", sa.Boolean, nullable=False, default=True),
    sa.Column("kind", enum_column(AccountKind), nullable=False),
    sa.Column("person", Key, sa.ForeignKey("person.id")),
    sa.Column("name", sa.String(100), nullable=False),
    sa.Column("department", sa.String(50)),
    sa.Column("mobile", sa.String(20)),
    sa.Column("mobile_verified_at", UtcDateTime),
    sa.Column("email", sa.String(100)),
    sa.Column("email_verified_at", UtcDateTime),
    sa.Column("state", enum_column(State), nullable=False, default=State.ACTIVE),
    sa.Column("density", enum_column(Density), nullable=False, default=Density.COMFORTABLE),
    sa.Column("theme", enum_column(Theme), nullable=False, default=Theme.AUTO),
    sa.Column("last_role", Key),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("created_by", sa.String(64), nullable=False),
    sa.Index(
        "uq_account_person",
        "person",
        unique=True,
        sqlite_where=sa.text("person IS NOT NULL"),
        postgresql_where=sa.text("person IS NOT NULL"),
    ),
)
"""One sign-in per person (Q35). A service account has no password: it comes with a token. `last_role` is the membership
used last. An address is verified once its owner typed the code sent to it."""

membership = sa.Table(
    "membership",
    metadata,
    sa.Column("id", Key, primary_key=True, autoincrement=False),
    sa.Column("account", Key, sa.ForeignKey("account.id"), nullable=False),
    sa.Column("role", sa.String(32), nullable=False),
    sa.Column("unit", Key, sa.ForeignKey("unit.id"), nullable=False),
    sa.UniqueConstraint("account", "role", "unit", name="uq_membership_role"),
    sa.Index("ix_membership_unit", "unit", "role"),
)

enrolment = sa.Table(
    "enrolment",
    metadata,
    sa.Column("id", Key, primary_key=True, autoincrement=False),
    sa.Column("person", Key, sa.ForeignKey("person.id"), nullable=False),
    sa.Column("year", sa.Integer, nullable=False),
    sa.Column("unit", Key, sa.ForeignKey("unit.id"), nullable=False),
    sa.Column("employer", sa.String(100)),
    sa.Column("department", sa.String(100)),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("created_by", sa.String(64), nullable=False),
    sa.UniqueConstraint("person", "year", name="uq_enrolment_year"),
    sa.Index("ix_enrolment_unit", "unit", "year"),
)
"""The yearly account of the manual, across the whole province (U5). `employer` is the real one where the unit is an agency."""

session = sa.Table(
    "session",
    metadata,
    sa.Column("token_hash", sa.String(64), primary_key=True),
    sa.Column("account", Key, sa.ForeignKey("account.id"), nullable=False),
    sa.Column("membership", Key, sa.ForeignKey("membership.id")),
    sa.Column("csrf", sa.String(64), nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("seen_at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
    sa.Index("ix_session_account", "account"),
    sa.Index("ix_session_expires_at", "expires_at"),
)
"""`token_hash` is the sha256 of the cookie: who reads the table cannot sign in with it."""

api_token = sa.Table(
    "api_token",
    metadata,
    sa.Column("token_hash", sa.String(64), primary_key=True),
    sa.Column("account", Key, sa.ForeignKey("account.id"), nullable=False),
    sa.Column("scopes", Json, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
    sa.Column("name", sa.String(50)),
    sa.Column("used_at", UtcDateTime),
    sa.Index("ix_api_token_account", "account"),
)
"""`token_hash` is the sha256 of the token, and its name in addresses: who reads it cannot call with it. `scopes` are permissions;
the token has those of them that its account has too. `name` says what it is for, `used_at` about when it was used last."""

sign_in_failure = sa.Table(
    "sign_in_failure",
    metadata,
    sa.Column("subject", sa.String(64), primary_key=True),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("locked_until", UtcDateTime),
    sa.Index("ix_sign_in_failure_at", "at"),
)
"""`subject` is the hash of what was typed as the account, or of an address: the lock must not tell which accounts exist,
and people type passwords into the wrong field."""

verification_code = sa.Table(
    "verification_code",
    metadata,
    sa.Column("account", Key, sa.ForeignKey("account.id"), primary_key=True),
    sa.Column("purpose", sa.String(32), primary_key=True),
    sa.Column("address", sa.String(100), nullable=False),
    sa.Column("code_hash", sa.String(200), nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
)
"""The code sent last for that purpose: a new one takes its place, using it removes it."""

delegation = sa.Table(
    "delegation",
    metadata,
    sa.Column("id", Key, primary_key=True, autoincrement=False),
    sa.Column("account", Key, sa.ForeignKey("account.id"), nullable=False),
    sa.Column("delegate", Key, sa.ForeignKey("account.id"), nullable=False),
    sa.Column("role", sa.String(32), nullable=False),
    sa.Column("unit", Key, sa.ForeignKey("unit.id"), nullable=False),
    sa.Column("starts_on", sa.Date, nullable=False),
    sa.Column("ends_on", sa.Date, nullable=False),
    sa.Column("reason", sa.String(200), nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("revoked_at", UtcDateTime),
    sa.Index("ix_delegation_delegate", "delegate", "ends_on"),
    sa.Index("ix_delegation_account", "account", "ends_on"),
)
"""Whose inbox in that role and unit somebody else does, on the days from `starts_on` to `ends_on`, both of them included."""

organisation_event = sa.Table(
    "organisation_event",
    metadata,
    sa.Column("key", Key, primary_key=True, autoincrement=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("actor", sa.String(64), nullable=False),
    sa.Column("event", sa.String(64), nullable=False),
    sa.Column("unit", Key),
    sa.Column("account", Key),
    sa.Column("person", Key),
    sa.Column("detail", Json),
    sa.Index("ix_organisation_event_account", "account", "key"),
    sa.Index("ix_organisation_event_unit", "unit", "key"),
)
"""Append-only: who did what to units and accounts, `subject:action` (`account:password_reset`)."""

server_secret = sa.Table(
    "server_secret",
    metadata,
    sa.Column("name", sa.String(32), primary_key=True),
    sa.Column("value", sa.String(64), nullable=False),
)
"""Random values all processes share, e.g. to sign what the sign-in page hands out. Who reads them can forge nothing but that."""

captcha_used = sa.Table(
    "captcha_used",
    metadata,
    sa.Column("nonce", sa.String(64), primary_key=True),
    sa.Column("at", UtcDateTime, nullable=False),
)
"""An answered puzzle counts once."""
