"""Arrivals and manifests; parts of clips; items that move, go offline, and grow."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what is new. Existing items are whole, online, and where they were."""
    op.create_table(
        "arrival",
        sa.Column("root", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.Float(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("root", "path"),
    )
    op.create_table(
        "expectation",
        sa.Column("manifest_id", sa.Integer(), sa.ForeignKey("item.id"), nullable=False),
        sa.Column("root", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("algorithm", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("manifest_id", "root", "path", "algorithm"),
    )
    op.create_index("ix_expectation_path", "expectation", ["path"])
    role = sa.Enum("next", "beside", "about", name="role", native_enum=False, length=16)
    for column in (
        sa.Column("inode", sa.String()),
        sa.Column("offline_since", sa.Float()),
        sa.Column("clip_path", sa.String()),
        sa.Column("role", role),
        sa.Column("card", sa.JSON(none_as_null=True)),
        sa.Column("home", sa.String()),
        sa.Column("growing", sa.Boolean(), nullable=False, server_default=sa.false()),
    ):
        op.add_column("item", column)
    op.create_index("ix_item_clip_path", "item", ["clip_path"])
    op.create_index("ix_item_inode", "item", ["inode"])
