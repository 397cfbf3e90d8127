"""How often a run killed its worker, and how often it lost one."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward only: a backup of the catalog is the way back."""
    with op.batch_alter_table("stagerun") as batch:
        for name in ("deaths", "interruptions"):
            batch.add_column(sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
