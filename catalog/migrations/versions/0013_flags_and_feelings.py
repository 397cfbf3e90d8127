"""Sensitive words and what was let out; feelings with valence, arousal and reasons; sound cues."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add them; footage that was felt before gets them when its stages run again."""
    op.create_table(
        "flag",
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("asset_id", "number")),
        sa.Column("key", sa.String(), nullable=False),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("line", "in_frame", "out_frame")
        ),
        *(
            sa.Column(name, sa.String(), nullable=False)
            for name in ("category", "term", "heard", "how", "source")
        ),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"]),
        sa.PrimaryKeyConstraint("asset_id", "number"),
    )
    op.create_index("ix_flag_key", "flag", ["key"])
    op.create_table(
        "approval",
        sa.Column("story_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"]),
        sa.PrimaryKeyConstraint("story_id", "key"),
    )
    op.create_table(
        "cue",
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("asset_id", "number")),
        sa.Column("kind", sa.String(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("in_frame", "out_frame")),
        sa.Column("strength", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"]),
        sa.PrimaryKeyConstraint("asset_id", "number"),
    )
    for table in ("emotion", "clip"):
        for name in ("valence", "arousal"):
            op.add_column(table, sa.Column(name, sa.Float(), nullable=False, server_default="0"))
    op.add_column("emotion", sa.Column("parts", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("emotion", sa.Column("reasons", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("clip", sa.Column("scores", sa.JSON(), nullable=False, server_default="{}"))
