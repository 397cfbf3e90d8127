"""The child process of a lane: performs orders one after the other, keeps its engines loaded.

    first line in: the settings · then one order per line · one answer per line out

A thread watches standard input: when the parent is gone, the child and all that it started
end at once, also in the middle of a long run. What libraries print goes to stderr.
"""

import os
import queue
import signal
import sys
import threading

from catalog.database import Catalog
from config import log
from config.settings import Settings
from tasks import wire
from tasks.perform import perform


def main() -> None:
    """Serve until standard input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the group; the parent decides
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    lines: queue.Queue[str] = queue.Queue()
    threading.Thread(target=_read, args=(lines,), daemon=True).start()
    settings = Settings.model_validate_json(lines.get())
    log.start(settings.log)
    catalog = Catalog(settings.database_url)
    while True:
        answers.write(_answer(lines.get(), settings, catalog) + "\n")
        answers.flush()


def _answer(line: str, settings: Settings, catalog: Catalog) -> str:
    order = wire.read_order(line)
    try:
        return wire.write_facts(perform(order, settings, catalog))
    except Exception as error:  # noqa: BLE001 - crosses the pipe; the runner decides
        return wire.write_error(error)


def _read(lines: "queue.Queue[str]") -> None:
    for line in sys.stdin:
        lines.put(line)
    os.killpg(os.getpgid(0), signal.SIGKILL)  # a group of its own: see tasks/children.py


if __name__ == "__main__":
    main()
