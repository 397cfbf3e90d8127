"""The sweep: whatever a lost doorbell or a lost worker left behind is found in the ledger.

Messages are doorbells, the database is the truth: a thread asks the ledger every few
seconds what is due, extends the leases of this process, and rings.
"""

import logging
import threading
import time

from catalog import runs
from catalog.database import Catalog
from config.settings import Settings
from tasks import changes
from tasks.doorbell import Doorbell, Ring

_log = logging.getLogger("stringout.sweep")
_STALE = 60.0  # seconds; ringing again sooner doubled the messages on Redis (RUNTIME.md, B3)


class Sweep:
    """Leases, retries and lost doorbells of one process."""

    def __init__(
        self, settings: Settings, catalog: Catalog, doorbell: Doorbell, owner: str
    ) -> None:
        self._settings = settings
        self._catalog = catalog
        self._doorbell = doorbell
        self._owner = owner
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="sweep", daemon=True)

    def recover(self, indexed: int) -> int:
        """Before anything runs, alone on this catalog: queue what a killed process left.

        `indexed`: how many points the vector index has. Returns how many runs were interrupted.
        """
        with self._catalog.writing() as session:
            interrupted = runs.requeue_orphans(session)
            if not indexed:
                changes.index_lost(session)
            queued = runs.queued(session, time.time() + 1)
        self._doorbell.ring([Ring(run.item_id, run.stage) for run in queued])
        return interrupted

    def start(self) -> None:
        """Sweep until `stop`."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._stop.set()
        self._thread.join()

    def _look_at_everything(self) -> None:
        """Once: what changed while nobody was there, such as another engine in the settings."""
        reached: int | None = 0
        while reached is not None and not self._stop.is_set():
            with self._catalog.writing() as session:
                rings, reached = changes.after(session, self._settings, reached)
            self._doorbell.ring(rings)

    def _loop(self) -> None:
        self._look_at_everything()
        lanes = self._settings.lanes
        beat_at = time.monotonic()
        while not self._stop.wait(lanes.sweep_seconds):
            if time.monotonic() >= beat_at:
                with self._catalog.writing() as session:
                    runs.beat(session, self._owner, lanes.lease_seconds)
                beat_at = time.monotonic() + lanes.lease_seconds / 3
            self._doorbell.ring(self._due())

    def _due(self) -> list[Ring]:
        now = time.time()
        with self._catalog.reading() as session:
            if not runs.anything_due(session, now, stale=now - _STALE):
                return []
        with self._catalog.writing() as session:
            due = runs.queue_due(session, now)
            lost = runs.expired(session, now)
            silent = runs.ring_again(session, now - _STALE) if self._settings.lanes.broker else []
        for run in lost:
            _log.warning("%s of item %d lost its worker; it runs again", run.stage, run.item_id)
        return [Ring(run.item_id, run.stage) for run in (*due, *lost, *silent)]
