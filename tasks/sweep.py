"""The sweep: whatever a lost doorbell or a lost worker left behind is found in the ledger.

Messages are doorbells, the database is the truth: one process of all that work on a catalog
asks the ledger every few seconds what is due, and rings. Any process can: the role passes on
when its holder stops (tasks/roles.py), so no host is special and none can be forgotten.
"""

import logging
import time
from contextlib import suppress
from typing import Protocol

from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, select

from catalog import clock, pauses, recovery, runs
from catalog.database import Catalog
from catalog.models import Item, Kind, Scope, StageRun
from catalog.vectors import VectorStore
from catalog.work import Queue
from config.settings import Settings
from media.errors import TryLater
from tasks import changes, leftovers, profiles
from tasks.doorbell import Doorbell, Ring
from tasks.pipeline import STAGES, needs
from tasks.roles import Role
from tasks.rounds import Rounds

_log = logging.getLogger("stringout.sweep")
# Messages taken from a queue whose runs are not claimed yet: so many may be missing from it.
_ON_THE_WAY = 100
_BESIDE = 60.0  # seconds between two looks at what older processes beside us have left


class Room(Protocol):
    """What a sweep works with: that of a process (tasks/room.py), or a runner's own."""

    @property
    def settings(self) -> Settings: ...
    @property
    def catalog(self) -> Catalog: ...
    @property
    def vectors(self) -> VectorStore: ...
    @property
    def doorbell(self) -> Doorbell: ...


