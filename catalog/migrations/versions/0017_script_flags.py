"""Sensitive words in scripts."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add their table; scripts that were parsed before are looked at once."""
    op.create_table(
        "scriptflag",
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("item_id", "number")),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        *(
            sa.Column(name, sa.String(), nullable=False)
            for name in ("text", "category", "term", "heard", "how", "source")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"]),
        sa.PrimaryKeyConstraint("item_id", "number"),
    )
    op.create_index("ix_scriptflag_key", "scriptflag", ["key"])


def downgrade() -> None:
    """Drop it."""
    op.drop_table("scriptflag")
