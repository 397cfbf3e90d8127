"""The pulse of a process: keeps the leases of what runs here, ends what no longer counts."""

import logging
import time

from sqlalchemy.exc import DBAPIError

from catalog import claims, recovery
from catalog.claims import Claim
from catalog.work import GivesWay
from tasks.pipeline import STAGES
from tasks.rounds import Rounds
from tasks.runner import Runner

_log = logging.getLogger("stringout.pulse")


class Pulse(Rounds):
    """A thread of its own: leases are kept whatever else this process is busy with."""

    def __init__(self, runner: Runner) -> None:
        super().__init__("pulse", lambda: runner.settings.lanes.sweep_seconds)
        self._runner = runner
        self._beat_at = 0.0  # monotonic

    def round(self) -> None:
        """Beat once. A catalog that can't be used for a while is asked again in the next round."""
        active = list(self._runner.active)
        if not active:
            return
        try:
            self._keep(active)
            self._abandon(active)
        except DBAPIError as error:
            _log.warning("the catalog can't be used now (%s); asking again", error.orig)

    def _keep(self, active: list[Claim]) -> None:
        lease = self._runner.settings.lanes.lease_seconds
        if time.monotonic() < self._beat_at:
            return
        with self._runner.catalog.writing() as session:
            claims.beat(session, active, lease)
        self._beat_at = time.monotonic() + lease / 3

    def _abandon(self, active: list[Claim]) -> None:
        """End what runs here under a claim that no longer holds, cancelled or taken over; and what
        gives way to a newer version of what it works on."""
        giving = [claim for claim in active if isinstance(STAGES[claim.stage], GivesWay)]
        with self._runner.catalog.reading() as session:
            lost = recovery.lost(session, active)
            stale = recovery.stale(session, giving)
        for claim in stale:
            self._runner.give_way(claim)
        for claim in lost:
            if claim in self._runner.active:  # it may have ended by itself meanwhile
                self._runner.abandon(claim)
