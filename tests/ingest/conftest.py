import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from catalog import roots
from catalog.arrivals import Waiting
from catalog.drops import Drop
from catalog.models import Kind
from config.settings import load
from config.watching import Intake, Noticing, WatchFolder
from ingest.watch import Watcher
from media.errors import TryLater

_DEADLINE = 8.0
SCRIPT = b"INT. HOUSE - DAY\n"


@dataclass
class Catalogue:
    """Remembers what was accepted, as the catalog does."""

    drops: list[Drop] = field(default_factory=list)
    refuse: bool = False  # as a locked database does

    away: str = ""  # why the folder is not the one that was watched
    told: list[tuple[str, str]] = field(default_factory=list)
    held: dict[str, str] = field(default_factory=dict)

    def folders(self, _root: str) -> set[str]:
        return {_top(drop.path) for drop in self.drops} - {""}

    def known(self, _root: str, folder: str) -> dict[str, tuple[int, int]]:
        whole = [drop for drop in self.drops if not drop.growing]
        known = {drop.path: (drop.size, drop.mtime_ns) for drop in whole}
        return {path: known[path] for path in known if _top(path) == folder}

    def lost(self, _root: str, paths: list[str]) -> None:
        self.drops = [drop for drop in self.drops if drop.path not in paths]

    def hold(self, _root: str, waiting: list[Waiting]) -> None:
        self.held = {each.path: each.reason for each in waiting}

    def recognise(self, folder: WatchFolder) -> str:
        folder.path.stat()
        return self.away or (roots.mark(folder.path) and "")

    def tell(self, _folder: WatchFolder, trouble: str, noticing: str) -> None:
        self.told.append((trouble, noticing))

    def take(self, drops: list[Drop]) -> None:
        if self.refuse:
            raise TryLater("the catalog can't be used now (database is locked)")
        seen = {drop.path: _state(drop) for drop in self.drops}
        self.drops += [drop for drop in drops if seen.get(drop.path) != _state(drop)]

    @property
    def paths(self) -> list[str]:
        return [drop.path for drop in self.drops]

    def kinds(self) -> dict[str, Kind]:
        return {drop.path: drop.kind for drop in self.drops}


def _state(drop: Drop) -> tuple[int, int, bool]:
    return drop.size, drop.mtime_ns, drop.growing


def _top(path: str) -> str:
    first, slash, _ = path.partition("/")
    return first + slash if slash else ""


Start = Callable[..., Catalogue]


@pytest.fixture
def drop(tmp_path: Path) -> Path:
    folder = tmp_path / "drop"
    folder.mkdir()
    return folder


@pytest.fixture
def watchers() -> Iterator[list[Watcher]]:
    started: list[Watcher] = []
    yield started
    for watcher in started:
        watcher.stop()


@pytest.fixture
def start(drop: Path, tmp_path: Path, watchers: list[Watcher]) -> Start:
    """Start watching: by events alone, unless `rescan` or `poll` say otherwise."""

    def _start(
        rescan: float = 1000,
        quiet: float = 0.2,
        torn: float = 1000,
        own: tuple[Path, ...] = (),
        poll: bool = False,
        at: Path = drop,
        marker: str = "",
        growing: bool = False,
        held_open: float = 1.5,
    ) -> Catalogue:
        intake = Intake(
            quiet_seconds=quiet, open_seconds=held_open, incomplete_seconds=torn,
            rescan_seconds=rescan, ignore=load().intake.ignore,
        )  # fmt: skip
        catalogue = Catalogue()
        noticing = Noticing.POLL if poll else Noticing.AUTO
        folder = WatchFolder(
            name="drop", path=at, noticing=noticing, poll_seconds=0.3, marker=marker,
            growing=growing, growing_seconds=0.5,
        )  # fmt: skip
        watcher = Watcher(folder, intake, own, catalogue)
        watchers.append(watcher)
        watcher.start()
        time.sleep(0.3)  # the first walk is over: from here on it is events
        return catalogue

    return _start


def until(condition: Callable[[], bool], seconds: float = _DEADLINE) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.02)


def write(path: Path, data: bytes = SCRIPT) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path
