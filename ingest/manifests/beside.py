"""Which manifests of a watch folder name a file, asked for every file that settles."""

import os
import time
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from ingest import manifests
from ingest.manifests.listed import Listed
from media.errors import Rejected

_TRUSTED = 2.0  # seconds that what was read of a folder is believed
_ASC = "ascmhl"

State = tuple[int, int]


@dataclass
class Beside:
    """The manifests in a file's folder and in those above it, up to the watch folder `root`."""

    root: Path
    _folders: dict[Path, tuple[float, tuple[Path, ...]]] = field(default_factory=dict)
    _read: dict[Path, tuple[State, dict[str, Listed]]] = field(default_factory=dict)

    def lacking(self, path: Path, size: int) -> str:
        """What the file lacks of the bytes that a manifest names, as a phrase; "" = nothing."""
        relative = path.relative_to(self.root).as_posix()
        for manifest in self._above(path):
            listed = self._listed(manifest).get(relative)
            if listed and listed.size is not None and size < listed.size:
                return f"{listed.size - size} bytes of it are still missing, says {manifest.name}"
        return ""

    def _above(self, path: Path) -> list[Path]:
        found: list[Path] = []
        folder = path.parent
        while folder.is_relative_to(self.root):
            found += self._in(folder)
            if folder == self.root:
                break
            folder = folder.parent
        return found

    def _in(self, folder: Path) -> tuple[Path, ...]:
        read_at, found = self._folders.get(folder, (0.0, ()))
        if read_at and time.monotonic() - read_at < _TRUSTED:
            return found
        found = (*_manifests(folder), *_manifests(folder / _ASC))
        self._folders[folder] = (time.monotonic(), found)
        return found

    def _listed(self, manifest: Path) -> dict[str, Listed]:
        """By path. What can't be read, or only half, says nothing yet."""
        try:
            now = manifest.stat()
            state = (now.st_size, now.st_mtime_ns)
            known, found = self._read.get(manifest, (None, {}))
            if known != state:
                relative = PurePosixPath(manifest.relative_to(self.root).as_posix())
                found = {each.path: each for each in manifests.read(manifest, relative)}
                self._read[manifest] = (state, found)
        except (OSError, Rejected):
            return {}
        return found


def _manifests(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as entries:
            names = sorted(entry.name for entry in entries if not entry.name.startswith("."))
    except OSError:
        return []
    return [folder / name for name in names if manifests.is_manifest(PurePosixPath(name))]
