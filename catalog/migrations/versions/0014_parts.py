"""Where one file of a clip ends and the next begins."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add it; clips from before are known as a whole only, until they are probed again."""
    op.add_column("footage", sa.Column("parts", sa.JSON(), nullable=False, server_default="[]"))
