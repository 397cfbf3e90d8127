"""The child process of a lane: performs orders one after the other, keeps its engines loaded.

    first line in: the settings · then a line of orders of one stage · a line of answers out

A guard, forked before anything is imported, watches standard input: when the parent is gone,
the child and all that it started end at once, also while native code holds the interpreter's
lock. What libraries print goes to stderr.
"""

import os
import select
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from catalog.database import Catalog
    from config.settings import Settings

_FIRST_TO_GO = "500"  # of -1000 to 1000: a child that eats the memory ends before the service


def main() -> None:
    """Serve until standard input ends."""
    guard()
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(_FIRST_TO_GO)
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    # Not before the guard is there: it would be as large as what it guards.
    from catalog.database import Catalog
    from config import log
    from config.settings import Settings
    from indexers.engines.residence import RESIDENCE

    settings = Settings.model_validate_json(sys.stdin.readline())
    log.start(settings.log)
    RESIDENCE.budget = int(settings.lanes.models_gb * 1e9)
    catalog = Catalog(settings.database_url)
    for line in sys.stdin:
        answers.write(_answer(line, settings, catalog) + "\n")
        answers.flush()


def guard() -> None:
    """Fork a process that ends our process group (see tasks/children.py) with our parent."""
    if os.fork():
        return
    os.close(1)  # else nobody would hear that the child has ended
    hangup = select.poll()
    hangup.register(0, 0)  # no events: only that the writing end is closed
    while not hangup.poll():
        pass
    os.killpg(0, signal.SIGKILL)


def _answer(line: str, settings: "Settings", catalog: "Catalog") -> str:
    from tasks import wire
    from tasks.perform import perform_together

    try:
        return wire.write_facts(perform_together(wire.read_orders(line), settings, catalog))
    except Exception as error:  # noqa: BLE001 - crosses the pipe; the runner decides
        return wire.write_error(error)


if __name__ == "__main__":
    main()
