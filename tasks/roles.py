"""Roles of this process among others: asked for again and again, lost when it stops asking."""

import logging
import time

from sqlalchemy.exc import DBAPIError

from catalog import leases
from catalog.database import Catalog

_log = logging.getLogger("stringout.roles")
_SECONDS = 6.0  # somebody else has it after this long without a word: stated as "within seconds"
_AGAIN = 2.0


class Role:
    """One role; see catalog/leases.py. Asked by one thread."""

    def __init__(self, catalog: Catalog, name: str, owner: str, *, alone: bool = False) -> None:
        """`alone`: no other process can work on this catalog, so nobody needs to be asked."""
        self._catalog, self._name, self._owner, self.alone = catalog, name, owner, alone
        self._until = 0.0  # monotonic: it is ours as long as nobody may take it
        self._ask_at = 0.0  # monotonic

    def held(self) -> bool:
        """Whether it is ours now."""
        if self.alone:
            return True
        now = time.monotonic()
        if now >= self._ask_at:
            self._ask_at = now + _AGAIN
            self._ask(now)
        return time.monotonic() < self._until

    def release(self) -> None:
        """Give it back, so that the next one need not wait. A database that is away forgets it."""
        if self.alone or time.monotonic() >= self._until:
            return
        self._until = 0.0
        try:
            with self._catalog.writing() as session:
                leases.release(session, self._name, self._owner)
        except DBAPIError as error:
            _log.debug("%s is not given back (%s)", self._name, error)

    def _ask(self, now: float) -> None:
        try:
            with self._catalog.writing() as session:
                taken = leases.take(session, self._name, self._owner, _SECONDS)
        except DBAPIError as error:
            _log.debug("%s can't be asked for (%s)", self._name, error)
            return  # until its end it stays with whom it was
        self._until = now + _SECONDS if taken else 0.0
