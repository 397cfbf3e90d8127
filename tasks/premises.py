"""The state folder of a process: alone in it (`stringout run`), or with others of its host."""

import fcntl
import time
from pathlib import Path
from typing import TextIO

from media.errors import Misconfigured

_FILE = "service.lock"
_SECONDS = 1.0  # `status` holds the lock for a moment to see whether it is free


def enter(state: Path, *, alone: bool) -> TextIO:
    """The state folder for this process until it ends in any way. Raises Misconfigured."""
    state.mkdir(parents=True, exist_ok=True)
    file = (state / _FILE).open("w")
    until = time.monotonic() + _SECONDS
    while not _locked(file, fcntl.LOCK_EX if alone else fcntl.LOCK_SH):
        if time.monotonic() < until:
            time.sleep(0.05)
            continue
        who = "other processes of Stringout work" if alone else "`stringout run` works"
        raise Misconfigured(
            f"{who} with {state}: stop what works there, or give this one a state folder of its own"
        )
    return file


def is_running(state: Path) -> bool:
    """Whether a process of this host works with this state folder."""
    try:
        with (state / _FILE).open() as file:
            return not _locked(file, fcntl.LOCK_EX)
    except FileNotFoundError:
        return False


def _locked(file: TextIO, how: int) -> bool:
    try:
        fcntl.flock(file, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
