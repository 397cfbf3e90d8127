"""The pieces of movies made beside each other: on a whole host, as many as it has cores.

A piece is made by one thread, so pieces share cores evenly whether one movie is made or several,
and memory stays that of so many ffmpegs. Places are locked files: whoever is killed gives its
place back.
"""

import fcntl
import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import TypeVar

from config.settings import Settings

_AGAIN = 0.02  # seconds until a place is looked for again; a piece takes 0.1 s to half a minute

Piece = TypeVar("Piece")
Told = Callable[[int], None]


@dataclass(frozen=True)
class Crew:
    """`places`: how many pieces are made at once by all who have this folder, 1 or more."""

    folder: Path
    places: int

    @classmethod
    def of(cls, settings: Settings) -> "Crew":
        """Of this host, whose processes share the state folder."""
        cores = settings.proxy.threads or len(os.sched_getaffinity(0))
        return cls(settings.folders.state / "crew", cores)

    def make(
        self, pieces: Sequence[Piece], make: Callable[[Piece], Path],
        frames: Callable[[Piece], int], told: Told,
    ) -> list[Path]:  # fmt: skip
        """The files of all pieces, in order; `told` hears how many `frames` they have together.

        Raises what the first piece raises that fails; those that have not begun are not made.
        """

        failed = Event()

        def one(piece: Piece) -> Path:
            if failed.is_set():
                raise CancelledError
            try:
                with self._place():
                    return make(piece)
            except BaseException:
                failed.set()  # before the next one begins in this thread
                raise

        paths, done = [], 0
        with ThreadPoolExecutor(self.places) as pool:
            try:
                for piece, path in zip(pieces, pool.map(one, pieces), strict=True):
                    paths.append(path)
                    done += frames(piece)
                    told(done)
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise
        return paths

    @contextmanager
    def _place(self) -> Iterator[None]:
        """One of the places, until the end of the block."""
        self.folder.mkdir(parents=True, exist_ok=True)
        while True:
            for number in range(self.places):
                with (self.folder / str(number)).open("w") as file:
                    if _locked(file.fileno()):
                        yield
                        return
            time.sleep(_AGAIN)


def _locked(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
