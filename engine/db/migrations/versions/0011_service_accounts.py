"""Service accounts and roles"""

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Filled with the tables of this part."""


def downgrade() -> None:
    """Filled with the tables of this part."""
