"""Stills, and image sequences that are one item of many files."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add them; pictures from before were left alone, so there is nothing to fill in."""
    op.add_column("item", sa.Column("pictures", sa.Integer(), nullable=True))
    op.add_column(
        "footage", sa.Column("still", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("footage", sa.Column("about", sa.JSON(), nullable=False, server_default="{}"))
