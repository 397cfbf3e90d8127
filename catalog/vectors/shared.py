"""One index, many processes: who owns the embedded shard, and how the others reach it.

A shard refuses a second process. The first one locks the collection's folder and owns it;
the service then serves it on a Unix socket beside the shard, and a second process (`search`
in another terminal) asks there. The kernel releases the lock of a process that dies in any
way, so nothing that it leaves behind stops the next owner.

    <state>/vectors/<collection>-<engine>/   lock, socket, shard/
"""

import fcntl
import os
import time
from collections.abc import Callable
from pathlib import Path

from catalog.vectors.edge import EdgeVectors
from catalog.vectors.remote import Server, SocketVectors
from catalog.vectors.store import VectorStore, collection_name
from config.settings import Settings
from media.errors import Misconfigured, TryLater

PATIENCE = 10.0  # seconds: longer than another process's search, or than a service's start
_PAUSE = 0.05


class OwnedVectors(EdgeVectors):
    """The embedded index, owned by this process. A child made by fork must not use it."""

    def __init__(self, folder: Path, dimension: int, lock: int, *, serve: bool) -> None:
        """`lock`: a locked descriptor, released at close. `serve`: let other processes in."""
        super().__init__(folder / "shard", dimension)
        self._owned = lock
        self._server = Server(self, folder / "socket") if serve else None

    def close(self) -> None:
        """As VectorStore; afterwards another process may own it."""
        if self._server:
            self._server.close()
        super().close()
        os.close(self._owned)


def open_vectors(
    settings: Settings, engine: str, dimension: int, *, serve: bool = False, alone: bool = False
) -> VectorStore:
    """The index of clips embedded by `engine`: on the server, owned, or through its owner.

    Who passes `serve` and becomes the owner lets the others reach the index until it is closed;
    `alone`, it must become the owner. Raises TryLater when a server or an owner does not answer,
    Misconfigured when `alone` is asked for and another process keeps the index.
    """
    name = collection_name(settings.vectors.collection, engine)
    if settings.vectors.url:
        from catalog.vectors.server import connect  # 0.7 s of imports, for this case only

        return connect(settings.vectors.url, name, dimension)
    folder = settings.folders.state / "vectors" / name
    folder.mkdir(parents=True, exist_ok=True)
    if alone:
        return _patiently(lambda: _own(folder, dimension, serve=serve), _kept(folder))
    return _patiently(lambda: _own(folder, dimension, serve=serve) or _ask(folder), _silent(folder))


def _patiently(attempt: Callable[[], VectorStore | None], failure: Exception) -> VectorStore:
    """The first store that `attempt` gives within PATIENCE. Raises `failure` after that."""
    deadline = time.monotonic() + PATIENCE
    while (store := attempt()) is None:
        if time.monotonic() > deadline:
            raise failure
        time.sleep(_PAUSE)
    return store


def _own(folder: Path, dimension: int, *, serve: bool) -> VectorStore | None:
    """The shard in `folder`, or None when another process has it."""
    lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return None
    return OwnedVectors(folder, dimension, lock, serve=serve)


def _ask(folder: Path) -> VectorStore | None:
    """The owner's index through its socket, or None while nobody answers there."""
    store = SocketVectors(folder / "socket")
    return store if store.answers() else None


def _kept(folder: Path) -> Exception:
    return Misconfigured(
        f"another Stringout keeps the vector index in {folder}: stop it, or give this one "
        "a state folder of its own"
    )


def _silent(folder: Path) -> Exception:
    return TryLater(
        f"the process that keeps the vector index in {folder} did not answer for "
        f"{PATIENCE:.0f} seconds: try again, or restart the service",
        seconds=PATIENCE,
    )
