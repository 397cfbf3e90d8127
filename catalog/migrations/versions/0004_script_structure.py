"""Scenes, cast and relations of a script."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Scripts that were parsed before have none until they are parsed again."""
    with op.batch_alter_table("script") as table:
        table.add_column(sa.Column("structure", sa.JSON(), nullable=False, server_default="{}"))
