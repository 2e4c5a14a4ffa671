"""What the flow keeps. Open and finished tasks lie apart; histories are clustered by case; history is never changed."""

from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from engine.db import Json, Key, UtcDateTime, enum_column, metadata


class ResourceKind(StrEnum):
    BPMN = "bpmn"
    DMN = "dmn"
    FORM = "form"


class DefinitionKind(StrEnum):
    PROCESS = "process"
    DECISION = "decision"
    FORM = "form"


class Source(StrEnum):
    """Where a version came from: the files of the release, the studio, or the API."""

    FILE = "file"
    STUDIO = "studio"
    API = "api"


class CaseState(StrEnum):
    ACTIVE = "active"
    COMPLETED = "completed"
    TERMINATED = "terminated"
    SUSPENDED = "suspended"


class ElementState(StrEnum):
    ACTIVE = "active"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    FAILED = "failed"


class TaskState(StrEnum):
    OPEN = "open"
    ON_HOLD = "on_hold"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class JobState(StrEnum):
    """`created` waits for its turn, `running` is leased, `failed` has an incident, the others are over."""

    CREATED = "created"
    RUNNING = "running"
    FAILED = "failed"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class WaitKind(StrEnum):
    MESSAGE = "message"
    SIGNAL = "signal"
    CONDITION = "condition"


class MessageKind(StrEnum):
    """`message` finds its receiver by name and key; the others are addressed to a case."""

    MESSAGE = "message"
    SIGNAL = "signal"
    SIGNAL_START = "signal_start"
    CHILD_COMPLETED = "child_completed"
    CHILD_FAILED = "child_failed"
    CHILD_ESCALATED = "child_escalated"
    CANCEL = "cancel"
    NEXT_ITEMS = "next_items"


