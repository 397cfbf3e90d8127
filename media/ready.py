"""ffmpegs that are started and wait for what they shall show.

Starting one takes 60 ms of a core, mostly for finding its libraries; a picture from a clip whose
every frame stands alone takes 20. ffmpeg reads its graph from standard input before anything else,
so one that was started earlier has only the picture left to do. Each shows one.
"""

import subprocess
import threading
from collections import deque
from typing import Self

from media import process
from media.errors import Misconfigured, Rejected, TryLater
from media.ffmpeg import last_words

LABEL = "shown"
_QUALITY = 2  # of JPEG: 2 is the best that ffmpeg writes, 31 the worst
_COMMAND = [
    "ffmpeg", "-v", "error", "-nostdin", "-filter_complex_threads", "1",
    "-filter_complex_script", "pipe:0", "-map", f"[{LABEL}]", "-frames:v", "1",
    "-f", "image2pipe", "-c:v", "mjpeg", "-threads", "1", "-q:v", str(_QUALITY), "pipe:1",
]  # fmt: skip


class Ready:
    """Keeps `count` of them waiting. Safe for threads. They end with this process."""

    def __init__(self, count: int) -> None:
        """Raises Misconfigured when ffmpeg is not installed."""
        self._count, self._lock = count, threading.Lock()
        self._waiting: deque[subprocess.Popen[bytes]] = deque()
        self.fill()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def fill(self) -> None:
        """Start what is missing: after an answer, so that nobody waits for it."""
        with self._lock:
            while len(self._waiting) < self._count:
                self._waiting.append(_started())

    def picture(self, graph: str, limit: float, about: str) -> bytes:
        """The first picture of a graph that ends in `[shown]`, as JPEG; b"" when it has none.

        `limit`: seconds. `about`: what to name when it fails. Raises Rejected, TryLater,
        Misconfigured.
        """
        with self._lock:
            waiting = self._waiting.popleft() if self._waiting else None
        if waiting is None or waiting.poll() is not None:  # somebody killed it
            waiting = _started()
        with waiting:
            try:
                shown, said = waiting.communicate(graph.encode(), limit)
            except subprocess.TimeoutExpired as error:
                waiting.kill()
                raise TryLater(f"{about}: ffmpeg took longer than {limit:.0f} s") from error
        if waiting.returncode < 0:
            raise TryLater(f"{about}: ffmpeg was ended by signal {-waiting.returncode}")
        if waiting.returncode:
            raise Rejected(f"{about}: ffmpeg can't show it ({last_words(said)})")
        return shown

    def close(self) -> None:
        """End those that wait."""
        with self._lock:
            while self._waiting:
                with self._waiting.popleft() as waiting:
                    waiting.kill()


def _started() -> "subprocess.Popen[bytes]":
    try:
        started = subprocess.Popen(
            _COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
    except FileNotFoundError as error:
        raise Misconfigured(
            "ffmpeg is not installed: install it with `apt-get install ffmpeg`"
        ) from error
    process.limit_memory(started.pid)
    return started
