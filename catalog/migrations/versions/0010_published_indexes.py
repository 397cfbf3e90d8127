"""Where items are published is looked up for each new file: it is indexed."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the indexes."""
    op.create_index("ix_item_published_as", "item", ["published_as"])
    op.create_index("ix_item_home", "item", ["home"])
