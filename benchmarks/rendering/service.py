"""`stringout run` in a folder of its own, and what its ledger says."""

import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from sqlmodel import col, select

from catalog.database import Catalog
from catalog.models import Cut, Item, Kind, StageRun, Status

_LIMIT = 900.0  # seconds for anything that is waited for
_ENDED = (Status.DONE, Status.SKIPPED)


@dataclass(frozen=True)
class Ran:
    """One run of a stage, in seconds since the epoch."""

    stage: str
    started: float
    ended: float


class Service:
    """The service with settings as shipped."""

    def __init__(self, home: Path) -> None:
        self.drop, self.output = home / "drop", home / "output"
        self._home = home

    def __enter__(self) -> "Service":
        self.drop.mkdir(parents=True)
        folders = {"watch": "drop", "output": "output", "state": "state"}
        told = [word for name, at in folders.items() for word in (f"--{name}", self._home / at)]
        with (self._home / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "ingest", "run", *told], stderr=log, stdout=log
            )
        self._wait(lambda: (self._home / "state" / "vectors").is_dir())  # made after the catalog
        self._catalog = Catalog(f"sqlite:///{self._home / 'state' / 'catalog.db'}")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self._catalog.close()
        self._process.terminate()
        self._process.wait(60)

    @property
    def cpu(self) -> float:
        """CPU seconds of all its processes till now, with those that have ended."""
        of: defaultdict[int, list[int]] = defaultdict(list)
        ticks: dict[int, int] = {}
        for path in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):  # it has just ended
                fields = path.read_text().rpartition(")")[2].split()
                of[int(fields[1])].append(int(path.parent.name))
                ticks[int(path.parent.name)] = sum(map(int, fields[11:15]))
        ours = [self._process.pid]
        for pid in ours:
            ours += of[pid]
        return sum(ticks.get(pid, 0) for pid in ours) / os.sysconf("SC_CLK_TCK")

    def wait(self, stage: str, count: int, story: str = "") -> None:
        """Until a stage is done for so many items, of a story. Raises RuntimeError when something
        failed."""
        self._wait(lambda: self._ended(stage, story) >= count)

    def runs(self, since: float) -> list[Ran]:
        """What was run since then, in seconds since the epoch."""
        with self._catalog.reading() as session:
            found = session.exec(
                select(StageRun).where(StageRun.started_at > since, StageRun.finished_at > 0)
            )
            return [Ran(run.stage, run.started_at, run.finished_at) for run in found]

    def cut(self, story: str) -> tuple[Cut, float]:
        """The newest cut of a story with one script, and when its movie was there, in seconds
        since the epoch."""
        with self._catalog.reading() as session:
            scripts = select(Item).where(Item.kind == Kind.SCRIPT)
            item = next(i for i in session.exec(scripts) if i.path.startswith(f"{story}/"))
            cuts = session.exec(select(Cut).where(Cut.item_id == item.id).order_by(Cut.version))
            movie = session.get_one(StageRun, (item.id, "movie"))
            return cuts.all()[-1], movie.finished_at

    def _ended(self, stage: str, story: str) -> int:
        with self._catalog.reading() as session:
            failed = session.exec(select(StageRun).where(StageRun.status == Status.FAILED)).all()
            if failed:
                raise RuntimeError(f"{failed[0].stage} failed: {failed[0].message}")
            found = select(StageRun.item_id).join(Item, col(Item.id) == StageRun.item_id)
            done = (StageRun.stage == stage, col(StageRun.status).in_(_ENDED))
            done = (*done, col(Item.path).startswith(story))
            return len(session.exec(found.where(*done)).all())

    def _wait(self, ready: Callable[[], bool]) -> None:
        until = time.monotonic() + _LIMIT
        while not ready():
            if self._process.poll() is not None or time.monotonic() > until:
                raise RuntimeError((self._home / "log").read_text()[-2000:])
            time.sleep(0.1)
