"""Our front door as a process that says what it has queued.

python -m benchmarks.watching.ours HOME DROP auto|inotify|poll POLL_SECONDS
"""

import sys
import time
from pathlib import Path

from benchmarks.watching.said import say
from catalog.database import Catalog
from catalog.drops import Drop
from config import log
from config.settings import load
from ingest.accept import FrontDoor
from ingest.watch import Watcher
from media.names import to_path
from tasks.doorbell import Ring


class Silent:
    """Nobody works here."""

    def ring(self, rings: list[Ring]) -> None:
        """Nothing."""


class Telling(FrontDoor):
    """The front door; a file is noticed when its item and its queued stages are committed."""

    def take(self, drops: list[Drop]) -> None:
        """See FrontDoor."""
        super().take(drops)
        for drop in drops:
            say(to_path(drop.path))


def main() -> None:
    home, drop, noticing, seconds = sys.argv[1:]
    settings = load(
        watch=[
            {"name": "drop", "path": drop, "noticing": noticing, "poll_seconds": float(seconds)}
        ],
        folders={"output": f"{home}/output", "state": f"{home}/state"},
        log={"level": "warning"},
    )
    log.start(settings.log)
    settings.folders.state.mkdir(parents=True, exist_ok=True)
    catalog = Catalog(settings.database_url)
    catalog.migrate()
    watcher = Watcher(settings.watch[0], settings.intake, (), Telling(settings, catalog, Silent()))
    watcher.start()
    time.sleep(1)
    say("", ready=True)
    while Path(home).exists():
        watcher.check()
        time.sleep(0.5)


if __name__ == "__main__":
    main()
