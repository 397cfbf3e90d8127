"""Removes what has been kept long enough, now and then (tasks/retention.py)."""

import logging
import time

from sqlalchemy.exc import DBAPIError

from catalog.database import Catalog
from config.settings import Settings
from tasks import retention
from tasks.rounds import Rounds

_log = logging.getLogger("stringout.tidying")
_TICK = 600.0  # seconds


class Tidying(Rounds):
    """Retention: nobody waits for it."""

    def __init__(self, settings: Settings, catalog: Catalog) -> None:
        super().__init__("tidying", lambda: _TICK)
        self.settings, self.catalog = settings, catalog

    def round(self) -> None:
        """Look once. What can't be removed now is tried again the next time."""
        try:
            with self.catalog.reading() as session:
                stories = retention.due(session, self.settings, time.time())
            for story in stories:
                if self.stopping:
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
