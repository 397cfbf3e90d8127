"""Removes what has been kept long enough, now and then (tasks/retention.py)."""

import logging
import threading
import time
from dataclasses import dataclass, field

from sqlalchemy.exc import DBAPIError

from catalog.database import Catalog
from config.settings import Settings
from tasks import retention

_log = logging.getLogger("stringout.tidying")
_TICK = 600.0  # seconds


@dataclass
class Tidying:
    """Retention in a thread of its own; nobody waits for it."""

    settings: Settings
    catalog: Catalog
    _error: BaseException | None = None
    _stop: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._thread = threading.Thread(target=self._run, name="tidying", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def check(self) -> None:
        """Raise what ended the thread, if anything did."""
        if self._error:
            raise self._error

    def stop(self) -> None:
        """End the thread."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                self.round()
                self._stop.wait(_TICK)
        except BaseException as error:
            self._error = error
            raise

    def round(self) -> None:
        """Look once. What can't be removed now is tried again the next time."""
        try:
            with self.catalog.reading() as session:
                stories = retention.due(session, self.settings, time.time())
            for story in stories:
                if self._stop.is_set():
                    return
                self._expire(story)
        except (OSError, DBAPIError) as error:
            _log.warning("files that were kept long enough can't be removed now (%s)", error)

    def _expire(self, story: str) -> None:
        with self.catalog.writing() as session:
            if story not in retention.due(session, self.settings, time.time()):
                return  # something new has come meanwhile
            count = retention.expire(session, self.settings, story)
        where = {"story": story}
        _log.info(
            "%s: %d proxies and movies were removed after their time", story, count, extra=where
        )
