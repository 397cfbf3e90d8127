import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from catalog import drops
from catalog.database import Catalog
from catalog.models import Item, Kind
from catalog.vectors.edge import EdgeVectors
from catalog.work import Queue
from config.settings import Settings, load
from demo.footage import Recording, make
from tasks import changes
from tasks.doorbell import Ring
from tasks.perform import perform
from tasks.pipeline import needs
from tasks.runner import Runner


@dataclass
class House:
    """A catalog, its folders, and a front door without a watcher."""

    settings: Settings
    catalog: Catalog

    def drop(self, source: Path, name: str = "") -> Item:
        target = self.settings.watch[0].path / "story" / (name or source.name)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target)
        stat = target.stat()
        kind = Kind.SCRIPT if target.suffix == ".fountain" else Kind.FOOTAGE
        drop = drops.Drop("drop", f"story/{target.name}", stat.st_size, stat.st_mtime_ns, kind)
        with self.catalog.writing() as session:
            item = drops.accept(session, drop, needs(kind))
            assert item
            changes.check(session, self.settings, [item])
        return item


class Silent:
    """A doorbell that nobody hears: the test looks at the ledger instead."""

    def __init__(self) -> None:
        self.rings: list[Ring] = []
        self.messages: dict[Queue, int] = {}  # how many wait in a lane

    def waiting(self, queue) -> int:
        return self.messages.get(queue, 0)

    def ring(self, rings) -> None:
        self.rings.extend(rings)


@pytest.fixture
def house(tmp_path: Path):
    settings = load(
        Path("/dev/null"),
        watch=[{"path": tmp_path / "drop"}],
        folders={"output": tmp_path / "output", "state": tmp_path / "state"},
    )
    for folder in (settings.watch[0].path, settings.folders.output, settings.folders.state):
        folder.mkdir(parents=True)
    catalog = Catalog(settings.database_url)
    catalog.migrate()
    yield House(settings, catalog)
    catalog.close()


@pytest.fixture
def bell() -> Silent:
    return Silent()


@pytest.fixture
def runner(house, bell, tmp_path):
    """Performs in this process, without children."""
    vectors = EdgeVectors(tmp_path / "vectors", 384)
    yield Runner(
        house.settings, house.catalog, vectors, bell, "test",
        lambda stage, order: perform(order, house.settings, house.catalog),
    )  # fmt: skip
    vectors.close()


@pytest.fixture(scope="session")
def short_footage(tmp_path_factory) -> Path:
    return make(Recording("short.mp4", frames=25, size=(320, 180)), tmp_path_factory.mktemp("raw"))
