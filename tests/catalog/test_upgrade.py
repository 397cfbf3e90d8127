"""From the schema of 0.1.0 to today's, with data in every table; and two versions side by side."""

import logging
import sqlite3
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import JSON, BigInteger, Boolean, Float, Integer, LargeBinary, MetaData, Table
from sqlmodel import Session, SQLModel, select

import catalog.models
from catalog import by_hand, runs
from catalog.database import _MIGRATIONS, Catalog
from catalog.models import Item, Kind, StageRun, Status
from catalog.overview import stories

# Columns whose text must be one of an enum's values.
WORDS = {"kind": "footage", "status": "done", "label": "joy", "emotion": "joy"}
FIRST = "0001"


@pytest.fixture
def old(tmp_path) -> Catalog:
    """A catalog as 0.1.0 left it, one row in each table."""
    known = Catalog(f"sqlite:///{tmp_path / 'catalog.db'}")
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    with known._writing.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, FIRST)
    return known


@pytest.fixture
def schema(old: Catalog) -> MetaData:
    """The tables as 0.1.0 knows them."""
    found = MetaData()
    found.reflect(old.engine)
    found.remove(found.tables["alembic_version"])
    return found


def _value(column: Any, number: int) -> Any:
    if column.name in WORDS:
        return WORDS[column.name]
    plain: list[tuple[type, Any]] = [
        (Boolean, True), (JSON, []), (LargeBinary, b"\x00"), (Float, 1.5),
        (BigInteger, number), (Integer, number),
    ]  # fmt: skip
    for kind, value in plain:
        if isinstance(column.type, kind):
            return None if column.nullable and kind is Float else value
    return f"{column.name} {number}"


def _fill(known: Catalog, schema: MetaData, number: int) -> None:
    """A row in each table; what it refers to has the same number."""
    with known._writing.begin() as connection:
        for table in schema.sorted_tables:
            row = {column.name: _value(column, number) for column in table.columns}
            if table.name == "item":
                row["replaced_at"] = None
            connection.execute(table.insert(), row)


def _rows(known: Catalog, table: Table, number: int) -> dict[str, Any]:
    with known.engine.connect() as connection:
        key = next(iter(table.primary_key.columns))
        wanted = _value(key, number)
        return dict(connection.execute(table.select().where(key == wanted)).mappings().one())


def test_a_catalog_of_the_first_release_is_brought_up_to_date_and_loses_nothing(old, schema):
    _fill(old, schema, 1)
    before = {name: _rows(old, table, 1) for name, table in schema.tables.items()}
    assert len(before) >= 15
    old.migrate()
    for name, table in schema.tables.items():
        assert _rows(old, table, 1) == before[name]
    with Session(old.engine) as session:
        for model in _models():
            known = session.exec(select(model)).all()
            assert len(known) == (model.__tablename__ in before), model.__tablename__
        assert [each.name for each in stories(session, ())] == ["name 1"]
    old.close()


def test_a_process_of_the_first_release_can_go_on_writing_after_the_upgrade(old, schema):
    """Migrations only add, and what they add has a default: else its inserts would be refused."""
    old.migrate()
    _fill(old, schema, 2)
    with Session(old.engine) as session:
        for model in _models():
            if model.__tablename__ in schema.tables:
                assert len(session.exec(select(model)).all()) == 1
    old.close()


def _models() -> list[type[SQLModel]]:
    found = [getattr(catalog.models, name) for name in catalog.models.__all__]
    return [each for each in found if isinstance(each, type) and hasattr(each, "__table__")]


def test_a_catalog_of_a_newer_version_is_used_as_it_is_and_said_so(tmp_path, caplog):
    path = tmp_path / "catalog.db"
    known = Catalog(f"sqlite:///{path}")
    known.migrate()
    known.close()
    raw = sqlite3.connect(path)
    raw.execute("UPDATE alembic_version SET version_num = '9999'")
    raw.execute("ALTER TABLE story ADD COLUMN later VARCHAR NOT NULL DEFAULT ''")
    raw.commit()
    raw.close()
    known = Catalog(f"sqlite:///{path}")
    with caplog.at_level(logging.WARNING):
        known.migrate()
    assert "newer version" in caplog.text
    with known.reading() as session:
        assert stories(session, ()) == []
    known.close()


def test_a_stage_that_only_a_newer_version_knows_is_left_to_it(session: Session):
    story = catalog.models.Story(name="story", created_at=0)
    session.add(story)
    session.flush()
    item = Item(
        root="drop", path="story/a.mov", size=1, mtime_ns=1, kind=Kind.FOOTAGE,
        story_id=story.id or 0, accepted_at=0,
    )  # fmt: skip
    session.add(item)
    session.flush()
    needs = {"probe": ()}
    runs.plan(session, [item.id or 0], {**needs, "depth": ("probe",)})
    assert runs.promote(session, item.id or 0, needs) == ["probe"]
    assert by_hand.cancel(session, item, None, "cancelled", "anna") == 2
    assert by_hand.retry(session, item.id or 0, needs) == 2
    assert stories(session, ("probe",))[0].items[0].runs[1].stage == "depth"
    assert session.get_one(StageRun, (item.id, "depth")).status == Status.WAITING
