"""What a meeting decided of each dossier, its publicity, objections, the document that announces titles, certificates."""

from enum import StrEnum

import sqlalchemy as sa

from engine.db import Json, Key, UtcDateTime, enum_column, metadata


class ResultState(StrEnum):
    """How far a result is. One that failed stays `decided`; `withheld` waits for an objection, `overturned` fell by one;
    `refused` is one the title office does not confirm (J30)."""

    DECIDED = "decided"
    PUBLICISED = "publicised"
    WITHHELD = "withheld"
    OVERTURNED = "overturned"
    FORWARDED = "forwarded"
    REFUSED = "refused"
    APPROVED = "approved"
    GRANTED = "granted"


class ObjectionSource(StrEnum):
    """By the public page, or taken down by the office."""

    PUBLIC = "public"
    OFFICE = "office"


class CertificateKind(StrEnum):
    """What a certificate goes back to: a review, or one of the small processes beside it (W14)."""

    REVIEW = "review"
    RECOGNITION = "recognition"
    CONFIRMATION = "confirmation"


class CertificateState(StrEnum):
    """`replaced` by a corrected or newly issued one, `revoked` for good (J16)."""

    VALID = "valid"
    REPLACED = "replaced"
    REVOKED = "revoked"


review_result = sa.Table(
    "review_result",
    metadata,
    sa.Column("meeting", Key, primary_key=True, autoincrement=False),
    sa.Column("declaration", Key, primary_key=True, autoincrement=False),
    sa.Column("handling", Key, nullable=False),
    sa.Column("declaration_no", sa.String(20), nullable=False),
    sa.Column("committee", Key, nullable=False),
    sa.Column("person", Key, nullable=False),
    sa.Column("name", sa.String(50), nullable=False),
    sa.Column("unit", Key, nullable=False),
    sa.Column("unit_name", sa.String(100), nullable=False),
    sa.Column("title_series", sa.String(64)),
    sa.Column("specialty", sa.String(64)),
    sa.Column("title_name", sa.String(64)),
    sa.Column("title_level", sa.String(64)),
    sa.Column("passed", sa.Boolean, nullable=False),
    sa.Column("yes", sa.Integer, nullable=False),
    sa.Column("no", sa.Integer, nullable=False),
    sa.Column("abstain", sa.Integer, nullable=False),
    sa.Column("attending", sa.Integer, nullable=False),
    sa.Column("recused", sa.Integer, nullable=False),
    sa.Column("needed", sa.Integer, nullable=False),
    sa.Column("sentence", sa.String(200), nullable=False),
    sa.Column("rule_version", sa.String(100), nullable=False),
    sa.Column("state", enum_column(ResultState), nullable=False),
    sa.Column("remark", sa.String(1000), nullable=False),
    sa.Column("certificate", Key),
    sa.Index("ix_review_result_handling", "handling", "passed", "declaration_no"),
    sa.Index("ix_review_result_declaration", "declaration"),
    sqlite_with_rowid=False,
)
"""The result of one dossier in one meeting, as the ballot decided it and what became of it. `handling` is the case of
`result_handling`, `sentence` says why it passed or not, `remark` why the title office does not confirm it or an objection stands."""

publicity_notice = sa.Table(
    "publicity_notice",
    metadata,
    sa.Column("key", Key, primary_key=True, autoincrement=False),
    sa.Column("handling", Key, nullable=False),
    sa.Column("meeting", Key, nullable=False),
    sa.Column("unit", Key, nullable=False),
    sa.Column("unit_name", sa.String(100), nullable=False),
    sa.Column("year", sa.Integer, nullable=False),
    sa.Column("title", sa.String(100), nullable=False),
    sa.Column("begins_on", sa.Date, nullable=False),
    sa.Column("ends_on", sa.Date, nullable=False),
    sa.Column("phone", sa.String(20), nullable=False),
    sa.Column("address", sa.String(200), nullable=False),
    sa.Column("remark", sa.String(1000), nullable=False),
    sa.Column("published_at", UtcDateTime, nullable=False),
    sa.Column("withdrawn_at", UtcDateTime),
    sa.Index("ix_publicity_notice_handling", "handling", "key"),
    sa.Index("ix_publicity_notice_ends_on", "ends_on", "key"),
)
"""评审结果公示 (F1, Q21): the one publication of a meeting's results. Anybody may read it from `begins_on` to `ends_on`, those
days included, unless it was withdrawn."""

