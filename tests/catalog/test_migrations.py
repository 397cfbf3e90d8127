from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlmodel import SQLModel

import catalog.models
from catalog.database import Catalog
from media.errors import Misconfigured


def test_the_migrations_make_exactly_the_tables_of_the_models(tmp_path: Path) -> None:
    known = Catalog(f"sqlite:///{tmp_path / 'catalog.db'}")
    known.migrate()
    with known.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []
    known.close()
    assert catalog.models.Story.__tablename__ in SQLModel.metadata.tables


def test_migrating_twice_changes_nothing(tmp_path: Path) -> None:
    known = Catalog(f"sqlite:///{tmp_path / 'catalog.db'}")
    known.migrate()
    known.migrate()
    known.close()


def test_a_file_that_is_no_database_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "catalog.db").write_bytes(b"not a database" * 100)
    with pytest.raises(Misconfigured, match=r"catalog\.db"):
        Catalog(f"sqlite:///{tmp_path / 'catalog.db'}")
