"""watchdog and watchfiles as processes that say what they have noticed.

    python -m benchmarks.watching.others watchdog|watchfiles|…-poll DROP SECONDS

They are given what suits them: the first event of any kind that names a file counts, long before
anybody knows whether the file is complete.
"""

import os
import sys
import threading
from pathlib import Path

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.polling import PollingObserver

from benchmarks.watching.said import say


class Telling(FileSystemEventHandler):
    """Says each file once."""

    def __init__(self, drop: str) -> None:
        self._drop = drop
        self._said: set[str] = set()

    def on_any_event(self, event: FileSystemEvent) -> None:
        """See watchdog."""
        if event.event_type in ("opened", "closed_no_write", "deleted"):
            return
        path = os.fsdecode(event.dest_path or event.src_path)
        if not event.is_directory and path not in self._said:
            self._said.add(path)
            say(os.path.relpath(path, self._drop))


def watch_dog(drop: str, seconds: float, polling: bool) -> None:
    """Observe for ever."""
    observer = PollingObserver(timeout=seconds) if polling else Observer()
    observer.schedule(Telling(drop), drop, recursive=True)
    observer.start()
    say("", ready=True)
    threading.Event().wait()


def watch_files(drop: str, seconds: float, polling: bool) -> None:
    """Watch for ever. Deletions are not told."""
    from watchfiles import Change, watch

    said = set()
    threading.Timer(1.0, lambda: say("", ready=True)).start()
    for changes in watch(
        drop, debounce=50, step=20, force_polling=polling, poll_delay_ms=int(seconds * 1000),
        raise_interrupt=False,
    ):  # fmt: skip
        for change, path in changes:
            if change != Change.deleted and path not in said and Path(path).is_file():
                said.add(path)
                say(os.path.relpath(path, drop))


def main() -> None:
    name, drop, seconds = sys.argv[1:]
    watch = watch_dog if name.startswith("watchdog") else watch_files
    watch(drop, float(seconds), name.endswith("-poll"))


if __name__ == "__main__":
    main()
