"""Captions inside the footage: subtitle streams, teletext, and CEA-608 in the picture's own data.

Captions in the picture ride along in the one decoding pass: the proxy's encoder writes them into
the proxy, and there they are looked for. A file without any costs reading its proxy once; one
with them is decoded once more, at proxy size.
"""

import mmap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ffmpeg
import pysubs2

from catalog.places import PICTURE_PROXY
from catalog.work import Work
from indexers import teletext
from indexers.engines import exchanged
from indexers.languages import two_letters
from media import ffmpeg as runner

_TEXT_CODECS = {"subrip", "mov_text", "ass", "ssa", "webvtt", "text", "eia_608"}
_DRAWN = {  # what a reader of pictures would have to read
    "dvb_subtitle": "DVB subtitles", "dvd_subtitle": "DVD subtitles",
    "hdmv_pgs_subtitle": "Blu-ray subtitles", "xsub": "DivX subtitles", "ttml": "TTML in MP4",
}  # fmt: skip
_LIMIT = 1800.0  # seconds: the whole file is read for them, perhaps over a NAS
# ITU-T T.35: the United States, ATSC; then its identifier, and that captions follow (A/53-4, 6.2).
_MARK = b"\xb5\x00\x31GA94\x03"
_VALID = 4  # of the first byte of three; its last two bits say what the others are
_ANALOGUE, _DIGITAL = {0, 1}, {2, 3}  # pairs of line 21, bytes of CEA-708 packets
_OPTION, _GRAPH = "\\':", "\\'[],;"  # what ffmpeg's two levels of quoting take for themselves


@dataclass(frozen=True)
class Inside:
    """Captions that were found, written as SubRip to `path`.

    `shown`: they were in the picture: their times count from its first frame, and rows that
    roll up come once.
    """

    path: Path
    name: str  # for messages
    language: str  # ISO 639-1, or "auto"
    shown: bool = False


def inside(work: Work, troubles: list[str]) -> Inside | None:
    """The first captions that are text; what can't be read is told in `troubles`."""
    everything = runner.probe_original(work.original, "-show_streams", "-show_data")["streams"]
    streams = teletext.subtitles(everything)
    wanted = work.settings.transcript.language
    texts = [n for n, one in enumerate(streams) if one.get("codec_name") in _TEXT_CODECS]
    if texts:
        best = min(texts, key=lambda n: _rank(streams[n], wanted))
        return _stream(work, best, _language(streams[best]) or wanted)
    found = _teletext(work, everything, wanted) or in_picture(work)
    mute = {_DRAWN[name] for one in streams if (name := one.get("codec_name")) in _DRAWN}
    if found is None and _sent(work.home / PICTURE_PROXY) & _DIGITAL:
        mute.add("CEA-708 captions")
    if mute and found is None:
        troubles.append(
            f"{' and '.join(sorted(mute))} in {work.source.name} can't be read: for captions "
            "drop an .srt of the same name beside it"
        )
    return found


def in_picture(work: Work) -> Inside | None:
    """CEA-608 captions of the first channel; of CEA-708 what it carries as 608 along."""
    proxy = work.home / PICTURE_PROXY
    if not _sent(proxy) & _ANALOGUE:
        return None
    target = work.scratch / "picture.srt"
    quoted = _quoted(_quoted(f"file:{proxy}", _OPTION), _GRAPH)
    movie = f"movie={quoted}:format_opts=protocol_whitelist=file[out0+subcc]"
    whitelists = {"protocol_whitelist": "file", "format_whitelist": "lavfi"}
    picture = ffmpeg.input(movie, f="lavfi", **whitelists)
    runner.run(picture["s:0"].output(f"file:{target}", format="srt"), _LIMIT, work.source)
    return _rolled(target, work)


def _rolled(target: Path, work: Work) -> Inside | None:
    subtitles = pysubs2.load(str(target), format_="srt")
    subtitles.events = exchanged.unrolled(subtitles.events)
    if not subtitles.events:
        return None
    subtitles.save(str(target), format_="srt")
    name = f"the captions in the picture of {work.source.name}"
    return Inside(target, name, work.settings.transcript.language, shown=True)


def _teletext(work: Work, streams: Sequence[Mapping[str, Any]], wanted: str) -> Inside | None:
    if not any(one.get("codec_name") == teletext.CODEC for one in streams):
        return None
    read = teletext.read(work, streams, wanted, _LIMIT)
    name = f"the teletext subtitles in {work.source.name}"
    return Inside(read[0], name, read[1], shown=True) if read else None


def _stream(work: Work, number: int, language: str) -> Inside:
    target = work.scratch / "embedded.srt"
    stream = runner.open_original(work.original)[0][f"s:{number}"]
    runner.run(stream.output(f"file:{target}", format="srt"), _LIMIT, work.source)
    return Inside(target, f"the subtitles in {work.source.name}", language)


def _rank(stream: Mapping[str, Any], wanted: str) -> tuple[bool, bool]:
    """In the language that is set first; last those that only translate signs."""
    forced = bool(stream.get("disposition", {}).get("forced"))
    return (wanted != "auto" and _language(stream) != wanted, forced)


def _language(stream: Mapping[str, Any]) -> str:
    """ISO 639-1, "" where the stream does not say it."""
    return two_letters(str(stream.get("tags", {}).get("language", "")))


def _sent(proxy: Path) -> set[int]:
    """The kinds of caption data in the picture; none where there is no proxy."""
    found: set[int] = set()
    if not proxy.is_file():
        return found
    with proxy.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        at = data.find(_MARK)
        while at >= 0 and len(found) < len(_ANALOGUE | _DIGITAL):
            first = at + len(_MARK) + 2  # after the count and a reserved byte
            triples = data[first : first + 3 * (data[first - 2] & 0x1F)]
            found.update(kind & 3 for kind in triples[::3] if kind & _VALID)
            at = data.find(_MARK, first)
    return found


def _quoted(text: str, special: str) -> str:
    return "".join(f"\\{char}" if char in special else char for char in text)
