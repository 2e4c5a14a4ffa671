"""What people are told: one row per person in the bell, one row per message that goes out."""

from enum import StrEnum

import sqlalchemy as sa

from engine.db import Key, UtcDateTime, enum_column, metadata


class Channel(StrEnum):
    MAIL = "mail"
    SMS = "sms"


class DeliveryState(StrEnum):
    """`failed` was tried often enough and waits for a person."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


notification = sa.Table(
    "notification",
    metadata,
    sa.Column("key", Key, primary_key=True, autoincrement=False),
    sa.Column("account", Key, nullable=False),
    sa.Column("template", sa.String(64), nullable=False),
    sa.Column("subject", sa.String(200), nullable=False),
    sa.Column("text", sa.String(2000), nullable=False),
    sa.Column("url", sa.String(200)),
    sa.Column("case_key", Key),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("read_at", UtcDateTime),
    sa.Index("ix_notification_account", "account", "key"),
    sa.Index(
        "ix_notification_unread",
        "account",
        sqlite_where=sa.text("read_at IS NULL"),
        postgresql_where=sa.text("read_at IS NULL"),
    ),
)

delivery = sa.Table(
    "delivery",
    metadata,
    sa.Column("key", Key, primary_key=True, autoincrement=False),
    sa.Column("notification_key", Key, sa.ForeignKey("notification.key"), nullable=False),
    sa.Column("channel", enum_column(Channel), nullable=False),
    sa.Column("recipient", sa.String(100), nullable=False),
    sa.Column("template", sa.String(64), nullable=False),
    sa.Column("message_id", sa.String(100), nullable=False, unique=True),
    sa.Column("secret", sa.String(500)),
    sa.Column("state", enum_column(DeliveryState), nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, default=0),
    sa.Column("next_at", UtcDateTime, nullable=False),
    sa.Column("sent_at", UtcDateTime),
    sa.Column("error", sa.String(500)),
    sa.Index(
        "ix_delivery_waiting",
        "next_at",
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    ),
)
"""`message_id` stays the same however often a message is sent again, so that a receiver can tell the second copy. `secret` is what
is sent in place of the notification's text, and is wiped once it is sent or given up."""
