"""Reading originals no faster than their share allows, so that others can work on the NAS.

Half of a folder's limit is for reads of ours (a token bucket of this process), half for ffmpeg,
which reads at a rate of its own: together they never pass the limit. ffmpeg takes a multiple of
real time (`-readrate`), which is made from the size and the length of the file.
"""

import threading
import time
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cache

_BURST = 0.5  # seconds' worth of bytes that may be read at once


class Bucket:
    """Hands out `rate` bytes a second, to all threads together."""

    def __init__(
        self,
        rate: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`rate`: more than 0."""
        self._rate, self._clock, self._sleep = rate, clock, sleep
        self._lock = threading.Lock()
        self._free_at = clock()  # when what was handed out so far has been paid for

    def take(self, count: int) -> None:
        """Wait until `count` bytes may be read."""
        with self._lock:
            now = self._clock()
            self._free_at = max(self._free_at, now - _BURST) + count / self._rate
            wait = self._free_at - now
        if wait > 0:
            self._sleep(wait)


def unlimited(_count: int) -> None:
    """The pace of a folder without a limit."""


def of(name: str, megabytes: float) -> Callable[[int], None]:
    """What to call with the count of bytes before each read of a watch folder called `name`.

    `megabytes`: a second, of 10^6 bytes; 0 means no limit.
    """
    return _bucket(name, megabytes * 1e6 / 2).take if megabytes else unlimited


def read_rate(megabytes: float, size: int, seconds: Fraction) -> Mapping[str, float]:
    """ffmpeg's options for an input of `size` bytes that lasts `seconds`; {} without a limit."""
    if not megabytes or not size or seconds <= 0:
        return {}
    return {"readrate": round(megabytes * 1e6 / 2 / (size / float(seconds)), 4)}


@cache
def _bucket(_name: str, rate: float) -> Bucket:
    return Bucket(rate)
