from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import event
from sqlmodel import Session, SQLModel, col, select

from catalog.database import Catalog
from catalog.drops import Drop, accept
from catalog.models import AuditEntry, Item, Kind, StageRun, Story
from catalog.newcomers import newcomers, welcome

NEEDS: dict[str, tuple[str, ...]] = {"checksum": (), "probe": ("checksum",)}


def batches(root: str) -> st.SearchStrategy[list[Drop]]:
    """Files of one watch folder, as a watcher brings them."""
    paths = ["a.mov", "drop/a.mov", "s/a.mov", "s/b.mov", "s/x/a.mov", "other/a.mov"]
    drop = st.builds(
        Drop,
        root=st.just(root),
        path=st.sampled_from(paths),
        size=st.integers(1, 2),
        mtime_ns=st.integers(1, 2),
        kind=st.sampled_from([Kind.FOOTAGE, Kind.SCRIPT]),
        inode=st.sampled_from([None, "1", "2", "3"]),
        output=st.just(root if root == "other" else ""),
    )
    return st.lists(drop, max_size=6)


def one_by_one(session: Session, batch: list[Drop]) -> None:
    for drop in batch:
        accept(session, drop, NEEDS)


def together(session: Session, batch: list[Drop]) -> None:
    new = newcomers(session, batch)
    welcome(session, new, lambda _kind: NEEDS)
    for drop in batch:
        if all(drop is not each for each in new):
            accept(session, drop, NEEDS)


def outcome(path: Path, way: Callable[..., None], batches: list[list[Drop]]) -> list[object]:
    """The rows that come of it, without what depends on the order and the clock."""
    path.unlink(missing_ok=True)
    catalog = Catalog(f"sqlite:///{path}")
    SQLModel.metadata.create_all(catalog.engine)
    for batch in batches:
        with catalog.writing() as session:
            way(session, batch)
    with catalog.reading() as session:
        stories = {story.id: (story.name, story.output) for story in session.exec(select(Story))}
        items = [
            (i.root, i.path, i.size, i.mtime_ns, i.kind, stories[i.story_id], i.inode,
             i.replaced_at is None, i.published_as, len(session.exec(select(StageRun).where(
                 col(StageRun.item_id) == i.id)).all()))
            for i in session.exec(select(Item))
        ]  # fmt: skip
        told = sorted(entry.path for entry in session.exec(select(AuditEntry)))
    catalog.close()
    return [sorted(items, key=str), told]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("newcomers")


@settings(max_examples=20, phases=[Phase.generate], suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(["drop", "other"]).flatmap(batches), max_size=3))
def test_many_at_a_time_is_the_same_as_one_by_one(folder: Path, dropped: list[list[Drop]]) -> None:
    expected = outcome(folder / "one.db", one_by_one, dropped)
    assert outcome(folder / "many.db", together, dropped) == expected


def test_a_batch_of_new_files_asks_no_more_than_a_small_one(session: Session) -> None:
    said: list[str] = []

    def _select(*about: Any) -> None:
        said.extend([about[2]] if about[2].startswith("SELECT") else [])

    event.listen(session.get_bind(), "before_cursor_execute", _select)
    counts = []
    for start, number in ((0, 2), (10, 150)):
        batch = [Drop("drop", f"s/{start + n}.mov", 1, 1, Kind.FOOTAGE, inode=f"{start + n}")
                 for n in range(number)]  # fmt: skip
        said.clear()
        assert newcomers(session, batch) == batch
        welcome(session, batch, lambda _kind: NEEDS)
        session.flush()
        counts.append(len(said))
    assert counts[1] == counts[0]
