"""Review meetings"""

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Filled with the tables of this part."""


def downgrade() -> None:
    """Filled with the tables of this part."""
