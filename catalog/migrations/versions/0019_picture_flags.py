"""Sensitive pictures."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add their table; the moderation stage, a version on, fills it."""
    op.create_table(
        "pictureflag",
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("asset_id", "number")),
        sa.Column("key", sa.String(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("in_frame", "out_frame")),
        *(
            sa.Column(name, sa.String(), nullable=False)
            for name in ("category", "english", "chinese")
        ),
        sa.Column("likelihood", sa.Float(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("engine", "source")),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"]),
        sa.PrimaryKeyConstraint("asset_id", "number"),
    )
    op.create_index("ix_pictureflag_key", "pictureflag", ["key"])


def downgrade() -> None:
    """Drop it."""
    op.drop_table("pictureflag")
