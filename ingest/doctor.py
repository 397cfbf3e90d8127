"""`stringout doctor`: is everything here that the service needs? One line each, and a fix."""

import importlib.util
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from config.settings import Settings
from config.watching import Noticing, WatchFolder
from indexers import choice, sighting
from indexers.engines import chat, sentence, vision
from ingest import programs, servers
from ingest.check import Check
from ingest.watch import require_apart, require_there
from media import mounts
from media.errors import Misconfigured, StringoutError

PACKAGES = ("config", "media", "catalog", "indexers", "renderers", "tasks", "ingest")
_HOME = Path(__file__).parent.parent


def examine(settings: Settings) -> list[Check]:
    """Look at everything; nothing is changed."""
    return [
        _packages(),
        *programs.examine(settings),
        *(_watched(folder, settings) for folder in settings.watch),
        *(_output(output, settings.folders.free_floor_gb) for output in settings.outputs),
        _state(settings.folders.state),
        *servers.examine(settings),
        _engine("transcript", lambda: _chosen(choice.choose(settings.transcript))),
        _engine("embeddings", lambda: _chosen(sentence.choose(settings.embeddings))),
        _engine("chat", lambda: chat.told(settings.chat)),
        _engine("vision", lambda: _chosen(vision.choose(settings.vision))),
        _engine("moderation", lambda: sighting.told(settings)),
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


def _watched(folder: WatchFolder, settings: Settings) -> Check:
    title = f"watch {folder.name}"
    try:
        require_there(folder.path)
        require_apart(folder.path, (*settings.outputs, settings.folders.state))
    except Misconfigured as error:
        return Check(title, False, str(error), "see [[watch]] and [folders]")
    if not os.access(folder.path, os.R_OK | os.X_OK):
        finding = f"{folder.path} can't be read"
        return Check(title, False, finding, "give the service's user read access")
    ground = mounts.under(folder.path)
    polled = folder.noticing is Noticing.POLL or (
        folder.noticing is Noticing.AUTO and ground.silent
    )
    note = f", polled every {folder.poll_seconds:g} s" if polled else ""
    return Check(title, True, f"{folder.path} ({ground.kind}{note})")


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
    ground = mounts.under(_existing(folder))
    # SQLite can't rely on their locks and memory maps (sqlite.org, "How to corrupt").
    if ground.shared:
        mend = "set [folders] state to a folder on a local disk"
        return Check("state", False, f"{folder} is on a network drive ({ground.kind})", mend)
    return Check("state", True, f"{folder} ({ground.kind})")


def _engine(name: str, choose: Callable[[], str]) -> Check:
    try:
        return Check(name, True, choose())
    except StringoutError as error:
        return Check(name, False, str(error), f"see [{name}]")


def _chosen(chosen: choice.Choice | sentence.Choice | vision.Choice) -> str:
    return f"{chosen.name} ({chosen.reason})"


def _accelerator() -> Check:
    cards = sorted(Path("/proc/driver/nvidia/gpus").glob("*"))
    return Check("gpu", True, f"{len(cards)} NVIDIA" if cards else "none: models run on the CPU")


def _existing(path: Path) -> Path:
    """The nearest folder above that exists: where `path` would be made."""
    return path if os.path.exists(path) else _existing(path.parent)  # noqa: PTH110
