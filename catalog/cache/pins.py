"""Files that are in use: the kernel keeps the pins, so that those of a killed process are gone.

A shared lock (flock(2)) on a clip's file says that somebody reads it, an exclusive one that
somebody makes it or takes it away. Whoever got a lock looks whether the file still has its name.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def pinned(path: Path) -> Iterator[bool]:
    """Keep a file from being taken away while the block lasts; False: it is not there any more.

    Raises OSError.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        yield False
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield os.fstat(descriptor).st_nlink > 0
    finally:
        os.close(descriptor)


@contextmanager
def alone(path: Path) -> Iterator[bool]:
    """Make the file if it is not there, and have it to oneself; False: somebody else has it.

    Removed at the end of the block, unless it has been moved by then.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    ours = _taken(descriptor) and _is(descriptor, path)
    try:
        yield ours
    finally:
        if ours and _is(descriptor, path):  # by now it may be somebody else's
            path.unlink()
        os.close(descriptor)


def is_pinned(path: Path) -> bool:
    """Whether anybody uses the file. Raises OSError, FileNotFoundError when it is not there."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return not _taken(descriptor)
    finally:
        os.close(descriptor)


def remove(path: Path) -> bool:
    """Take the file away unless it is used; False: it is. Raises OSError."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return True
    try:
        if not _taken(descriptor):
            return False
        if not _is(descriptor, path):
            return not path.exists()
        path.unlink()
        return True
    finally:
        os.close(descriptor)


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is(descriptor: int, path: Path) -> bool:
    """Whether the file is still the one of this name: it may have been moved in place meanwhile."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False
