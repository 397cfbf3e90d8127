"""Doorbells: messages that say "look at the ledger", and nothing else.

A lost, repeated or late doorbell changes nothing: the claim decides (catalog/runs.py).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from catalog.work import Queue


@dataclass(frozen=True)
class Ring:
    """One queued run."""

    item_id: int
    stage: str


class Doorbell(Protocol):
    """Where to announce queued runs."""

    def ring(self, rings: Iterable[Ring]) -> None:
        """Send one message per run, after the transaction that queued it was committed.

        Never fails: the sweep rings again for what could not be sent.
        """

    def waiting(self, queue: Queue) -> int | None:
        """How many messages wait in a lane; None where nobody can tell."""
