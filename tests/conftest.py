"""Shared by all tests: real footage, made once, and work as the runner hands it to a stage."""

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest
from sqlmodel import Session, SQLModel

from catalog.database import Catalog
from catalog.models import Asset, Item, Kind, Story
from catalog.work import Facts, Work
from config.settings import Settings, load
from demo.footage import Recording, make

# CI tries the same examples every time, so that it says something about the change; everybody
# else looks for new ones.
hypothesis.settings.register_profile("ci", derandomize=True, deadline=None)
hypothesis.settings.register_profile("search", deadline=None)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "search")

Record = Callable[[Recording], Path]
Accept = Callable[[Path], Work]
Keep = Callable[[Facts], Facts]


_LONG = ("test_chaos.py", "test_survival.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first: at the end all other processes would wait for the one that has them."""
    items.sort(key=lambda item: item.path.name not in _LONG)


@pytest.fixture(scope="session")
def record(tmp_path_factory: pytest.TempPathFactory) -> Record:
    """Make a recording, once a session; tests read it and never change it."""
    made: dict[Recording, Path] = {}

    def _record(recording: Recording) -> Path:
        if recording not in made:
            made[recording] = make(recording, tmp_path_factory.mktemp("footage"))
        return made[recording]

    return _record


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """The defaults, with folders of this test and without a floor of free space."""
    folders = {"output": tmp_path / "output", "state": tmp_path / "state"}
    folders |= {"free_floor_gb": 0, "state_floor_gb": 0}
    return load(watch=[{"name": "drop", "path": tmp_path / "drop"}], folders=folders)


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """A catalog of this test's own, on disk."""
    catalog = Catalog(f"sqlite:///{tmp_path / 'catalog.db'}")
    SQLModel.metadata.create_all(catalog.engine)
    with Session(catalog.engine, expire_on_commit=False) as opened:
        yield opened
    catalog.close()


@pytest.fixture
def accept(tmp_path: Path, settings: Settings, session: Session) -> Accept:
    """Turn a file into Work on a footage item, with an asset, as after the checksum stage."""
    story = Story(name="story", created_at=0)
    session.add(story)
    session.commit()
    (tmp_path / "drop").mkdir()

    def _accept(source: Path) -> Work:
        stat = source.stat()
        item = Item(
            root="drop", path=f"story/{source.name}", size=stat.st_size, mtime_ns=stat.st_mtime_ns,
            kind=Kind.FOOTAGE, story_id=story.id or 0, accepted_at=0,
        )  # fmt: skip
        session.add(item)
        session.commit()
        asset = Asset(checksum=f"{item.id:032x}", item_id=item.id or 0)
        session.add(asset)
        session.commit()
        item.asset_id = asset.id
        session.commit()
        scratch = tmp_path / "scratch" / str(item.id)
        scratch.mkdir(parents=True)
        home = settings.folders.output / "story" / "assets" / source.name
        return Work(item, source, scratch, home, settings.folders.output, settings, session)

    return _accept


@pytest.fixture
def keep(session: Session) -> Keep:
    """Save a stage's rows as the runner does."""

    def _keep(facts: Facts) -> Facts:
        session.add_all(facts.rows)
        session.commit()
        return facts

    return _keep


@pytest.fixture
def deadline() -> Callable[..., None]:
    """Wait for a condition; fail when it has not come true in time."""

    def wait(condition: Callable[[], object], seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, "it did not happen in time"
            time.sleep(0.02)

    return wait


@pytest.fixture(scope="session")
def movie(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    target = tmp_path_factory.mktemp("movie") / "a.mp4"
    source = ["-f", "lavfi", "-i", "testsrc2=s=160x90:d=1"]
    subprocess.run(["ffmpeg", "-v", "error", "-nostdin", *source, target], check=True)
    return target.read_bytes()
