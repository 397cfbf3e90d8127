"""How a target tells what it has noticed: one line per file, on the clock that all share."""

import os
import sys
import time


def say(path: str, ready: bool = False) -> None:
    """`path`: relative to the watched folder, as the system has it."""
    word = "ready" if ready else "noticed"
    sys.stdout.write(f"{word} {time.monotonic():.4f} {os.fsencode(path).hex()}\n")
    sys.stdout.flush()
