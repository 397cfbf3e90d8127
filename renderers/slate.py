"""The dark picture that stands for what can't be shown: a missing line, or sound alone."""

import re
import shutil
import unicodedata
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import ffmpeg

from media.ffmpeg import execute

_DARK, _PALE, _DIM, _AMBER = "0x15171c", "0xe8e6e1", "0x9a9ca3", "0xe0a030"
_COLUMNS = 36  # narrow characters in a row; a wide one takes two
_ROWS = 6
_WIDE = "\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef"
# Rows break at spaces, beside wide characters, and inside what is longer than a row.
_WORD = re.compile(rf"[{_WIDE}]|[^\s{_WIDE}]{{1,{_COLUMNS}}}|\s+")


@dataclass(frozen=True)
class Slate:
    """What a slate says: `label` in capitals, who speaks, and the text."""

    label: str
    speaker: str
    text: str


def stream(slate: Slate, size: tuple[int, int], rate: Fraction, frames: int, folder: Path) -> Any:
    """An ffmpeg-python video stream of `frames` frames; its texts become files in `folder`.

    Texts go through files so that nothing in them can be read as a filter's syntax. The
    source ends by itself: an endless one keeps ffmpeg 5.1 running when sound comes with it.
    """
    width, height = size
    source = f"color=c={_DARK}:s={width}x{height}:r={rate}:d={float((frames + 1) / rate):.6f}"
    picture = ffmpeg.input(source, f="lavfi").video.filter("trim", end_frame=frames)
    rows = [
        ("label", slate.label, _AMBER, height // 18, height * 18 // 100),
        ("speaker", slate.speaker, _DIM, height // 20, height * 30 // 100),
        ("text", "\n".join(wrapped(slate.text)), _PALE, height // 15, height * 40 // 100),
    ]
    for name, words, colour, points, top in rows:
        if words.strip():
            file = folder / f"{name}.txt"
            file.write_text(words.strip(), encoding="utf-8")
            picture = picture.filter(
                "drawtext",
                textfile=str(file),
                expansion="none",
                fontcolor=colour,
                fontsize=max(8, points),
                line_spacing=points // 3,
                x=width // 10,
                y=top,
                **_font(_letters(words)),
            )
    return picture


def wrapped(text: str) -> list[str]:
    """`text` in rows of at most 36 narrow characters, six at most; the rest becomes `…`."""
    rows = [""]
    for word in _WORD.findall(" ".join(text.split())):
        if _width(rows[-1] + word.rstrip()) > _COLUMNS:
            rows.append("")
        rows[-1] += word if rows[-1] else word.lstrip()
    rows = [row.strip() for row in rows if row.strip()]
    return rows if len(rows) <= _ROWS else [*rows[: _ROWS - 1], f"{rows[_ROWS - 1]} …"]


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _letters(text: str) -> str:
    """The letters that the font must have; of symbols some exist only in colour fonts."""
    return "".join(sorted({c for c in text if c.isalpha() and c <= "\uffff"}))[:200]


@cache
def _font(letters: str) -> dict[str, str]:
    """The installed font that has most of `letters`, as drawtext's option.

    Without fontconfig's tool ffmpeg chooses, and what it lacks shows as boxes.
    """
    if shutil.which("fc-match"):
        charset = " ".join(f"{ord(letter):x}" for letter in letters)
        pattern = f"sans:charset={charset}" if charset else "sans"
        found = execute(["fc-match", "-f", "%{file}", pattern], 30, Path("fc-match"))
        file = found.stdout.decode(errors="replace")
        if found.returncode == 0 and Path(file).is_file():
            return {"fontfile": file}
    return {"font": "Sans"}
