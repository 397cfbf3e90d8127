"""The disk tier: clips ready to cut on a local SSD, shared by all processes of a host.

A clip is made under a name that begins with a dot, then renamed to one that says what it is and
its checksum, and is read again whenever it is wanted. So a torn or rotten file is found before
it is used, and a folder without an index says all that the index said.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from catalog.cache import pins, segment
from catalog.cache.excerpt import Excerpt, Media, Tier
from catalog.cache.index import Held, Index, Name
from catalog.cache.recovery import file_of, partial_of, repair
from catalog.cache.segment import Format
from media.files import fingerprint, require_space

_INDEX = "index.db"
_PATIENCE = 60.0  # seconds for a clip that somebody else is making
_LOOK = 0.02  # seconds between two looks


@dataclass(frozen=True)
class Limits:
    """What the tier may hold, and how many bytes of the disk it leaves free."""

    clips: int
    size: int
    floor: int


@dataclass
class Disk:
    """One folder. Methods raise OSError, sqlite3.Error and StringoutError: the cache above goes
    on without the tier."""

    folder: Path
    limits: Limits
    form: Format
    _ready: bool = field(default=False, init=False)

    @contextmanager
    def media(self, excerpt: Excerpt, *, fill: bool) -> Iterator[Media | None]:
        """The clip, pinned while the block lasts; None: it is not there, or has no room.

        `fill`: make it when it is not there.
        """
        held = self._find(excerpt)
        if held is None and fill:
            held = self._made(excerpt)
        if held is None:
            yield None
            return
        path = file_of(self.folder, held)
        with pins.pinned(path) as there:
            name = held.name
            media = Media(path, name.first, name.end - name.first, Tier.DISK)
            yield media if there else None

    def prefetch(self, excerpt: Excerpt) -> bool:
        """Make the clip unless it is there; whether it is now."""
        return (self._find(excerpt, counts=False) or self._made(excerpt)) is not None

    @property
    def index(self) -> Index:
        """The index; the first time it is made one with the folder."""
        index = Index(self.folder / _INDEX, self.limits.clips, self.limits.size)
        if not self._ready:
            self.folder.mkdir(parents=True, exist_ok=True)
            repair(index, self.folder)
            self._ready = True
        return index

    def doubt(self) -> None:
        """Something was wrong: look at the whole folder before it is used again."""
        self._ready = False

    def _find(self, excerpt: Excerpt, *, counts: bool = True) -> Held | None:
        """What has the frames and is whole; what is not whole is dropped."""
        wanted = self._name(excerpt)
        while held := self.index.find(wanted):
            if _whole(file_of(self.folder, held), held.digest):
                if counts:
                    self.index.used(held.name.key)
                return held
            self._drop(held)
        if counts:
            self.index.count("misses")
        return None

    def _drop(self, held: Held) -> None:
        self.index.drop(held.name.key)
        self.index.count("damaged")
        file_of(self.folder, held).unlink(missing_ok=True)

    def _made(self, excerpt: Excerpt) -> Held | None:
        """The clip, made here or by somebody who was at it already; None: it has no room."""
        wide = excerpt.wide
        name, until = self._name(wide), time.monotonic() + _PATIENCE
        partial = partial_of(self.folder, name.key)
        while time.monotonic() < until:
            with pins.alone(partial) as ours:
                if ours:
                    # Who had it before may have finished since we looked.
                    return self.index.find(self._name(excerpt)) or self._make(wide, name)
            time.sleep(_LOOK)
            if held := self.index.find(self._name(excerpt)):
                return held
        return None

    def _make(self, excerpt: Excerpt, name: Name) -> Held | None:
        opened = segment.open_whole(excerpt.whole)
        size = segment.largest(excerpt, opened.size)
        require_space(self.folder, size, self.limits.floor)
        if not self.index.reserve(name, size, self._let_go):
            self.index.count("refused")
            return None
        return self._filled(excerpt, name, opened)

    def _filled(self, excerpt: Excerpt, name: Name, opened: segment.Opened) -> Held:
        partial = partial_of(self.folder, name.key)
        try:
            segment.cut(excerpt, opened, self.form, partial)
            held = Held(name, fingerprint(partial), partial.stat().st_size)
            partial.rename(file_of(self.folder, held))
            self.index.made(name, held.digest, held.size)
        except BaseException:
            self.index.drop(name.key)
            raise
        return held

    def _let_go(self, key: str) -> bool:
        """Remove the file of a clip that has to make room; False: it is in use."""
        partial = partial_of(self.folder, key)
        files = [*self.folder.glob(f"{key}.*.mov"), *([partial] if partial.exists() else ())]
        return all(pins.remove(path) for path in files)

    def _name(self, excerpt: Excerpt) -> Name:
        return Name(excerpt.whole.checksum, self.form.name, excerpt.in_frame, excerpt.out_frame)


def _whole(path: Path, digest: str) -> bool:
    try:
        return fingerprint(path) == digest
    except FileNotFoundError:
        return False
