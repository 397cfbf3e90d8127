"""Who says which speaker a line has, and how sure that is."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add them; footage that was heard before is heard again, because the stage has changed."""
    by = sa.Column("speaker_by", sa.String(length=16), nullable=False, server_default="")
    sure = sa.Column("speaker_confidence", sa.Float(), nullable=False, server_default="0")
    op.add_column("line", by)
    op.add_column("line", sure)


def downgrade() -> None:
    """Drop them."""
    op.drop_column("line", "speaker_confidence")
    op.drop_column("line", "speaker_by")
