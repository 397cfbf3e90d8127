"""Saving what a stage found: all of it in the transaction that ends its run, or nothing."""

from collections.abc import Sequence
from pathlib import PurePosixPath

from sqlalchemy import ColumnElement
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel, col, delete, select

from catalog.models import Asset, AssetFact, Item, Rendition, ScriptFact
from catalog.stories import is_indexed
from catalog.work import Facts, Stage


def save(session: Session, item: Item, stage: Stage, facts: Facts) -> None:
    """Replace the rows of the tables that `stage` makes by `facts.rows`.

    Tables that hold facts of several runs (Cut) are only added to.
    """
    for table in stage.makes:
        session.exec(delete(table).where(_owned(table, item)))
    session.flush()
    session.add_all(facts.rows)
    session.flush()


def is_news(session: Session, item: Item, stage: Stage, facts: Facts) -> bool:
    """Whether a stage that has run before found other rows than are kept of it now."""
    for table in stage.makes:
        before = [
            row.model_dump() for row in session.exec(select(table).where(_owned(table, item)))
        ]
        now = [row.model_dump() for row in facts.rows if isinstance(row, table)]
        if before and before != now:
            return True
    return False


def identify(session: Session, item: Item, checksum: str, sampled: str = "") -> Item | None:
    """Tie an item to the asset with this content, which is made if it is new.

    Returns the item that was there first, or None when this item is the one to work on: it is
    the first, or the first was replaced before its work was done. Where the content of an
    original has grown (a growing file, a late part of a clip), its asset goes on with it.
    """
    _go_on(session, item, checksum)
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.connection().execute(
        insert(Asset).values(checksum=checksum, item_id=item.id).on_conflict_do_nothing()
    )
    asset = session.exec(select(Asset).where(Asset.checksum == checksum)).one()
    item.asset_id = asset.id
    asset.sampled = sampled or asset.sampled
    session.add_all((item, asset))
    session.flush()
    first = session.get_one(Item, asset.item_id)
    if first.replaced_at is not None and not is_indexed(session, first):
        assert item.id is not None
        asset.item_id = item.id
    return None if asset.item_id == item.id else first


def is_elsewhere(session: Session, item: Item, checksum: str) -> bool:
    """Whether another asset than the item's has this content."""
    known = session.exec(select(Asset.id).where(Asset.checksum == checksum)).first()
    return known is not None and known != item.asset_id


def _go_on(session: Session, item: Item, checksum: str) -> None:
    """Give the item's asset its new content, if it is the item's alone and nobody else's."""
    asset = session.get(Asset, item.asset_id) if item.asset_id is not None else None
    if asset is None or asset.item_id != item.id or asset.checksum == checksum:
        return
    others = select(Item.id).where(
        Item.asset_id == asset.id, Item.id != item.id, col(Item.replaced_at).is_(None)
    )
    known = select(Asset.id).where(Asset.checksum == checksum)
    if session.exec(others).first() is None and session.exec(known).first() is None:
        asset.checksum = checksum
        session.flush()


def record(session: Session, place: str, made: Sequence[Rendition]) -> list[str]:
    """Write down published files; return the paths in `place` that this stage made before
    and no longer makes."""
    for rendition in made:
        session.merge(rendition)
    if not made:
        return []
    paths = {rendition.path for rendition in made}
    earlier = session.exec(
        select(Rendition).where(
            Rendition.item_id == made[0].item_id, Rendition.stage == made[0].stage
        )
    )
    gone = [old for old in earlier if old.path not in paths and _within(old.path, place)]
    for old in gone:
        session.delete(old)
    return [old.path for old in gone]


def _within(path: str, place: str) -> bool:
    return PurePosixPath(path).is_relative_to(place)


def _owned(table: type[SQLModel], item: Item) -> ColumnElement[bool]:
    if issubclass(table, AssetFact):
        return col(table.asset_id) == item.asset_id
    if issubclass(table, ScriptFact):
        return col(table.item_id) == item.id
    raise TypeError(f"{table.__name__} belongs neither to an asset nor to a script")
