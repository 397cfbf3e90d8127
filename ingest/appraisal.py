"""What a file of a watch folder is, what it still lacks, and who says that it is whole.

The one place where names, containers, manifests and markers meet; the readiness gate and the
watcher ask it about every file.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePosixPath

from catalog.drops import Drop
from catalog.models import Kind
from config.watching import WatchFolder
from ingest import cards, container, growable, manifests, sequences, settle
from ingest.cards import OnCard
from ingest.kinds import MARKERS, kind_of
from ingest.manifests.beside import Beside
from media import imagefiles
from media.errors import Rejected
from media.names import to_text
from media.numbered import ImageSequence
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
        if not self._folder.stills and path.suffix.lower() in imagefiles.SUFFIXES:
            return None
        if card := cards.find(self._relative(path)):
            return Kind.FOOTAGE if card.wanted else None
        return None if self.is_marker(path) else kind_of(self._relative(path))

    def stands_for(self, path: Path) -> Path:
        """What is held until it is complete: the file, or the sequence that it could be of."""
        return sequences.stands_for(path) if self._folder.stills else path

    def state(self, path: Path) -> settle.State | None:
        """Size and time of a file, or of all files of a sequence; None where nothing is."""
        found = sequences.members(path)
        return found.state if found else settle.file_state(path)

    def entries(self, files: Iterator[tuple[str, os.stat_result]]) -> Iterator[sequences.Entry]:
        """What a walk found, the files of a sequence as one."""
        return sequences.entries(files, together=self._folder.stills)

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
        if found := sequences.members(path):
            return self._missing_frames(found)
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
        """Whether a marker says that it is whole: `A001.mov.done` or `A001.ready` beside it, for
        the sequence `shot.0001.dpx`, … `shot.done`."""
        stems = (path.name, path.stem, *sequences.titles(path))
        names = (f"{stem}{marker}" for stem in stems for marker in self._markers)
        # Not Path.exists, which raises for names that are too long to be there.
        return any(os.access(f"{path.parent}/{name}", os.F_OK) for name in names)

    def drops(
        self, path: Path, size: int, mtime_ns: int, beside: Callable[[Path], frozenset[str]]
    ) -> list[Drop]:
        """What is taken of what is complete: a file, a sequence, or pictures that are none."""
        found = sequences.members(path)
        if found is None:
            drop = self.drop(path, size, mtime_ns, beside)
            return [drop] if drop else []
        if found.is_one:
            drop = self.drop(found.frames[0].path, size, mtime_ns, beside)
            same = found.state == (size, mtime_ns)  # else it is heard of again
            return [replace(drop, sequence_files=len(found.frames))] if drop and same else []
        each = (self.drop(f.path, f.size, f.mtime_ns, beside) for f in found.frames)
        return [drop for drop in each if drop]

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

    def _missing_frames(self, found: ImageSequence) -> str:
        """Of a sequence the frame that was written last is read; the others are as long as
        manifests say. Each of a few pictures is one for itself."""
        for frame in found.frames:
            if not frame.size:
                return f"{frame.path.name} is empty"
            if lacks := self._manifests.lacking(frame.path, frame.size):
                return f"{frame.path.name}: {lacks}"
        latest = max(found.frames, key=lambda frame: frame.mtime_ns)
        read = [latest] if found.is_one else found.frames
        lacking = (container.missing(frame.path) for frame in read if not raw_kind(frame.path))
        lacks = next(filter(None, lacking), "")
        return lacks or self._unmarked(found.frames[0].path.with_name(found.numbering.pattern))

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
