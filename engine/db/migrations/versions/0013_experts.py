"""Experts and pools"""

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Filled with the tables of this part."""


def downgrade() -> None:
    """Filled with the tables of this part."""
