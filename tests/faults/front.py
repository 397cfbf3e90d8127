"""The front door as a process that can be killed: watcher, catalog, and nothing behind them.

python -m tests.faults.front HOME DROP [DATABASE_URL]
"""

import signal
import sys
import threading
import time
from pathlib import Path

from catalog.database import Catalog
from config import log
from config.settings import load
from ingest.accept import FrontDoor
from ingest.watch import Watcher
from tasks.doorbell import Ring


class Silent:
    """Nobody works here."""

    def ring(self, rings: list[Ring]) -> None:
        """Nothing."""


class Clock:
    """This host's clock, as this process sees it: SIGUSR1 sets it forward, SIGUSR2 back."""

    def __init__(self) -> None:
        self._shift, self._real = 0.0, time.time
        signal.signal(signal.SIGUSR1, lambda _number, _frame: self._jump(2 * 3600))
        signal.signal(signal.SIGUSR2, lambda _number, _frame: self._jump(-3 * 3600))
        time.time = self.now

    def now(self) -> float:
        """Seconds since 1970, or what it takes for that."""
        return self._real() + self._shift

    def _jump(self, seconds: float) -> None:
        self._shift += seconds


def main() -> None:
    Clock()
    home, drop = map(Path, sys.argv[1:3])
    database = {"url": sys.argv[3]} if len(sys.argv) > 3 else {}
    settings = load(
        watch=[{"name": "drop", "path": drop, "poll_seconds": 1}],
        folders={"output": home / "output", "state": home / "state", "free_floor_gb": 0},
        intake={"quiet_seconds": 1, "rescan_seconds": 2},
        database=database,
    )
    log.start(settings.log)
    settings.folders.state.mkdir(parents=True, exist_ok=True)
    catalog = Catalog(settings.database_url)
    catalog.migrate()
    [folder] = settings.watch
    watcher = Watcher(folder, settings.intake, (), FrontDoor(settings, catalog, Silent()))
    watcher.start()
    print("watching", flush=True)  # noqa: T201 - the test waits for it
    while not threading.Event().wait(0.5):
        watcher.check()


if __name__ == "__main__":
    main()
