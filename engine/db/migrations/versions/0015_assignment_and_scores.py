"""Assignment, conflicts and scores"""

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Filled with the tables of this part."""


def downgrade() -> None:
    """Filled with the tables of this part."""
