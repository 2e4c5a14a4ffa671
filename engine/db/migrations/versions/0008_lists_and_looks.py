"""Lists and looks"""

import sqlalchemy as sa
from alembic import op

import engine.db.types

revision = "0008"
down_revision = "0007"

Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
#: filters of the lists: indexed by column and year before, by year, column and key now, which an order can use as well
FILTERS = (
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
#: indexed for the first time
ADDED = ("declaration_no", "unit_name")
#: indexed alone before
ALONE = ("identity_number", "name")
TEXTS = [
    name for name in FILTERS if name not in ("committee", "governing_unit", "special_experience", "entrusted_review")
]
#: compared byte by byte on PostgreSQL too, so that one index serves order and beginnings
BY_BYTE = {"declaration_no": 20, "identity_number": 30, "name": 50, "unit_name": 100, "school": 200}


def upgrade() -> None:
    for name in (*ALONE, *FILTERS):
        op.drop_index(f"ix_declaration_{name}", table_name="declaration")
    _compare_by('COLLATE "C"')
    for name in TEXTS:
        column: sa.ColumnClause[str] = sa.column(name)
        op.execute(sa.update(sa.table("declaration", column)).where(column.is_(None)).values({name: ""}))
    for name in (*ALONE, *ADDED, *FILTERS):
        op.create_index(f"ix_declaration_{name}", "declaration", ["year", name, "case_key"])
    op.create_index(
        "ix_task_on_hold",
        "task",
        ["case_key"],
        sqlite_where=sa.text("state = 'on_hold'"),
        postgresql_where=sa.text("state = 'on_hold'"),
    )
    op.create_table(
        "saved_view",
        sa.Column("id", Key, autoincrement=False, nullable=False),
        sa.Column("account", Key, nullable=False),
        sa.Column("unit", Key, nullable=True),
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column("query", sa.String(length=2000), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("created_at", engine.db.types.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint("account", "name", name="uq_saved_view_name"),
    )
    op.create_index("ix_saved_view_unit", "saved_view", ["unit", "shared"])
    op.create_table(
        "dossier_look",
        sa.Column("key", Key, autoincrement=False, nullable=False),
        sa.Column("case_key", Key, nullable=False),
        sa.Column("at", engine.db.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("unit", Key, nullable=True),
        sa.Column("what", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_dossier_look")),
    )
    op.create_index("ix_dossier_look_case_key", "dossier_look", ["case_key", "key"])
    op.create_index("ix_dossier_look_login", "dossier_look", ["login", "key"])


def downgrade() -> None:
    op.drop_table("dossier_look")
    op.drop_table("saved_view")
    op.drop_index("ix_task_on_hold", table_name="task")
    for name in (*ALONE, *ADDED, *FILTERS):
        op.drop_index(f"ix_declaration_{name}", table_name="declaration")
    for name in TEXTS:
        column: sa.ColumnClause[str] = sa.column(name)
        op.execute(sa.update(sa.table("declaration", column)).where(column == "").values({name: None}))
    _compare_by('COLLATE "default"')
    for name in ALONE:
        op.create_index(f"ix_declaration_{name}", "declaration", [name])
    for name in FILTERS:
        op.create_index(f"ix_declaration_{name}", "declaration", [name, "year"])


def _compare_by(collation: str) -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for name, length in BY_BYTE.items():
        op.execute(f"ALTER TABLE declaration ALTER COLUMN {name} TYPE VARCHAR({length}) {collation}")
