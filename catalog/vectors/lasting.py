"""An index that may come and go: for processes that outlive their Qdrant server, or the other
process of their host that keeps the embedded index."""

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from catalog.vectors.store import Filters, Hit, VectorStore
from catalog.work import Point
from media.errors import TryLater

_Answer = TypeVar("_Answer")


class LastingVectors:
    """Opened when it is used first, and again after it did not answer."""

    def __init__(self, open_store: Callable[[], VectorStore]) -> None:
        """`open_store` may raise TryLater: so does every use then."""
        self._open_store = open_store
        self._lock = threading.Lock()
        self._store: VectorStore | None = None

    def replace(self, asset_id: int, points: Sequence[Point]) -> None:
        """As VectorStore."""
        self._use(lambda store: store.replace(asset_id, points))

    def query(
        self,
        dense: Sequence[float] | None,
        terms: Mapping[str, float],
        *,
        limit: int,
        filters: Filters | None = None,
    ) -> list[Hit]:
        """As VectorStore."""
        return self._use(lambda store: store.query(dense, terms, limit=limit, filters=filters))

    def count(self) -> int:
        """As VectorStore."""
        return self._use(lambda store: store.count())

    def close(self) -> None:
        """As VectorStore."""
        with self._lock:
            store, self._store = self._store, None
        if store:
            store.close()

    def _use(self, verb: Callable[[VectorStore], _Answer]) -> _Answer:
        with self._lock:
            store = self._store = self._store or self._open_store()
        try:
            return verb(store)
        except TryLater:
            with self._lock:
                if self._store is store:
                    self._store = None  # not closed: another thread may be using it
            raise
