"""Teletext subtitles inside broadcast recordings, read by ffmpeg's libzvbi.

Which page has subtitles in which language the stream's teletext descriptor says (EN 300 468,
6.2.43): ffprobe shows its languages as a tag and its pages as extra data.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import pysubs2

from catalog.work import Work
from indexers.engines.exchanged import unrolled
from indexers.languages import two_letters
from media import ffmpeg as runner

CODEC = "dvb_teletext"
_SUBTITLES = (2, 5)  # kinds of page: subtitles, subtitles for the hard of hearing
_ANY = "subtitle"  # to libzvbi: all pages that call themselves so
_DUMPED = re.compile(r"^[0-9a-f]{8}: ((?:[0-9a-f]{2,4} )+)", re.MULTILINE)


@dataclass(frozen=True)
class Page:
    """A page such as "888"; `language`: ISO 639-1, or "" where none is told."""

    number: str
    language: str


def pages(stream: Mapping[str, Any]) -> list[Page]:
    """The pages of subtitles, as ffprobe's `-show_data` tells them of a stream."""
    return list(_pages(stream))


def read(
    work: Work, streams: Sequence[Mapping[str, Any]], wanted: str, limit: float
) -> tuple[Path, str] | None:
    """The subtitles of the page in the language that is wanted, else of the first, as SubRip whose
    times count from the first picture; and their language. None where there are none.

    `streams`: all of the file, with `-show_data`. Raises Rejected.
    """
    number, stream = next(
        (n, one) for n, one in enumerate(subtitles(streams)) if one.get("codec_name") == CODEC
    )
    found = sorted(pages(stream), key=lambda page: page.language != wanted)
    page = found[0] if found else Page(_ANY, "")
    target = work.scratch / "teletext.srt"
    told = {"txt_format": "text", "txt_page": page.number, "fix_sub_duration": None}
    source = runner.open_original(work.original, **told)[0][f"s:{number}"]
    # Without its clock the first subtitle would be at 0.
    runner.run(source.output(f"file:{target}", format="srt", copyts=None), limit, work.source)
    shown = pysubs2.load(str(target), format_="srt")
    shown.events = unrolled(shown.events)
    shown.shift(ms=-round(_first_picture(streams) * 1000))
    shown.save(str(target), format_="srt")
    return (target, page.language or wanted) if shown.events else None


def subtitles(streams: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The subtitle streams among all."""
    return [one for one in streams if one.get("codec_type") == "subtitle"]


def _pages(stream: Mapping[str, Any]) -> Iterator[Page]:
    dumped = "".join(_DUMPED.findall(str(stream.get("extradata", ""))))
    data = bytes.fromhex(dumped)
    languages = str(stream.get("tags", {}).get("language", "")).split(",")
    for at in range(len(data) // 2):
        kind, page = data[2 * at], data[2 * at + 1]
        if kind >> 3 in _SUBTITLES:
            language = languages[at] if at < len(languages) else ""
            yield Page(f"{kind & 7 or 8}{page:02x}", two_letters(language))


def _first_picture(streams: Sequence[Mapping[str, Any]]) -> Fraction:
    started = (one.get("start_time") for one in streams if one.get("codec_type") == "video")
    return Fraction(next(started, None) or 0)
