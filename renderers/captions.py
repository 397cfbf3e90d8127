"""Captions: SubRip and WebVTT from cues with exact times.

SRT has no standard; this writes what every player reads: `,` before the milliseconds, cues
numbered from 1, UTF-8 without byte order mark, LF. VTT follows W3C WebVTT 1 (escaped text,
`<v Name>` for the speaker).
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from html import escape
from itertools import accumulate, pairwise
from pathlib import Path

from sqlmodel import col, select

from catalog.models import Footage, Line
from catalog.words import counted
from catalog.work import Facts, File, Queue, Work

# A row holds 42 narrow characters or 18 wide ones (the usual house rules for English and
# Chinese subtitles), so a narrow one is 3 units wide, a wide one 7, and a row 126.
_NARROW, _WIDE, _ROW = 3, 7, 126
_ROWS = 2
_DOUBTFUL = "[?]"
_WIDE_SET = "\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff01-\uff60\U00020000-\U0003ffff"
_OPENING = "「『（《〈【“‘(["
_CLOSING = "」』）》〉】”’，。！？、；：…—～"
# What may not be torn apart: a wide character with its punctuation, or a narrow word.
_PIECE = re.compile(
    rf"\s*[{re.escape(_OPENING)}]*(?:[{_WIDE_SET}]|[^\s{_WIDE_SET}]{{1,40}})[{_CLOSING}]*"
)
_IS_WIDE = re.compile(f"[{_WIDE_SET}]")
# In SubRip, players take what stands in these for a style and don't show it.
_UNSTYLED = str.maketrans("<>{}", "‹›()")
_WRAP = re.compile(rf"(?<=[{_WIDE_SET}{_CLOSING}])\s*\n\s*|\s*\n\s*(?=[{_WIDE_SET}])")


@dataclass(frozen=True)
class Cue:
    """One caption. `start`, `end`: seconds from the first frame, exact; 0 ≤ start < end."""

    start: Fraction
    end: Fraction
    text: str
    speaker: str = ""


class Captions:
    """The stage: `captions.srt` and `captions.vtt` of an asset, in the time of its proxy."""

    name = "captions"
    needs = ("transcript",)
    queue = Queue.IO
    version = 3
    limit = 120
    makes = ()

    def run(self, work: Work) -> Facts:
        """Write both files; skipped when nothing is said."""
        asset = work.asset_id
        footage = work.session.exec(select(Footage).where(Footage.asset_id == asset)).one()
        lines = work.session.exec(
            select(Line).where(Line.asset_id == asset).order_by(col(Line.number))
        ).all()
        if not lines:
            return Facts("no lines to caption", skipped=True)
        cues = line_cues(lines, footage.rate)
        write_srt(cues, work.scratch / "captions.srt")
        write_vtt(cues, work.scratch / "captions.vtt")
        files = (File("captions.srt", "captions"), File("captions.vtt", "captions"))
        return Facts(f"{counted(len(lines), 'caption')} as SRT and VTT", files=files)


def line_cues(lines: Iterable[Line], rate: Fraction) -> list[Cue]:
    """Lines as cues; frame 0 is 0 seconds, as in the proxy."""
    return [
        Cue(line.in_frame / rate, line.out_frame / rate, _marked(line), line.speaker)
        for line in lines
    ]


def _marked(line: Line) -> str:
    """Its text; a doubtful one as transcribers mark it."""
    return f"{line.text} {_DOUBTFUL}" if line.doubt else line.text


def write_srt(cues: Iterable[Cue], path: Path) -> None:
    """Write SubRip. A speaker comes before the text: `ANNA: …`."""

    def block(number: int, cue: Cue) -> str:
        # An arrow inside the text would be read as a time line.
        rows = "\n".join(broken(cue.text)).replace("-->", "→").translate(_UNSTYLED)
        return f"{number}\n{_clock(cue.start, ',')} --> {_clock(_end(cue), ',')}\n{rows}\n"

    shown = _shown(replace(cue, text=_named(cue)) for cue in cues)
    _write(path, "", shown, block)


def write_vtt(cues: Iterable[Cue], path: Path) -> None:
    """Write WebVTT with voice tags."""

    def block(_number: int, cue: Cue) -> str:
        voice = f"<v {escape(_flat(cue.speaker), quote=False)}>" if cue.speaker else ""
        rows = "\n".join(escape(row, quote=False) for row in broken(cue.text))
        return f"{_clock(cue.start, '.')} --> {_clock(_end(cue), '.')}\n{voice}{rows}\n"

    _write(path, "WEBVTT\n\n", _shown(cues), block)


def broken(text: str) -> list[str]:
    """`text` in as few rows as its width needs, about equally long, torn only between words."""
    pieces = [match.group() for match in _PIECE.finditer(_flat(text))]
    rows = _fill(pieces, _ROW)
    for width in range(sum(map(_width, pieces)) // max(1, len(rows)), _ROW):
        narrower = _fill(pieces, width)
        if len(narrower) == len(rows):
            return narrower
    return rows


def paged(cue: Cue) -> list[Cue]:
    """The cue as several of at most two rows, its time shared out by the width of the text."""
    rows = broken(cue.text)
    pages = ["\n".join(rows[i : i + _ROWS]) for i in range(0, len(rows), _ROWS)]
    if len(pages) < 2:
        return [cue]
    widths = list(accumulate(map(_width, pages), initial=0))
    length = cue.end - cue.start
    times = [cue.start + length * Fraction(width, widths[-1]) for width in widths]
    return [
        replace(cue, start=start, end=end, text=_flat(page))
        for (start, end), page in zip(pairwise(times), pages, strict=True)
    ]


def _shown(cues: Iterable[Cue]) -> list[Cue]:
    ordered = sorted((cue for cue in cues if cue.text.strip()), key=lambda cue: cue.start)
    return [page for cue in ordered for page in paged(cue)]


def _write(path: Path, head: str, cues: Sequence[Cue], block: Callable[[int, Cue], str]) -> None:
    blocks = [block(number, cue) for number, cue in enumerate(cues, 1)]
    path.write_text(head + "\n".join(blocks), encoding="utf-8", newline="\n")


def _fill(pieces: Sequence[str], width: int) -> list[str]:
    rows: list[str] = []
    for piece in pieces:
        if rows and _width(rows[-1] + piece.rstrip()) <= width:
            rows[-1] += piece
        else:
            rows.append(piece.lstrip())
    return rows


def _width(text: str) -> int:
    wide = len(_IS_WIDE.findall(text))
    return wide * _WIDE + (len(text) - wide) * _NARROW


def _named(cue: Cue) -> str:
    if not cue.speaker or not cue.text.strip():
        return cue.text
    colon = "：" if _IS_WIDE.search(cue.text) else ": "
    return f"{_flat(cue.speaker)}{colon}{cue.text}"


def _flat(text: str) -> str:
    """On one row; a row end between wide characters was no space."""
    return " ".join(_WRAP.sub("", text).split())


def _end(cue: Cue) -> Fraction:
    """At least a millisecond after the start, the shortest that both formats can say."""
    return max(cue.end, cue.start + Fraction(1, 1000))


def _clock(seconds: Fraction, mark: str) -> str:
    total = int(seconds * 1000 + Fraction(1, 2))
    minutes, rest = divmod(total, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{rest // 1000:02}{mark}{rest % 1000:03}"
