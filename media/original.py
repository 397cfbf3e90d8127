"""The files of one original, joined for ffmpeg without being altered or copied.

Cameras write one clip as several files: AVCHD and GoPro cut it where their file system ends,
P2 puts every sound channel in a file of its own. A file that is still growing is one whose
first bytes alone are read, so that every stage sees the same.
"""

import base64
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from media import imagefiles
from media.errors import Rejected
from media.formats import FORMATS, PROTOCOLS
from media.numbered import ImageSequence

_STREAMS = {".mts", ".m2ts", ".ts", ".m2t"}  # byte streams: the next file goes on in mid-packet


@dataclass(frozen=True)
class Original:
    """`path` names it; `following` go on where it ends, `beside` is sound that plays along.

    `size`: how many bytes of it count, while it grows; None = all of it. `sequence`: all files of
    an image sequence, of which it is the first.
    """

    path: Path
    following: tuple[Path, ...] = ()
    beside: tuple[Path, ...] = ()
    size: int | None = None
    sequence: ImageSequence | None = None
    row: tuple[Path, Fraction] | None = None  # pattern of links to them, without gaps, and rate

    @property
    def files(self) -> tuple[Path, ...]:
        """All of them, in the order in which they are read."""
        if self.sequence:
            return tuple(frame.path for frame in self.sequence.frames)
        return (self.path, *self.following, *self.beside)

    @property
    def chapters(self) -> bool:
        """Whether what follows are whole files of their own, each with a beginning."""
        return bool(self.following) and self.path.suffix.lower() not in _STREAMS

    def as_row(self, links: Path, rate: Fraction) -> "Original":
        """With all files of its sequence, not only the first, to be opened by this pattern."""
        return replace(self, row=(links, rate))


@dataclass(frozen=True)
class Input:
    """What ffmpeg is told to open: a URL, how to read it, and the protocols that it needs."""

    url: str
    options: tuple[tuple[str, str], ...] = ()
    protocols: str = PROTOCOLS
    formats: str = FORMATS


def inputs(original: Original) -> list[Input]:
    """One input for the picture and what follows it, and one for each file beside it.

    Raises Rejected for names that ffmpeg's lists can't hold.
    """
    return [_joined(original), *(Input(f"file:{path}") for path in original.beside)]


def _joined(original: Original) -> Input:
    if original.row:
        return _row(*original.row)
    if original.size is not None:
        return Input(f"subfile,,start,0,end,{original.size},,:file:{original.path}",
                     protocols="file,pipe,subfile")  # fmt: skip
    if not original.following:
        return _alone(original.path)
    names = [_quoted(path) for path in (original.path, *original.following)]
    if not original.chapters:
        return Input(f"concatf:{_data(names)}", protocols="file,pipe,concatf,data")
    script = ["ffconcat version 1.0", *(f"file {name}" for name in names)]
    return Input(
        _data(script), (("f", "concat"), ("safe", "0")), "file,pipe,data", f"concat,{FORMATS}"
    )


def _alone(path: Path) -> Input:
    """Of a picture ffmpeg is told the kind: by its name it would look for the next ones."""
    try:
        kind = imagefiles.demuxer(path)
    except OSError:
        kind = ""
    options = (("f", kind), *_light(path)) if kind else ()
    return Input(f"file:{path}", options)


def _row(links: Path, rate: Fraction) -> Input:
    shape = (("f", "image2"), ("pattern_type", "sequence"), ("start_number", "0"))
    return Input(f"file:{links}", (*shape, ("framerate", str(rate)), *_light(links)))


def _light(path: Path) -> tuple[tuple[str, str], ...]:
    """OpenEXR holds light itself, which screens show as nearly black."""
    return (("apply_trc", "bt709"),) if path.suffix.lower() == ".exr" else ()


def _quoted(path: Path) -> str:
    """As ffmpeg's lists want it: in single quotes, and a single quote between two of them."""
    name = str(path)
    if "\n" in name or "\r" in name:
        raise Rejected(f"{path.name} can't be joined: its path has a line break in it, rename it")
    quoted = name.replace("'", "'\\''")
    return f"'file:{quoted}'"


def _data(lines: list[str]) -> str:
    """A list as a URL, so that no file has to be written for it."""
    text = "".join(f"{line}\n" for line in lines)
    return "data:text/plain;base64," + base64.b64encode(text.encode()).decode()
