"""A sample of an asset's content: other content has another one."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add it; assets from before have none."""
    op.add_column("asset", sa.Column("sampled", sa.String(), nullable=True))
    op.create_index("ix_asset_sampled", "asset", ["sampled"])
