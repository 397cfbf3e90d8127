"""Technical quality of shots; how much of a damaged recording could be decoded."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_MEASURES = (
    "sharpness", "exposure", "contrast", "black", "clipped", "frozen", "motion", "shake",
    "silence", "sound_clipped", "hum",
)  # fmt: skip


def upgrade() -> None:
    """Add them; footage that was scanned before has no quality until it is scanned again."""
    op.create_table(
        "quality",
        sa.Column("asset_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Float(), nullable=False) for name in _MEASURES),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"]),
        sa.PrimaryKeyConstraint("asset_id", "number"),
    )
    op.add_column("scan", sa.Column("decoded", sa.Integer(), nullable=True))
    op.add_column("scan", sa.Column("warnings", sa.JSON(), nullable=False, server_default="[]"))
