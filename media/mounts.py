"""What a folder stands on: the kernel's table of mounts (proc(5), /proc/PID/mountinfo)."""

import os
import re
import select
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_TABLE = Path("/proc/self/mountinfo")
# Blanks, tabs, newlines and backslashes are written as \040 and so on.
_OCTAL = re.compile(rb"\\([0-7]{3})")
# What other hosts write to as well.
_SHARED = {
    "nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "virtiofs", "ceph", "glusterfs", "lustre", "afs",
    "beegfs", "gpfs", "ocfs2", "gfs2", "davfs", "vboxsf", "prl_fs", "drvfs",
}  # fmt: skip
# Disks of this host whose driver happens to live outside the kernel.
_DISKS = {"fuseblk", "fuse.ntfs-3g", "fuse.ntfs", "fuse.exfat"}
# Their lower layers and their back sides change without an event.
_LAYERED = {"overlay", "overlayfs", "aufs", "unionfs", "ecryptfs"}


@dataclass(frozen=True)
class Mount:
    """One line of the table. `point` is a real path; `inside` is the part that is mounted."""

    point: str
    kind: str  # file system type: ext4, nfs4, fuse.sshfs …
    source: str  # device, host:/export, //host/share …
    inside: str
    device: tuple[int, int]  # major, minor; of a network mount another one after each mount

    @property
    def shared(self) -> bool:
        """Whether other hosts may write there too, or locks may not be what they say."""
        return self.kind in _SHARED or (self.kind.startswith("fuse") and self.kind not in _DISKS)

    @property
    def silent(self) -> bool:
        """Whether inotify tells of some changes only, or of none."""
        return self.shared or self.kind in _LAYERED

    @property
    def origin(self) -> str:
        """What is mounted, in words that are the same after the next mount of it."""
        return f"{self.kind} {self.source} {self.inside}"


def table(path: Path = _TABLE) -> list[Mount]:
    """All mounts, in the order they were made. [] where there is no such table."""
    try:
        lines = path.read_bytes().splitlines()
    except OSError:
        return []
    return [_mount(line) for line in lines if b" - " in line]


def under(path: Path, mounts: Sequence[Mount] | None = None) -> Mount:
    """The mount that `path` is on, as it is found now. Raises OSError when it is not there.

    The longest mount point above the path counts, and of equal ones the last; but one that
    another mount hides is told by its device.
    """
    found = path.stat().st_dev
    device = (os.major(found), os.minor(found))
    real = os.path.realpath(path)
    table_ = table() if mounts is None else mounts
    above = [mount for mount in table_ if _contains(mount.point, real)]
    above.sort(key=lambda mount: len(mount.point))
    for mount in reversed(above):
        if mount.device == device:
            return mount
    # btrfs gives each subvolume a device that is not in the table.
    return above[-1] if above else Mount("/", "unknown", "unknown", "/", device)


def within(path: Path, mounts: Sequence[Mount] | None = None) -> list[Mount]:
    """The mounts below `path`; of several at one place the last, which hides the others."""
    real = os.path.realpath(path)
    found = {
        mount.point: mount
        for mount in (table() if mounts is None else mounts)
        if mount.point != real and _contains(real, mount.point)
    }
    return list(found.values())


class Changes:
    """Tells when something is mounted or unmounted: the kernel wakes who polls the table."""

    def __init__(self) -> None:
        self._file = _TABLE.open("rb") if _TABLE.exists() else None
        self._poll = select.poll()
        if self._file:
            self._poll.register(self._file, select.POLLERR | select.POLLPRI)

    def any(self) -> bool:
        """Whether the table has changed since the last call. Costs a microsecond."""
        return bool(self._poll.poll(0))

    def close(self) -> None:
        """Give the file back."""
        if self._file:
            self._poll.unregister(self._file)
            self._file.close()
            self._file = None


def _mount(line: bytes) -> Mount:
    left, _, right = line.partition(b" - ")
    _id, _parent, device, inside, point = left.split(b" ")[:5]
    kind, source = right.split(b" ")[:2]
    major, minor = device.split(b":")
    return Mount(_text(point), _text(kind), _text(source), _text(inside), (int(major), int(minor)))


def _text(field: bytes) -> str:
    return os.fsdecode(_OCTAL.sub(lambda code: bytes([int(code[1], 8)]), field))


def _contains(above: str, path: str) -> bool:
    return path == above or path.startswith(above.rstrip("/") + "/")
