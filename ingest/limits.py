"""The kernel's limits for inotify: one watch per folder, so many per user."""

import ctypes
import errno
import os
from pathlib import Path

from watchdog.observers.inotify_c import InotifyConstants, inotify_add_watch, inotify_init

_SYSCTL = Path("/proc/sys/fs/inotify")
_ROOM = 1.5  # times what is needed now: folders are added every day


def exhausted(folder: Path) -> bool:
    """Whether the kernel refuses one watch more. watchdog says nothing when it does.

    `folder`: any that exists. Instances that are used up count as well.
    """
    probe = inotify_init()
    if probe == -1:
        return True
    try:
        mask = InotifyConstants.IN_DELETE_SELF
        refused = inotify_add_watch(probe, os.fsencode(folder), mask) == -1
        return refused and ctypes.get_errno() == errno.ENOSPC
    finally:
        os.close(probe)


def sentence(folder: Path) -> str:
    """What is too small here, how large it should be, and what to do."""
    needed = sum(1 for _ in os.walk(folder))
    allowed = _value("max_user_watches")
    return (
        f"fs.inotify.max_user_watches is {allowed} and used up; this folder alone needs {needed}: "
        f"`sysctl -w fs.inotify.max_user_watches={_advised(needed, allowed)}`, then restart"
    )


def _advised(needed: int, allowed: int) -> int:
    return int(max(needed, allowed) * _ROOM) + needed


def _value(name: str) -> int:
    """0 where the kernel has no such limit."""
    try:
        return int((_SYSCTL / name).read_text())
    except (OSError, ValueError):
        return 0
