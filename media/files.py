"""Files that are whole or not there: fingerprints, atomic writes, free space."""

import errno
import fcntl
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import xxhash

from media.errors import Misconfigured, TryLater

_CHUNK = 4 * 1024 * 1024
_NOT_READY = {
    errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.ESTALE, errno.ENOTCONN,
    errno.EHOSTDOWN, errno.ETIMEDOUT, errno.EMFILE, errno.ENFILE,
}  # fmt: skip
_CLOSED = {errno.EACCES, errno.EPERM}
_BRING_BACK = "make room or bring the share back"


def fingerprint(path: Path) -> str:
    """The xxh3-128 of the whole file, 32 hex digits.

    The whole file, because sampled fingerprints are unsafe: two real DNxHD files had equal
    size and equal first and last 4 MiB with different content. Raises OSError.
    """
    digest = xxhash.xxh3_128()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def is_being_written(path: Path) -> bool | None:
    """Whether anybody on this host has the file open for writing. None: nobody can tell.

    The kernel grants a read lease (fcntl(2), F_SETLEASE) only while no writer has the file
    open; it is given back at once. Network file systems and other users' files grant none.
    Should a writer come in these microseconds, it waits for us, and the kernel sends a signal:
    SIGURG, which is ignored, in place of SIGIO, which would end the process.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError:
        return None
    try:
        fcntl.fcntl(descriptor, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except OSError as error:
        return True if error.errno == errno.EAGAIN else None
    finally:
        os.close(descriptor)
    return False


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Yield a path beside `target` to write to; move it in place when the block succeeds.

    A reader sees the old file or the new one, never half of either, also after a power cut.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        yield partial
        move_in_place(partial, target)
    finally:
        partial.unlink(missing_ok=True)


def write_text(target: Path, text: str) -> None:
    """Write `text` as UTF-8 in one atomic step."""
    with replacing(target) as partial:
        partial.write_text(text, encoding="utf-8")


def move_in_place(source: Path, target: Path) -> None:
    """Make `source` durable and rename it to `target`, both on one file system."""
    target.parent.mkdir(parents=True, exist_ok=True)
    sync(source)
    source.replace(target)
    sync(target.parent)


def sync(path: Path) -> None:
    """Make a file or a folder durable: what it holds, not what is in the folders below it."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def needing_the_disk() -> Iterator[None]:
    """Translate what a full disk, a share that is away, or a folder that was closed to us raises:
    TryLater, nobody's fault."""
    try:
        yield
    except OSError as error:
        if error.errno not in _NOT_READY | _CLOSED:
            raise
        where = f"{error.filename}: " if error.filename else ""
        what = "give Stringout's user access" if error.errno in _CLOSED else _BRING_BACK
        told = f"{where}{error.strerror}: {what}, the work goes on by itself"
        raise TryLater(told, seconds=60) from error


def require_writable(folder: Path) -> None:
    """Raise Misconfigured when this process's user may not make files in a folder of ours. One that
    is away, full or mounted read-only comes back by itself and is left to `needing_the_disk`."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except PermissionError as error:
        raise Misconfigured(
            f"{folder} can't be written by Stringout's user (uid {os.geteuid()}): give it write "
            f"access (chown or chmod), then start again"
        ) from error
    except OSError:
        return


def require_space(folder: Path, needed: int, floor: int) -> None:
    """Raise TryLater unless `needed` bytes fit in `folder`'s file system above `floor` bytes."""
    free = shutil.disk_usage(folder).free
    if free - needed < floor:
        raise TryLater(
            f"{folder} has {free / 1e9:.1f} GB free; {needed / 1e9:.1f} GB are needed above the "
            f"floor of {floor / 1e9:.1f} GB: make room, the work goes on by itself",
            seconds=60,
        )


def inside(path: Path, root: Path) -> bool:
    """Whether `path`, with every symbolic link followed, lies in `root`."""
    return path.resolve().is_relative_to(root.resolve())
