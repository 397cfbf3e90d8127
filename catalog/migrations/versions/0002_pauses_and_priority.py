"""Pauses; the priority and owner of items; stories that publish into a folder of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what is new. Existing items are of normal priority."""
    scope = sa.Enum("service", "queue", "story", name="scope", native_enum=False, length=16)
    op.create_table(
        "pause",
        sa.Column("scope", scope, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("since", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "name", "by"),
    )
    priority = sa.Enum("bulk", "normal", "breaking", name="priority", native_enum=False, length=16)
    op.add_column("item", sa.Column("priority", priority, nullable=False, server_default="normal"))
    op.add_column("item", sa.Column("owner", sa.String(), nullable=False, server_default=""))
    op.add_column("story", sa.Column("output", sa.String(), nullable=False, server_default=""))
