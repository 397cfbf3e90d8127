"""Alembic's entry: runs the migrations on the connection that catalog/database.py hands over."""

from alembic import context
from sqlmodel import SQLModel

import catalog.models  # noqa: F401 - fills SQLModel.metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,  # SQLite can't alter columns in place
)
with context.begin_transaction():
    context.run_migrations()
