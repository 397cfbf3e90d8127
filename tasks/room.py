"""What every process of the engine room has, in both modes: catalog, vectors, doorbell, sweep.

lock → catalog → vectors → doorbell        and back at the stop
"""

import logging
import os
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TextIO

from sqlmodel import select

from catalog import leases
from catalog.database import Catalog
from catalog.models import Item
from catalog.vectors import VectorStore
from catalog.vectors.lasting import LastingVectors
from catalog.vectors.shared import open_vectors
from config.settings import Settings
from indexers.engines import sentence
from media.errors import Misconfigured, TryLater
from tasks import premises
from tasks.app import make_app
from tasks.bell import CeleryDoorbell
from tasks.pipeline import STAGES
from tasks.roles import Role
from tasks.sweep import Sweep

_log = logging.getLogger("stringout.service")
_AGAIN = 3.0  # seconds until a database that does not answer is asked again


@dataclass
class Room:
    """One process's share of the engine room, closed until `open`."""

    settings: Settings
    embedded: bool  # every lane in this process; False: other processes work beside this one
    given_up: Callable[[float], bool] = field(default_factory=lambda: threading.Event().wait)
    catalog: Catalog = field(init=False)
    vectors: VectorStore = field(init=False)
    doorbell: CeleryDoorbell = field(init=False)
    owner: str = field(init=False)  # as in the ledger: who has a claim or a role
    _lock: TextIO = field(init=False)

    def open(self) -> None:
        """Take the state folder and bring the catalog up to date; wait for a database that is
        away. Raises Misconfigured: before any work is taken."""
        settings = self.settings
        self._lock = premises.enter(settings.folders.state, alone=self.embedded)
        for output in settings.outputs:
            output.mkdir(parents=True, exist_ok=True)
        # Of an embedded service there is one per state folder: restarted, it is the same owner.
        own = str(settings.folders.state) if self.embedded else str(os.getpid())
        self.owner = f"{socket.gethostname()}:{own}"
        self.catalog = self._catalog()
        self._require_roots()
        self.vectors = self._vectors()
        broker = None if self.embedded else settings.broker
        self.doorbell = CeleryDoorbell(make_app("stringout", broker), self.catalog)

    @property
    def alone(self) -> bool:
        """Whether the lock proves that no other process works on this catalog."""
        return self.embedded and not self.settings.database.url

    def role(self, name: str) -> Role:
        """A role of this process among those that work on the same catalog."""
        return Role(self.catalog, name, self.owner, alone=self.alone)

    def sweep(self) -> Sweep:
        """The sweep of the catalog, while this process has its role."""
        return Sweep(self, self.role(leases.SWEEP))

    def close(self) -> None:
        """Give everything back."""
        self.vectors.close()
        self.catalog.close()
        self._lock.close()

    def _catalog(self) -> Catalog:
        catalog = Catalog(self.settings.database_url)
        while True:
            try:
                catalog.migrate()
                return catalog
            except TryLater as error:
                _log.warning("%s; waiting for it", error)
                if self.given_up(_AGAIN):
                    raise

    def _vectors(self) -> VectorStore:
        choice = sentence.choose(self.settings.embeddings)
        name, dimension = choice.name, choice.dimension
        if self.embedded:
            return open_vectors(self.settings, name, dimension, serve=True, alone=True)
        return LastingVectors(lambda: open_vectors(self.settings, name, dimension, serve=True))

    def _require_roots(self) -> None:
        """Raise Misconfigured when the catalog knows files of a watch folder the settings don't."""
        with self.catalog.reading() as session:
            for root in session.exec(select(Item.root).distinct()):
                self.settings.root(root)


def require_a_broker(settings: Settings) -> None:
    """Raise Misconfigured unless this process can be one of many."""
    if not settings.broker.url:
        raise Misconfigured(
            "the configuration names no broker: `stringout run` does everything in one process; "
            "for several, set [broker] url, such as redis://host:6379/0"
        )


def refuse_a_broker(settings: Settings) -> None:
    """Raise Misconfigured if this process would not hear what others ring for."""
    if settings.broker.url:
        raise Misconfigured(
            "the configuration names a broker: start `stringout watch` and, for each lane, "
            "`stringout worker --queue io|cpu|gpu`; `stringout run` is for one process without one"
        )


def require_stages(settings: Settings) -> None:
    """Raise Misconfigured when a limit is set for a stage that there is not."""
    for stage in settings.lanes.limits:
        if stage not in STAGES:
            raise Misconfigured(
                f"[lanes.limits] {stage}: there is no such stage, only {', '.join(STAGES)}"
            )