result_objection = sa.Table(
    "result_objection",
    metadata,
    sa.Column("case_key", Key, primary_key=True, autoincrement=False),
    sa.Column("objection_no", sa.String(40), nullable=False, unique=True),
    sa.Column("notice", Key, nullable=False),
    sa.Column("handling", Key, nullable=False),
    sa.Column("meeting", Key, nullable=False),
    sa.Column("declaration", Key),
    sa.Column("about", sa.String(50), nullable=False),
    sa.Column("content", sa.String(2000), nullable=False),
    sa.Column("objector", sa.String(50), nullable=False),
    sa.Column("contact", sa.String(100), nullable=False),
    sa.Column("source", enum_column(ObjectionSource), nullable=False),
    sa.Column("status", sa.String(64), nullable=False),
    sa.Column("raised_at", UtcDateTime, nullable=False),
    sa.Column("settled_at", UtcDateTime),
    sa.Index("ix_result_objection_handling", "handling", "case_key"),
    sa.Index("ix_result_objection_declaration", "declaration"),
)
"""An objection to a published result; one without `declaration` is to the publication itself. Its case says where it stands
(`status` follows it); who raised it is read only by those who verify."""

result_document = sa.Table(
    "result_document",
    metadata,
    sa.Column("handling", Key, primary_key=True, autoincrement=False),
    sa.Column("document_no", sa.String(50), nullable=False),
    sa.Column("document_date", sa.Date, nullable=False),
    sa.Column("obtained_on", sa.Date, nullable=False),
    sa.Column("files", Json, nullable=False),
    sa.Column("issued_at", UtcDateTime, nullable=False),
    sa.Column("issued_by", sa.String(64), nullable=False),
)
"""发文 (W15): the document that announces the titles of a meeting; its number is the 批文号 of their certificates."""

title_certificate = sa.Table(
    "title_certificate",
    metadata,
    sa.Column("key", Key, primary_key=True, autoincrement=False),
    sa.Column("certificate_no", sa.String(40), nullable=False, unique=True),
    sa.Column("code", sa.String(32), nullable=False, unique=True),
    sa.Column("kind", enum_column(CertificateKind), nullable=False),
    sa.Column("state", enum_column(CertificateState), nullable=False),
    sa.Column("year", sa.Integer, nullable=False),
    sa.Column("person", Key, nullable=False),
    sa.Column("declaration", Key),
    sa.Column("handling", Key),
    sa.Column("name", sa.String(50), nullable=False),
    sa.Column("identity_number", sa.String(30), nullable=False),
    sa.Column("unit_name", sa.String(100), nullable=False),
    sa.Column("title_category", sa.String(64)),
    sa.Column("title_series", sa.String(64)),
    sa.Column("specialty", sa.String(64)),
    sa.Column("title_name", sa.String(64)),
    sa.Column("title_level", sa.String(64)),
    sa.Column("committee_name", sa.String(100), nullable=False),
    sa.Column("document_no", sa.String(50), nullable=False),
    sa.Column("obtained_on", sa.Date, nullable=False),
    sa.Column("issued_at", UtcDateTime, nullable=False),
    sa.Column("replaces", Key),
    sa.Column("revoked_at", UtcDateTime),
    sa.Column("reason", sa.String(500), nullable=False),
    sa.Index("ix_title_certificate_person", "person", "obtained_on"),
    sa.Index("ix_title_certificate_handling", "handling", "certificate_no"),
    sa.Index("ix_title_certificate_declaration", "declaration"),
)
"""职称证书 (F4, J22): what the certificate prints and what next year's 现职称 is filled from. `code` is what the QR carries;
`reason` says why it was revoked or replaced."""
