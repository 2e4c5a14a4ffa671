"""Ballots"""

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Filled with the tables of this part."""


def downgrade() -> None:
    """Filled with the tables of this part."""
