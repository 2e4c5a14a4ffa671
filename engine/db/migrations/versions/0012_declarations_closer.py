"""What the declaration still lacked"""

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Filled with the tables of this part."""


def downgrade() -> None:
    """Filled with the tables of this part."""
