"""`stringout doctor`: is everything here that the service needs? One line each, and a fix."""

import importlib.util
import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from config.settings import Settings
from config.watching import WatchFolder
from indexers import transcript
from indexers.engines import sentence
from ingest.watch import require_apart
from media import ffmpeg
from media.errors import Misconfigured, StringoutError

PACKAGES = ("config", "media", "catalog", "indexers", "renderers", "tasks", "ingest")
_HOME = Path(__file__).parent.parent
# File systems whose locks and memory maps SQLite can't rely on (sqlite.org, "How to corrupt").
_REMOTE = {
    "nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "virtiofs", "ceph", "glusterfs", "lustre", "afs",
    "beegfs", "gpfs", "davfs", "vboxsf", "prl_fs", "drvfs",
}  # fmt: skip
# Blanks and backslashes in mount points are written as \040 and so on.
_OCTAL = re.compile(r"\\([0-7]{3})")


@dataclass(frozen=True)
class Check:
    """One thing that was looked at. `mend` says what to do when it is not `ok`."""

    name: str
    ok: bool
    finding: str
    mend: str = ""


def examine(settings: Settings) -> list[Check]:
    """Look at everything; nothing is changed."""
    return [
        _packages(),
        *_programs(),
        *(_watched(folder, settings) for folder in settings.watch),
        *(_output(output, settings.folders.free_floor_gb) for output in settings.outputs),
        _state(settings.folders.state),
        _engine("transcript", lambda: _chosen(transcript.choose(settings.transcript))),
        _engine("embeddings", lambda: _chosen(sentence.choose(settings.embeddings))),
        _accelerator(),
    ]


def _packages() -> Check:
    """Our packages have short names; another package of that name would be taken for ours."""
    foreign = []
    for name in PACKAGES:
        spec = importlib.util.find_spec(name)
        if not spec or not spec.origin or Path(spec.origin).parent.parent != _HOME:
            foreign.append(f"{name} ({spec.origin if spec else 'missing'})")
    if foreign:
        mend = "install Stringout in a virtual environment of its own"
        return Check("packages", False, f"not ours: {', '.join(foreign)}", mend)
    return Check("packages", True, "all from one installation")


def _programs() -> Iterator[Check]:
    mend = "install it with `apt-get install ffmpeg`"
    for program in ("ffmpeg", "ffprobe"):
        path = shutil.which(program)
        yield Check(program, bool(path), path or "not installed", "" if path else mend)
    if shutil.which("ffmpeg"):
        answer = ffmpeg.execute(["ffmpeg", "-hide_banner", "-encoders"], 20, Path("ffmpeg"))
        has = b"libx264" in answer.stdout
        yield Check("libx264", has, "in ffmpeg" if has else "missing", "" if has else mend)


def _watched(folder: WatchFolder, settings: Settings) -> Check:
    title = f"watch {folder.name}"
    try:
        require_apart(folder.path, (*settings.outputs, settings.folders.state))
    except Misconfigured as error:
        return Check(title, False, str(error), "see [[watch]] and [folders]")
    if not os.access(folder.path, os.R_OK | os.X_OK):
        finding = f"{folder.path} can't be read"
        return Check(title, False, finding, "give the service's user read access")
    kind = _file_system(folder.path)
    note = ": other hosts' writes are seen by the rescan only" if _remote(kind) else ""
    return Check(title, True, f"{folder.path} ({kind}{note})")


def _output(output: Path, floor: float) -> Check:
    folder = _existing(output)
    if not os.access(folder, os.W_OK):
        return Check("output", False, f"{folder} can't be written", "give write access")
    free = shutil.disk_usage(folder).free / 1e9
    finding = f"{output} ({free:.0f} GB free)"
    if free < floor:
        mend = f"make room: work waits below {floor} GB"
        return Check("output", False, finding, mend)
    return Check("output", True, finding)


def _state(folder: Path) -> Check:
    kind = _file_system(_existing(folder))
    if _remote(kind):
        mend = "set [folders] state to a folder on a local disk"
        return Check("state", False, f"{folder} is on a network drive ({kind})", mend)
    return Check("state", True, f"{folder} ({kind})")


def _engine(name: str, choose: Callable[[], str]) -> Check:
    try:
        return Check(name, True, choose())
    except StringoutError as error:
        return Check(name, False, str(error), "see [transcript] and [embeddings]")


def _chosen(choice: transcript.Choice | sentence.Choice) -> str:
    return f"{choice.name} ({choice.reason})"


def _accelerator() -> Check:
    cards = sorted(Path("/proc/driver/nvidia/gpus").glob("*"))
    return Check("gpu", True, f"{len(cards)} NVIDIA" if cards else "none: models run on the CPU")


def _existing(path: Path) -> Path:
    """The nearest folder above that exists: where `path` would be made."""
    return path if os.path.exists(path) else _existing(path.parent)  # noqa: PTH110


def _remote(kind: str) -> bool:
    """Whether other hosts may write there too, or locks may not be what they say."""
    local = ("fuseblk", "fuse.ntfs-3g", "fuse.exfat")  # disks, by a driver outside the kernel
    return kind in _REMOTE or (kind.startswith("fuse") and kind not in local)


def _file_system(path: Path) -> str:
    """The type of the file system that `path` is on, from the kernel's mount table.

    The longest mount point above the path counts, and of equal ones the last.
    """
    real, best, kind = str(path.resolve()), "", "unknown"
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        left, _, right = line.partition(" - ")
        point = _OCTAL.sub(lambda code: chr(int(code[1], 8)), left.split()[4])
        inside = real == point or real.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best):
            best, kind = point, right.split()[0]
    return kind
