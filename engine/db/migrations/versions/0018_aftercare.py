"""Re-examination, revocation and recognition"""

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Filled with the tables of this part."""


def downgrade() -> None:
    """Filled with the tables of this part."""
