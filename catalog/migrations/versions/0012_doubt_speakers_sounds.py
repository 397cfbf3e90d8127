"""Doubtful lines and clips, who speaks in a clip, and where is speech, music or noise."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add them; footage that was heard before is heard again, because the stage has changed."""
    op.add_column("line", sa.Column("doubt", sa.String(), nullable=False, server_default=""))
    op.add_column("clip", sa.Column("speaker", sa.String(), nullable=False, server_default=""))
    op.add_column("clip", sa.Column("doubt", sa.String(), nullable=False, server_default=""))
    op.create_table(
        "soundspan",
        sa.Column("asset_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("in_frame", sa.Integer(), nullable=False),
        sa.Column("out_frame", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"]),
        sa.PrimaryKeyConstraint("asset_id", "number"),
    )