class Sweep(Rounds):
    """Retries, lost workers and lost doorbells of a catalog, while `role` is held here."""

    def __init__(self, room: Room, role: Role) -> None:
        super().__init__("sweep", lambda: room.settings.lanes.sweep_seconds)
        self.room, self.role = room, role
        self._leads = False
        self._listen_at = 0.0  # monotonic
        # Monotonic: nobody could keep a lease while the catalog was away.
        self._patient_until = 0.0
        self._beside_at = 0.0
        self._reached: int | None = 0  # item up to which everything was looked at; None: all
        self._held: frozenset[tuple[Scope, str, str]] = frozenset()  # the pauses of the last round

    def stop(self) -> None:
        """End the thread; another process sweeps."""
        super().stop()
        self.role.release()

    def round(self) -> None:
        """A catalog that can't be used for a while is asked again in the next round."""
        if not self.role.held():
            self._leads = False
            return
        try:
            if not self._leads:
                self.begin()
            self._look_at_everything()
            self._look_beside()
            self.room.doorbell.ring(self._due())
            self.room.doorbell.ring(self._unheard())
            self.room.doorbell.ring(self._resumed())
            leftovers.tidy(self.room.settings, self.room.catalog)
        except DBAPIError as error:
            self._patient_until = time.monotonic() + self.room.settings.lanes.lease_seconds
            _log.warning("the catalog can't be used now (%s); asking again", error.orig)

    def recover(self, owner: str | None = None, crashed: bool = False) -> int:
        """Before anything runs here: queue and ring for what a killed process left, whose
        messages died with it.

        It was `owner`; None: nobody else can be working on this catalog. `crashed`: it died in
        native code. Returns how many runs were interrupted.
        """
        with self.room.catalog.writing() as session:
            interrupted = recovery.requeue_orphans(session, owner, crashed)
            self._stop_poison(session)
        if self.role.held():
            self.begin()
        with self.room.catalog.reading() as session:
            queued = runs.queued(session, clock.read(session) + 1)
        self.room.doorbell.ring([Ring(run.item_id, run.stage) for run in queued])
        return interrupted

    def begin(self) -> None:
        """What is done once by who begins to sweep: everything may have changed meanwhile."""
        with self.room.catalog.writing() as session:
            for kind in Kind:
                runs.align(session, kind, needs(kind))
            for folder in self.room.settings.watch:
                profiles.apply(session, folder)
        self._look_at_the_index()
        self._reached, self._leads = 0, True
        self._beside_at = time.monotonic() + _BESIDE

    def last(self) -> None:
        """What a killed attempt moved may have become its successor's a moment ago."""
        if self._leads:
            with suppress(DBAPIError):  # the next one who sweeps tidies
                leftovers.tidy(self.room.settings, self.room.catalog)

    def _look_at_the_index(self) -> None:
        """An index that does not answer now is looked at by the next process that sweeps."""
        try:
            empty = not self.room.vectors.count()
        except TryLater as error:
            _log.warning("%s", error)
            return
        if empty:
            with self.room.catalog.writing() as session:
                changes.index_lost(session)

    def _look_at_everything(self) -> None:
        """Once: what changed while nobody was there, such as another engine in the settings."""
        while self._reached is not None and not self.stopping:
            with self.room.catalog.writing() as session:
                rings, reached = changes.after(session, self.room.settings, self._reached)
            self.room.doorbell.ring(rings)
            self._reached = reached

    def _look_beside(self) -> None:
        """What processes of an older version have finished since, but could not go on from."""
        if self.role.alone or time.monotonic() < self._beside_at:
            return
        self._beside_at = time.monotonic() + _BESIDE
        with self.room.catalog.reading() as session:
            behind = changes.left_behind(session)
        for start in range(0, len(behind), changes.AT_ONCE):
            some = behind[start : start + changes.AT_ONCE]
            with self.room.catalog.writing() as session:
                items = session.exec(select(Item).where(col(Item.id).in_(some))).all()
                rings = changes.check(session, self.room.settings, items)
            self.room.doorbell.ring(rings)

    def _due(self) -> list[Ring]:
        with self.room.catalog.reading() as session:
            now = clock.read(session)
            if not runs.anything_due(session, now):
                return []
        with self.room.catalog.writing() as session:
            due = runs.queue_due(session, now)
            self._stop_poison(session)
            lost = recovery.queue_expired(session, now) if self._may_be_lost() else []
        for run in lost:
            where = {"item": run.item_id, "stage": run.stage}
            _log.warning(
                "%s of item %d lost its worker; it runs again", run.stage, run.item_id, extra=where
            )
        return [Ring(run.item_id, run.stage) for run in (*due, *lost)]

    def _may_be_lost(self) -> bool:
        """Not just after the catalog was away: those who work must have a chance to say so."""
        return time.monotonic() > self._patient_until

    def _stop_poison(self, session: Session) -> None:
        lanes = self.room.settings.lanes
        for run in recovery.stop_poison(session, lanes.attempts, lanes.interruptions):
            where = {"item": run.item_id, "stage": run.stage}
            _log.error("%s of item %d %s", run.stage, run.item_id, run.message, extra=where)

    def _resumed(self) -> list[Ring]:
        """What stayed queued under a pause, when one has ended: its doorbells went unheard."""
        with self.room.catalog.reading() as session:
            held = frozenset((p.scope, p.name, p.by) for p in pauses.active(session))
            ended, self._held = self._held - held, held
            waiting = runs.queued(session, clock.read(session)) if ended else []
        return [Ring(run.item_id, run.stage) for run in waiting]

    def _unheard(self) -> list[Ring]:
        """Runs queued for a while in lanes with fewer messages than runs: some were lost."""
        patience = self.room.settings.broker.lost_seconds
        if time.monotonic() < self._listen_at:
            return []
        self._listen_at = time.monotonic() + patience
        # The messages first: a run that is claimed meanwhile must not make one look lost.
        messages = {lane: self.room.doorbell.waiting(lane) for lane in Queue}
        waiting: dict[Queue, list[StageRun]] = {lane: [] for lane in Queue}
        with self.room.catalog.reading() as session:
            if pauses.active(session):  # what they hold is queued and unheard, as it should be
                return []
            for run in runs.queued(session, clock.read(session) - patience):
                if run.stage in STAGES:  # others: of a newer version
                    waiting[STAGES[run.stage].queue].append(run)
        return [
            Ring(run.item_id, run.stage)
            for lane, queued in waiting.items()
            if _are_lost(messages[lane], len(queued))
            for run in queued
        ]


def _are_lost(messages: int | None, queued: int) -> bool:
    if messages is None:  # nobody would hear us ring
        return False
    return not messages or messages + _ON_THE_WAY < queued
