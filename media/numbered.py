"""Image sequences: one file a frame, numbered, such as `shot.0001.dpx`, `shot.0002.dpx`, ….

Photographs are numbered, too. DPX and OpenEXR are frames; other pictures are frames where
a dot, a space, a hyphen or an underscore, or nothing at all, stands before the number, and where
no camera has named them (DCF, JEITA CP-3461: IMG_0001). A sequence has `LEAST` files or more, and
fills half of its numbers at least: what a telephone calls by date and time does not.
"""

import os
import re
import shutil
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from media.imagefiles import NUMBERED, SUFFIXES

LEAST = 8  # files; fewer are pictures of their own
_NUMBER = re.compile(r"(.*?)(\d{3,9})(\.[A-Za-z0-9]+)", re.DOTALL)
_OF_A_CAMERA = re.compile(r"[A-Za-z0-9_]{4}\d{4}")
_SEPARATORS = (".", " ", "-", "_")
_PLACE = "#"
LISTED = re.compile(r"\[\d+-\d+\]\.[A-Za-z0-9]+$")  # the end of what `listed` returns


@dataclass(frozen=True)
class Numbering:
    """How the files of a sequence are called: `before`, `digits` digits, `suffix` with its dot."""

    before: str
    digits: int
    suffix: str

    @property
    def pattern(self) -> str:
        """The name that stands for all of them: `shot.####.dpx`."""
        return f"{self.before}{_PLACE * self.digits}{self.suffix}"

    def name(self, number: int) -> str:
        """Of the file of a frame."""
        return f"{self.before}{number:0{self.digits}}{self.suffix}"

    def number(self, name: str) -> int | None:
        """The frame that a file is; None when it is not of this sequence."""
        inner = name[len(self.before) : len(name) - len(self.suffix)]
        named = name.startswith(self.before) and name.endswith(self.suffix)
        return int(inner) if named and len(inner) == self.digits and inner.isdecimal() else None


@dataclass(frozen=True)
class Frame:
    """One file."""

    number: int
    path: Path
    size: int
    mtime_ns: int


@dataclass(frozen=True)
class ImageSequence:
    """The files that are there, in order of their numbers."""

    numbering: Numbering
    frames: tuple[Frame, ...]

    @property
    def is_one(self) -> bool:
        """Whether these are the frames of one recording, and not pictures of their own."""
        return is_sequence([frame.number for frame in self.frames])

    @property
    def state(self) -> tuple[int, int]:
        """Bytes of all, and when the last one was written, in nanoseconds."""
        return sum(f.size for f in self.frames), max((f.mtime_ns for f in self.frames), default=0)

    @property
    def first(self) -> int:
        """The number of the first frame."""
        return self.frames[0].number

    @property
    def length(self) -> int:
        """Frames from the first to the last, those that are missing included."""
        return self.frames[-1].number - self.first + 1

    @property
    def gaps(self) -> list[tuple[int, int]]:
        """The numbers that are missing, as [first, last]."""
        return [
            (before.number + 1, after.number - 1)
            for before, after in pairwise(self.frames)
            if after.number > before.number + 1
        ]

    @contextmanager
    def linked(self, folder: Path) -> Iterator[Path]:
        """`folder` full of links to the files, from 0 on and without gaps: where one is missing
        the one before stands. Yields the pattern of their names, as ffmpeg writes it."""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        try:
            ends = [*(frame.number for frame in self.frames[1:]), self.first + self.length]
            for frame, end in zip(self.frames, ends, strict=True):
                for place in range(frame.number - self.first, end - self.first):
                    (folder / f"{place:08}{self.numbering.suffix}").symlink_to(frame.path)
            yield folder / f"%08d{self.numbering.suffix}"
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def is_sequence(numbers: Iterable[int]) -> bool:
    """Whether files with these numbers are frames of one recording."""
    known = sorted(numbers)
    return len(known) >= LEAST and 2 * len(known) > known[-1] - known[0]


def numbering(name: str) -> Numbering | None:
    """How the sequence is called that a file of this name would be of; None: it is of none."""
    if name[name.rfind(".") :].lower() not in SUFFIXES:  # first: each look at a share asks
        return None
    found = _NUMBER.fullmatch(name)
    if not found:
        return None
    before, number, suffix = found.groups()
    film = suffix.lower() in NUMBERED
    named = (before and before[-1] not in _SEPARATORS) or _OF_A_CAMERA.fullmatch(before + number)
    if named and not film:
        return None
    return Numbering(before, len(number), suffix)


def of_pattern(name: str) -> Numbering | None:
    """The numbering that is called by this pattern; None when it is the name of a file."""
    stem, dot, suffix = name.rpartition(".")
    before = stem.rstrip(_PLACE)
    digits = len(stem) - len(before)
    return Numbering(before, digits, dot + suffix) if digits >= 3 and dot else None


def find(folder: Path, wanted: Numbering) -> ImageSequence:
    """What is there of a sequence now. Raises OSError."""
    found = sorted(_frames(folder, wanted), key=lambda frame: frame.number)
    return ImageSequence(wanted, tuple(found))


def listed(name: str, frames: int) -> str:
    """How editing systems call a sequence, by its first file: `shot.[0001-0240].dpx`."""
    known = numbering(name)
    if known is None:
        return name
    first = known.number(name) or 0
    span = f"[{first:0{known.digits}}-{first + frames - 1:0{known.digits}}]"
    return f"{known.before}{span}{known.suffix}"


def _frames(folder: Path, wanted: Numbering) -> Iterator[Frame]:
    with os.scandir(folder) as entries:
        for entry in entries:
            number = wanted.number(entry.name)
            if number is None:
                continue
            try:
                now = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue
            if stat.S_ISREG(now.st_mode):
                yield Frame(number, Path(entry.path), now.st_size, now.st_mtime_ns)
