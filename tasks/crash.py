"""Crashes of the service itself, in native code: written down as they happen, told afterwards.

What tells them from a service that was killed: SIGKILL and a power cut leave no trace, a crash
(SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, and systemd's watchdog, which sends SIGABRT) leaves
the line of Python that was being run, in a file of the state folder.
"""

import faulthandler
from pathlib import Path

_NAME = "crash.txt"
_LINES = 12  # of the thread that crashed; the others follow


def report_crashes(state: Path) -> str:
    """Watch for crashes of this process from now on; what the last one crashed of, or "".

    The full report of the last crash is kept beside as `crash-last.txt`.
    """
    path = state / _NAME
    last = path.read_text(errors="replace") if path.exists() else ""
    if last:
        path.replace(state / "crash-last.txt")
    faulthandler.enable(path.open("w"))
    return "\n".join(last.splitlines()[:_LINES])