class MessageState(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    EXPIRED = "expired"


class IncidentState(StrEnum):
    OPEN = "open"
    RESOLVED = "resolved"


deployment = sa.Table(
    "deployment",
    metadata,
    sa.Column("key", Key, primary_key=True, autoincrement=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("by", sa.String(64), nullable=False),
    sa.Column("source", enum_column(Source), nullable=False),
)

resource = sa.Table(
    "resource",
    metadata,
    sa.Column("key", Key, primary_key=True, autoincrement=False),
    sa.Column("deployment_key", Key, sa.ForeignKey("deployment.key"), nullable=False),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("kind", enum_column(ResourceKind), nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
)

definition = sa.Table(
    "definition",
    metadata,
    sa.Column("key", Key, primary_key=True, autoincrement=False),
    sa.Column("kind", enum_column(DefinitionKind), nullable=False),
    sa.Column("id", sa.String(200), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("version_tag", sa.String(64)),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("resource_key", Key, sa.ForeignKey("resource.key"), nullable=False),
    sa.Column("deployment_key", Key, sa.ForeignKey("deployment.key"), nullable=False),
    sa.Column("resource_name", sa.String(200), nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("by", sa.String(64), nullable=False),
    sa.Column("source", enum_column(Source), nullable=False),
    sa.UniqueConstraint("kind", "id", "version"),
)
"""One row per process, decision or form of a resource and version. The version in force is the highest."""

draft_resource = sa.Table(
    "draft_resource",
    metadata,
    sa.Column("kind", enum_column(ResourceKind), primary_key=True),
    sa.Column("name", sa.String(200), primary_key=True),
    sa.Column("content", sa.LargeBinary, nullable=False),
    sa.Column("base_sha256", sa.String(64)),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("by", sa.String(64), nullable=False),
)
"""What staff have drawn in the studio and not yet published."""

case = sa.Table(
    "case",
    metadata,
    sa.Column("key", Key, primary_key=True, autoincrement=False),
    sa.Column("definition_key", Key, sa.ForeignKey("definition.key"), nullable=False),
    sa.Column("process_id", sa.String(200), nullable=False),
    sa.Column("business_key", sa.String(200)),
    sa.Column("title", sa.String(300), nullable=False, default=""),
    sa.Column("state", enum_column(CaseState), nullable=False),
    sa.Column("has_incident", sa.Boolean, nullable=False, default=False),
    sa.Column("status", sa.String(64), nullable=False, default=""),
    sa.Column("unit_id", Key),
    sa.Column("year", sa.Integer),
    sa.Column("parent_case_key", Key),
    sa.Column("parent_element_key", Key),
    sa.Column("root_case_key", Key, nullable=False),
    sa.Column("started_at", UtcDateTime, nullable=False),
    sa.Column("started_by", sa.String(64), nullable=False),
    sa.Column("ended_at", UtcDateTime),
    sa.Column("row_version", sa.Integer, nullable=False, default=1),
    sa.Column("snapshot", sa.LargeBinary),
    sa.Column("element_seq", sa.Integer, nullable=False, default=0),
    sa.Column("journal_seq", sa.Integer, nullable=False, default=0),
    sa.Column("journal_hash", sa.LargeBinary),
    sa.Column("tags", Json),
    sa.Index("ix_case_process_id", "process_id", "state", "key"),
    sa.Index("ix_case_business_key", "business_key"),
    sa.Index("ix_case_unit_id", "unit_id", "key"),
    sa.Index(
        "ix_case_parent",
        "parent_case_key",
        sqlite_where=sa.text("parent_case_key IS NOT NULL"),
        postgresql_where=sa.text("parent_case_key IS NOT NULL"),
    ),
    sa.Index("ix_case_incident", "key", sqlite_where=sa.text("has_incident"), postgresql_where=sa.text("has_incident")),
    sa.Index("ix_case_definition", "definition_key", "state"),
)
"""`status` is the property `status` of the last element entered that has one: the words of lists."""

case_party = sa.Table(
    "case_party",
    metadata,
    sa.Column("principal", sa.String(80), primary_key=True),
    sa.Column("case_key", Key, primary_key=True),
    sa.Index("ix_case_party_case_key", "case_key"),
)

element_instance = sa.Table(
    "element_instance",
    metadata,
    sa.Column("case_key", Key, primary_key=True),
    sa.Column("key", Key, primary_key=True),
    sa.Column("element_id", sa.String(200), nullable=False),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("scope_key", Key, nullable=False),
    sa.Column("item_index", sa.Integer),
    sa.Column("state", enum_column(ElementState), nullable=False),
    sa.Column("entered_at", UtcDateTime, nullable=False),
    sa.Column("left_at", UtcDateTime),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("took", sa.String(2000)),
    sqlite_with_rowid=False,
)
"""What was entered and left, in the order `seq` of entering. `scope_key` is the enclosing instance, or the case's key.

`took` are the ids of the sequence flows its token left by, with a space between: the blue path of the diagram.
"""

variable = sa.Table(
    "variable",
    metadata,
    sa.Column("case_key", Key, primary_key=True),
    sa.Column("scope_key", Key, primary_key=True),
    sa.Column("name", sa.String(200), primary_key=True),
    sa.Column("key", Key, nullable=False),
    sa.Column("value", Json),
    sqlite_with_rowid=False,
)
"""`scope_key` is the case's key for the variables of the case, else the element instance whose local ones they are."""

variable_change = sa.Table(
    "variable_change",
    metadata,
    sa.Column("case_key", Key, primary_key=True),
    sa.Column("seq", Key, primary_key=True),
    sa.Column("scope_key", Key, nullable=False),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("value", Json),
    sa.Column("by", sa.String(64), nullable=False),
    sa.Column("task_key", Key),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("reason", sa.String(500)),
    sqlite_with_rowid=False,
)
"""Every value a variable was given; the old one is that of the change before."""

_task_columns: tuple[tuple[str, Any, dict[str, Any]], ...] = (
    ("case_key", Key, {"nullable": False}),
    ("element_key", Key, {"nullable": False}),
    ("element_id", sa.String(200), {"nullable": False}),
    ("name", sa.String(200), {"nullable": False}),
    ("process_id", sa.String(200), {"nullable": False}),
    ("definition_key", Key, {"nullable": False}),
    ("form_id", sa.String(200), {}),
    ("form_key", Key, {}),
    ("title", sa.String(300), {"nullable": False, "default": ""}),
    ("business_key", sa.String(200), {}),
    ("assignee", sa.String(64), {}),
    ("candidate_groups", Json, {"nullable": False}),
    ("candidate_users", Json, {"nullable": False}),
    ("candidate", sa.String(80), {}),
    ("unit_id", Key, {}),
    ("due_at", UtcDateTime, {}),
    ("follow_up_at", UtcDateTime, {}),
    ("priority", sa.Integer, {"nullable": False, "default": 50}),
    ("state", enum_column(TaskState), {"nullable": False}),
    ("hold_reason", sa.String(500), {}),
    ("delegated_by", sa.String(64), {}),
    ("action", sa.String(64), {}),
    ("version", sa.Integer, {"nullable": False, "default": 1}),
    ("created_at", UtcDateTime, {"nullable": False}),
)

task = sa.Table(
    "task",
    metadata,
    sa.Column("key", Key, primary_key=True, autoincrement=False),
    *(sa.Column(name, kind, **options) for name, kind, options in _task_columns),
    sa.Index("ix_task_case_key", "case_key"),
    sa.Index(
        "ix_task_assignee",
        "assignee",
        "created_at",
        "key",
        sqlite_where=sa.text("assignee IS NOT NULL"),
        postgresql_where=sa.text("assignee IS NOT NULL"),
    ),
    sa.Index(
        "ix_task_candidate",
        "candidate",
        "created_at",
        "key",
        sqlite_where=sa.text("candidate IS NOT NULL"),
        postgresql_where=sa.text("candidate IS NOT NULL"),
    ),
    sa.Index("ix_task_due_at", "due_at"),
    sa.Index(
        "ix_task_on_hold",
        "case_key",
        sqlite_where=sa.text("state = 'on_hold'"),
        postgresql_where=sa.text("state = 'on_hold'"),
    ),
)
"""Open tasks only; completed and cancelled ones move to `task_done` in the same transaction.

`candidate` is who may claim it where that is one group (`case_officer@4711`) or one `user:login`; where there are
several they are rows of `task_candidate`. Neither is there while the task is claimed.
"""

task_done = sa.Table(
    "task_done",
    metadata,
    sa.Column("key", Key, primary_key=True, autoincrement=False),
    *(sa.Column(name, kind, **options) for name, kind, options in _task_columns),
    sa.Column("ended_at", UtcDateTime, nullable=False),
    sa.Column("ended_by", sa.String(64)),
    sa.Column("outcome", sa.String(64)),
    sa.Index("ix_task_done_case_key", "case_key"),
    sa.Index("ix_task_done_ended_by", "ended_by", "ended_at", "key"),
)

task_candidate = sa.Table(
    "task_candidate",
    metadata,
    sa.Column("principal", sa.String(80), primary_key=True),
    sa.Column("created_at", UtcDateTime, primary_key=True),
    sa.Column("task_key", Key, sa.ForeignKey("task.key", ondelete="CASCADE"), primary_key=True),
    sa.Index("ix_task_candidate_task_key", "task_key"),
    sqlite_with_rowid=False,
)
"""Who may claim an open task nobody has claimed, where there are several: groups and `user:login`."""

task_draft = sa.Table(
    "task_draft",
    metadata,
    sa.Column("task_key", Key, primary_key=True),
    sa.Column("section", sa.String(100), primary_key=True),
    sa.Column("value", Json),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("by", sa.String(64), nullable=False),
)

item = sa.Table(
    "item",
    metadata,
    sa.Column("case_key", Key, primary_key=True),
    sa.Column("body_key", Key, primary_key=True),
    sa.Column("index", sa.Integer, primary_key=True),
    sa.Column("element_key", Key),
    sa.Column("value", Json),
    sa.Column("output", Json),
    sa.Column("state", enum_column(ElementState), nullable=False),
    sqlite_with_rowid=False,
)
"""The items of a multi-instance task or call activity; `body_key` is the one token the interpreter holds for all."""

subscription = sa.Table(
    "subscription",
    metadata,
    sa.Column("key", Key, primary_key=True, autoincrement=False),
    sa.Column("kind", enum_column(WaitKind), nullable=False),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("correlation_key", sa.String(200)),
    sa.Column("process_id", sa.String(200), nullable=False),
    sa.Column("definition_key", Key, nullable=False),
    sa.Column("case_key", Key),
    sa.Column("element_id", sa.String(200), nullable=False),
    sa.Column("wait_key", Key),
    sa.Column("owner_key", Key),
    sa.Column("condition", Json),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Index("ix_subscription_name", "kind", "name", "correlation_key"),
    sa.Index("ix_subscription_case_key", "case_key"),
)
"""`case_key` is null for the start events of the version in force. `wait_key` is the interpreter's waiting token."""

message = sa.Table(
    "message",
    metadata,
    sa.Column("key", Key, primary_key=True, autoincrement=False),
    sa.Column("kind", enum_column(MessageKind), nullable=False),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("correlation_key", sa.String(200)),
    sa.Column("message_id", sa.String(200)),
    sa.Column("variables", Json, nullable=False),
    sa.Column("expires_at", UtcDateTime),
    sa.Column("retry_at", UtcDateTime),
    sa.Column("state", enum_column(MessageState), nullable=False),
    sa.Column("from_case_key", Key),
    sa.Column("to_case_key", Key),
    sa.Column("to_element_key", Key),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("by", sa.String(64), nullable=False),
    sa.Index("ix_message_name", "name", "correlation_key", "state"),
    sa.Index(
        "ix_message_waiting",
        "key",
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    ),
    sa.Index(
        "uq_message_message_id",
        "name",
        "correlation_key",
        "message_id",
        unique=True,
        sqlite_where=sa.text("message_id IS NOT NULL AND state = 'waiting'"),
        postgresql_where=sa.text("message_id IS NOT NULL AND state = 'waiting'"),
    ),
)

message_delivery = sa.Table(
    "message_delivery",
    metadata,
    sa.Column("message_key", Key, primary_key=True),
    sa.Column("process_id", sa.String(200), primary_key=True),
    sa.Column("case_key", Key, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
)
"""A message reaches at most one instance per process id."""

timer = sa.Table(
    "timer",
    metadata,
    sa.Column("key", Key, primary_key=True, autoincrement=False),
    sa.Column("case_key", Key),
    sa.Column("definition_key", Key, nullable=False),
    sa.Column("process_id", sa.String(200), nullable=False),
    sa.Column("element_id", sa.String(200), nullable=False),
    sa.Column("wait_key", Key),
    sa.Column("owner_key", Key),
    sa.Column("due_at", UtcDateTime, nullable=False),
    sa.Column("deadline_id", sa.String(64)),
    sa.Column("repeat", Json),
    sa.Column("lease_until", UtcDateTime),
    sa.Index("ix_timer_due_at", "due_at"),
    sa.Index("ix_timer_case_key", "case_key"),
    sa.Index("ix_timer_deadline_id", "deadline_id"),
)
"""`case_key` is null for timer start events. `repeat` is `{"left": n or null, "every": "P1D"}`."""

job = sa.Table(
    "job",
    metadata,
    sa.Column("key", Key, primary_key=True, autoincrement=False),
    sa.Column("case_key", Key, nullable=False),
    sa.Column("element_key", Key, nullable=False),
    sa.Column("element_id", sa.String(200), nullable=False),
    sa.Column("process_id", sa.String(200), nullable=False),
    sa.Column("definition_key", Key, nullable=False),
    sa.Column("type", sa.String(200), nullable=False),
    sa.Column("state", enum_column(JobState), nullable=False),
    sa.Column("retries", sa.Integer, nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False, default=1),
    sa.Column("backoff_seconds", sa.Integer, nullable=False, default=10),
    sa.Column("headers", Json, nullable=False),
    sa.Column("internal", sa.Boolean, nullable=False),
    sa.Column("worker", sa.String(200)),
    sa.Column("lease_until", UtcDateTime),
    sa.Column("run_at", UtcDateTime, nullable=False),
    sa.Column("error_code", sa.String(200)),
    sa.Column("error_message", sa.String(2000)),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("ended_at", UtcDateTime),
    sa.Index("ix_job_type", "type", "state", "run_at", "key"),
    sa.Index("ix_job_case_key", "case_key"),
)

incident = sa.Table(
    "incident",
    metadata,
    sa.Column("key", Key, primary_key=True, autoincrement=False),
    sa.Column("case_key", Key, nullable=False),
    sa.Column("process_id", sa.String(200), nullable=False),
    sa.Column("definition_key", Key, nullable=False),
    sa.Column("element_key", Key),
    sa.Column("element_id", sa.String(200), nullable=False),
    sa.Column("job_key", Key),
    sa.Column("code", sa.String(64), nullable=False),
    sa.Column("message", sa.String(2000), nullable=False),
    sa.Column("state", enum_column(IncidentState), nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("resolved_at", UtcDateTime),
    sa.Column("resolved_by", sa.String(64)),
    sa.Column("resolution", sa.String(500)),
    sa.Index("ix_incident_state", "state", "key"),
    sa.Index("ix_incident_case_key", "case_key"),
)

journal = sa.Table(
    "journal",
    metadata,
    sa.Column("case_key", Key, primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("event", sa.String(64), nullable=False),
    sa.Column("element_id", sa.String(200)),
    sa.Column("name", sa.String(200), nullable=False, default=""),
    sa.Column("actor", sa.String(64), nullable=False),
    sa.Column("actor_name", sa.String(100), nullable=False, default=""),
    sa.Column("unit_id", Key),
    sa.Column("outcome", sa.String(64)),
    sa.Column("detail", Json),
    sa.Column("previous", sa.LargeBinary),
    sa.Column("hash", sa.LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
"""Append-only. `hash` is sha256 of `previous` and the canonical entry; the head of the chain is `case.journal_hash`."""

command_result = sa.Table(
    "command_result",
    metadata,
    sa.Column("actor", sa.String(64), primary_key=True),
    sa.Column("command_key", sa.String(64), primary_key=True),
    sa.Column("result", Json),
    sa.Column("at", UtcDateTime, nullable=False),
)
"""A repeated command is led to its first result."""

executor_slot = sa.Table(
    "executor_slot",
    metadata,
    sa.Column("slot", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("owner", sa.String(64), nullable=False),
    sa.Column("heartbeat", UtcDateTime, nullable=False),
)
