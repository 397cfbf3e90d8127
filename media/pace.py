"""Reading originals no faster than their share allows, so that others can work on the NAS.

Half of a folder's limit is for reads of ours (a token bucket of this host), half for ffmpeg,
which reads at a rate of its own: together they pass the limit only where several ffmpegs read
at once. ffmpeg takes a multiple of real time (`-readrate`), which is made from the size and the
length of the file; measured over a second it is at most 11 % above, over the file 1 % below.
"""

import fcntl
import struct
import time
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import partial
from pathlib import Path

_BURST = 0.5  # seconds' worth of bytes that may be read at once
_AHEAD = 64  # reads that may have been promised; more are left over from before a reboot
_FORM = struct.Struct("d")  # when what was handed out so far has been paid for, monotonic


def take(
    ledger: Path,
    rate: float,
    count: int,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Wait until `count` bytes may be read at `rate` bytes a second, by all processes together.

    `ledger`: the file that they share, on a local disk. The monotonic clock is one for all
    processes of a host. Raises OSError.
    """
    with ledger.open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        now, written = clock(), file.read(_FORM.size)
        free_at = _FORM.unpack(written)[0] if len(written) == _FORM.size else 0.0
        free_at = min(free_at, now + _AHEAD * count / rate)
        free_at = max(free_at, now - _BURST) + count / rate
        file.truncate(0)
        file.write(_FORM.pack(free_at))
        file.flush()
    if free_at > now:
        sleep(free_at - now)


def unlimited(_count: int) -> None:
    """The pace of a folder without a limit."""


def of(state: Path, name: str, megabytes: float) -> Callable[[int], None]:
    """What to call with the count of bytes before each read of a watch folder called `name`.

    `state`: a folder of this host. `megabytes`: a second, of 10^6 bytes; 0 means no limit.
    """
    if not megabytes:
        return unlimited
    folder = state / "pace"
    folder.mkdir(parents=True, exist_ok=True)
    return partial(take, folder / name, megabytes * 1e6 / 2)


def read_rate(megabytes: float, size: int, seconds: Fraction) -> Mapping[str, float]:
    """ffmpeg's options for an input of `size` bytes that lasts `seconds`; {} without a limit."""
    if not megabytes or not size or seconds <= 0:
        return {}
    return {"readrate": round(megabytes * 1e6 / 2 / (size / float(seconds)), 4)}
