"""Runs of one stage that are performed together, each in a thread of its own.

Each goes its own way before and after: is held, rejected, saved, tried again. Only where they are
performed do they meet, and one of them performs for all: one batch of a model instead of many.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sqlalchemy.exc import DBAPIError

from catalog import claims
from catalog.claims import Claim
from catalog.database import Catalog
from catalog.work import Facts, Stage, Together
from config.settings import Settings
from indexers.engines.batches import BatchSize
from tasks.perform import Order
from tasks.pipeline import STAGES

_log = logging.getLogger("stringout.run")

Performer = Callable[[Stage, Order], Facts]
PerformAll = Callable[[Stage, Sequence[Order]], list[Facts]]
Run = Callable[[Claim, Performer], None]

_MOST = 256  # as [lanes] together may be
_PATIENCE = 5.0  # seconds that the first waits for the last: it may hang on an absent share


@dataclass
class Gatherings:
    """Finds runs that can be performed together, and lets them be."""

    catalog: Catalog
    owner: str
    perform: PerformAll
    _size: BatchSize = field(default_factory=lambda: BatchSize(_MOST))

    def others(self, claim: Claim, settings: Settings) -> list[Claim]:
        """More queued runs of its stage, claimed, if that does several at once for less."""
        stage, lease = STAGES[claim.stage], settings.lanes.lease_seconds
        most = min(settings.lanes.together, self._size.now) - 1
        if not isinstance(stage, Together) or not most:
            return []
        try:
            with self.catalog.writing() as session:
                found = claims.queued_like(session, claim, most)
                taken = [
                    claims.claim(session, item, claim.stage, self.owner, lease, stage.queue.value)
                    for item in found
                ]
        except DBAPIError as error:
            _log.debug("no more of %s can be claimed now (%s)", claim.stage, error.orig)
            return []
        return [each for each in taken if each]

    def run(self, together: Sequence[Claim], run: Run) -> None:
        """Run each by `run`, with a performer that performs all of them together."""
        meeting = Meeting(self._perform, len(together))
        threads = [
            threading.Thread(target=run_one, args=(run, claim, meeting), daemon=True)
            for claim in together
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _perform(self, stage: Stage, orders: Sequence[Order]) -> list[Facts]:
        """Fewer are claimed together for a while after it failed."""
        try:
            found = self.perform(stage, orders)
        except Exception:
            if len(orders) > 1:
                self._size.was_too_much(len(orders))
            raise
        self._size.went_well(len(orders))
        return found


class Meeting:
    """Where `expected` runs meet, once."""

    def __init__(self, perform: PerformAll, expected: int) -> None:
        self._perform = perform
        self._expected = expected
        self._changed = threading.Condition()
        self._orders: list[Order] = []
        self._begun = False
        self._done = threading.Event()
        self._facts: dict[Order, Facts] = {}

    def perform(self, stage: Stage, order: Order) -> Facts:
        """What was found for this order, when those of all were here. Raises what its stage
        raises for it alone: a batch that fails is done again one by one."""
        if self._arrive(order):
            if self._orders[0] is order:
                self._lead(stage)
            self._done.wait()
        found = self._facts.get(order)
        return found or self._perform(stage, [order])[0]

    def leave(self) -> None:
        """One of the expected has nothing to perform."""
        with self._changed:
            self._expected -= 1
            self._changed.notify_all()

    def _arrive(self, order: Order) -> bool:
        """False: the others have begun without this one."""
        with self._changed:
            if not self._begun:
                self._orders.append(order)
                self._changed.notify_all()
            return not self._begun

    def _lead(self, stage: Stage) -> None:
        with self._changed:
            self._changed.wait_for(lambda: len(self._orders) >= self._expected, _PATIENCE)
            self._begun = True
        try:
            if len(self._orders) > 1:
                found = self._perform(stage, self._orders)
                self._facts = dict(zip(self._orders, found, strict=True))
        except Exception as error:  # noqa: BLE001 - whose fault it is shows when each is alone
            _log.debug(
                "%d runs of %s do not go together (%s)", len(self._orders), stage.name, error
            )
        finally:
            self._done.set()


def run_one(run: Run, claim: Claim, meeting: Meeting) -> None:
    """Run one of those that meet; it is not waited for when it never comes to be performed."""
    arrived = False

    def perform(stage: Stage, order: Order) -> Facts:
        nonlocal arrived
        arrived = True
        return meeting.perform(stage, order)

    try:
        run(claim, perform)
    finally:
        if not arrived:
            meeting.leave()
