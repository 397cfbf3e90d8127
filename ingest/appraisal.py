"""What a file of a watch folder is, what it still lacks, and who says that it is whole.

The one place where names, containers, manifests and markers meet; the readiness gate and the
watcher ask it about every file.
"""

import os
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePosixPath

from catalog.drops import Drop
from catalog.models import Kind
from config.watching import WatchFolder
from ingest import cards, container, growable, manifests
from ingest.cards import OnCard
from ingest.kinds import MARKERS, kind_of
from ingest.manifests.beside import Beside
from media.errors import Rejected
from media.names import to_text
from media.raw import raw_kind


class Appraisal:
    """Of the files of one watch folder. Not thread-safe: one thread owns it."""

    def __init__(self, folder: WatchFolder, arriving: Callable[[Path], bool]) -> None:
        """`arriving`: whether a file was noticed and is not complete yet."""
        self._folder, self._arriving = folder, arriving
        self._manifests = Beside(folder.path)
        self._markers = MARKERS | {folder.marker.lower()} - {""}

    def kind(self, path: Path) -> Kind | None:
        """By its name alone; None: it is left alone."""
        if card := cards.find(self._relative(path)):
            return Kind.FOOTAGE if card.wanted else None
        return None if self.is_marker(path) else kind_of(self._relative(path))

    def is_silent(self, path: Path) -> bool:
        """Whether it is left alone without a word: a marker, an index of a camera card."""
        card = cards.find(self._relative(path))
        return self.is_marker(path) or (card is not None and not card.wanted)

    def is_marker(self, path: Path) -> bool:
        """Whether it says that a file beside it is whole."""
        return path.suffix.lower() in self._markers

    def missing(self, path: Path) -> str:
        """What a quiet file lacks, as a phrase; "" when it is whole. Raises OSError."""
        kind = self.kind(path)
        if kind == Kind.MANIFEST:
            return self._half(path)
        with path.open("rb") as file:
            if not file.read(1):
                return "it is empty"
            size = file.seek(0, 2)
        if lacks := self._manifests.lacking(path, size) or self._unmarked(path):
            return lacks
        if kind != Kind.FOOTAGE or path.suffix.lower() == ".xml":
            return ""
        # What ffprobe can't open can't be asked whether it is whole.
        lacks = "" if raw_kind(path) else container.missing(path)
        return lacks or self._companions(path)

    def proves(self, path: Path) -> bool:
        """Whether the file's own structure, or a marker beside it, says that it is whole."""
        return self.marked(path) or container.proves(path)

    def marked(self, path: Path) -> bool:
        """Whether a marker says that it is whole: `A001.mov.done` or `A001.ready` beside it."""
        names = (f"{stem}{marker}" for stem in (path.name, path.stem) for marker in self._markers)
        # Not Path.exists, which raises for names that are too long to be there.
        return any(os.access(f"{path.parent}/{name}", os.F_OK) for name in names)

    def drop(
        self, path: Path, size: int, mtime_ns: int, beside: Callable[[Path], frozenset[str]]
    ) -> Drop | None:
        """What is taken of a whole file. `beside`: ingest/kinds.py's `footage_stems`."""
        relative = self._relative(path)
        kind = self.kind(path) and kind_of(relative, partial(beside, path.parent))
        card = cards.find(relative)
        if card and card.wanted:
            kind = Kind.FOOTAGE
        if kind is None:
            return None
        drop = Drop(self._folder.name, to_text(str(relative)), size, mtime_ns, kind)
        return self._on_card(drop, card) if card else drop

    def _on_card(self, drop: Drop, card: OnCard) -> Drop:
        """As a clip with what its card says about it, or as a part of one."""
        member = card.member(self._folder.path)
        if member.role:
            clip = to_text(member.clip)
            return replace(drop, kind=Kind.PART, clip_path=clip, role=member.role)
        return replace(drop, card=card.clip(self._folder.path).about)

    def _companions(self, path: Path) -> str:
        """What the first file of a clip on a card still waits for."""
        card = cards.find(self._relative(path))
        if card is None or card.member(self._folder.path).role:
            return ""
        clip = card.clip(self._folder.path)
        if clip.lacks:
            return clip.lacks
        for part in clip.parts:
            found = self._folder.path / part
            if not found.is_file() or self._arriving(found):
                return f"{found.name}, which belongs to it, is not complete yet"
        return ""

    def beginning(self, path: Path, size: int, mtime_ns: int) -> tuple[Drop | None, str]:
        """What is taken of a file that still grows, and why not, where that is worth a word."""
        if self.kind(path) != Kind.FOOTAGE or cards.find(self._relative(path)):
            return None, ""
        try:
            why = growable.unreadable(path)
        except OSError:
            return None, ""
        drop = self.drop(path, size, mtime_ns, lambda _folder: frozenset())
        return (replace(drop, growing=True) if drop and not why else None), why

    def unmarked(self, path: Path) -> bool:
        """Whether the folder's settings want a marker, and there is none."""
        return bool(self._folder.marker) and not self.marked(path)

    def _unmarked(self, path: Path) -> str:
        if not self.unmarked(path):
            return ""
        return f"its marker {path.name}{self._folder.marker} is still missing"

    def _half(self, manifest: Path) -> str:
        try:
            manifests.read(manifest, self._relative(manifest))
        except Rejected as error:
            return str(error)
        return ""

    def _relative(self, path: Path) -> PurePosixPath:
        return PurePosixPath(path.relative_to(self._folder.path))
