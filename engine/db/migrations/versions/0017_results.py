"""Results and certificates"""

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Filled with the tables of this part."""


def downgrade() -> None:
    """Filled with the tables of this part."""
