"""Another process's index, through a Unix socket: one JSON line asks, one JSON line answers.

    {"verb": "query", "dense": […]|null, "terms": {…}, "limit": 20, "filters": {…}}
    {"verb": "replace", "asset_id": 7, "points": [{"id", "vector", "text", "payload"}, …]}
    {"verb": "count"}
    → {"answer": …}

Only the user who runs the owner may connect (mode 0600).
"""

import json
import logging
import os
import socket
import socketserver
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from catalog.vectors.store import Filters, Hit, VectorStore
from catalog.work import Point
from media.errors import TryLater

_LONGEST = 100  # bytes: sun_path holds 108 with its end
_SECONDS = 60.0  # of silence: the owner may be writing a long asset
_log = logging.getLogger("stringout.vectors")


class Server:
    """Serves `store` at `path` from a thread of its own until it is closed."""

    def __init__(self, store: VectorStore, path: Path) -> None:
        """The socket is made aside and renamed: one that a killed process left is replaced."""
        self._path = path
        fresh = path.with_name(f"{path.name}.new")
        fresh.unlink(missing_ok=True)
        with _short(fresh) as address:
            self._server = _Listener(address, _Conversation)
        self._server.store = store
        fresh.chmod(0o600)
        fresh.rename(path)
        threading.Thread(target=self._server.serve_forever, args=(0.5,), daemon=True).start()

    def close(self) -> None:
        """Take no more questions."""
        self._path.unlink(missing_ok=True)
        self._server.shutdown()
        self._server.server_close()


class SocketVectors:
    """The VectorStore of another process on this host. Every question is a connection."""

    def __init__(self, path: Path) -> None:
        """`path`: of the owner's socket."""
        self._path = path

    def answers(self) -> bool:
        """Whether there is an owner who serves."""
        try:
            self.count()
        except TryLater:
            return False
        return True

    def replace(self, asset_id: int, points: Sequence[Point]) -> None:
        """As VectorStore. Raises TryLater when the owner has gone."""
        self._ask(verb="replace", asset_id=asset_id, points=[_as_json(point) for point in points])

    def query(
        self,
        dense: Sequence[float] | None,
        terms: Mapping[str, float],
        *,
        limit: int,
        filters: Filters | None = None,
    ) -> list[Hit]:
        """As VectorStore. Raises TryLater when the owner has gone."""
        numbers = None if dense is None else [float(number) for number in dense]
        found = self._ask(
            verb="query", dense=numbers, terms=dict(terms), limit=limit, filters=dict(filters or {})
        )
        return [Hit(**hit) for hit in found]

    def count(self) -> int:
        """As VectorStore. Raises TryLater when the owner has gone."""
        return int(self._ask(verb="count"))

    def close(self) -> None:
        """As VectorStore: nothing is kept open."""

    def _ask(self, **question: Any) -> Any:
        try:
            with socket.socket(socket.AF_UNIX) as connection, _short(self._path) as address:
                connection.settimeout(_SECONDS)
                connection.connect(address)
                with connection.makefile("rwb") as stream:
                    stream.write(json.dumps(question).encode() + b"\n")
                    stream.flush()
                    return json.loads(stream.readline())["answer"]
        except (OSError, ValueError) as error:
            raise TryLater(
                f"the process that keeps the vector index at {self._path} does not answer: "
                "it may be stopping or starting"
            ) from error


class _Listener(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    block_on_close = False
    store: VectorStore

    def handle_error(self, request: Any, client_address: Any) -> None:
        """The asker sees the connection end; the reason belongs in the owner's log."""
        _log.exception("a question to the vector index failed")


class _Conversation(socketserver.StreamRequestHandler):
    server: _Listener

    def handle(self) -> None:
        question = json.loads(self.rfile.readline())
        answer = _answer(self.server.store, question)
        self.wfile.write(json.dumps({"answer": answer}).encode() + b"\n")


def _answer(store: VectorStore, question: dict[str, Any]) -> Any:
    verb = question.pop("verb")
    if verb == "query":
        hits = store.query(question.pop("dense"), question.pop("terms"), **question)
        return [{"id": hit.id, "score": hit.score, "payload": dict(hit.payload)} for hit in hits]
    if verb == "replace":
        store.replace(question["asset_id"], [Point(**point) for point in question["points"]])
        return None
    return store.count()


def _as_json(point: Point) -> dict[str, Any]:
    vector = [float(number) for number in point.vector]
    return {
        "id": point.id,
        "vector": vector,
        "text": point.text,
        "payload": dict(point.payload),
    }


@contextmanager
def _short(path: Path) -> Iterator[str]:
    """A name for `path` that fits into a socket address (108 bytes), however deep it lies."""
    if len(os.fsencode(path)) <= _LONGEST:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
