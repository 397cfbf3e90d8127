"""Frames of all-intra proxies, joined as they are: nothing is decoded, and nothing encoded."""

import re
import shutil
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import ffmpeg

from media.errors import Rejected
from media.ffmpeg import open_input, run
from renderers.look import Look
from renderers.pieces import LIMIT, PROMISED, too_short
from renderers.proxies import Proxy
from renderers.segments import Segment

_AT_ONCE = 40  # files opened by one process; starting one costs 60 ms of a core
_WRITTEN = re.compile(r"Output stream #(\d+):0 \(video\): (\d+) packets muxed")


def copyable(segment: Segment, proxies: Mapping[int, Proxy], look: Look) -> bool:
    """Whether a segment is frames of one proxy, of the movie's form, each once and in order."""
    event = segment.event
    source = event.source
    if not look.form or source is None or segment.under:
        return False
    if look.touched(segment.record_in, segment.record_out):
        return False
    return (
        _proxy(segment, proxies).form == look.form
        and source.rate == look.sequence.rate
        and event.speed == 1
        and first(segment) + segment.duration <= source.frames - PROMISED
    )


def copy(segments: Sequence[Segment], proxies: Mapping[int, Proxy], target: Path) -> None:
    """Write the frames of several segments as one H.264 elementary stream.

    Every frame comes with its parameter sets, so that it can stand beside encoded ones. Raises
    Rejected when a frame is not there.
    """
    with target.open("wb") as joined:
        for at in range(0, len(segments), _AT_ONCE):
            some = segments[at : at + _AT_ONCE]
            parts = [target.with_name(f"{number}.h264") for number in range(len(some))]
            _copy(some, proxies, parts)
            for part in parts:
                with part.open("rb") as file:
                    shutil.copyfileobj(file, joined)
                part.unlink()


def _copy(segments: Sequence[Segment], proxies: Mapping[int, Proxy], parts: list[Path]) -> None:
    """Each segment into a file of its own. (The concat demuxer ends a file where the packet of
    any stream is past its end: sound comes up to half a second ahead of its picture.)"""
    outputs = [
        _output(segment, proxies, part) for segment, part in zip(segments, parts, strict=True)
    ]
    told = ffmpeg.merge_outputs(*outputs).global_args("-loglevel", "verbose")
    counts = dict(_WRITTEN.findall(run(told, LIMIT, parts[0])))
    for number, segment in enumerate(segments):
        event, written = segment.event, int(counts.get(str(number), 0))
        if written != segment.duration:
            assert event.source is not None
            raise Rejected(too_short(event, written, segment.duration))


def _output(segment: Segment, proxies: Mapping[int, Proxy], part: Path) -> Any:
    source = segment.event.source
    assert source is not None
    proxy = _proxy(segment, proxies)
    # The frame at this time is read: one between two frames is read alike by all who round.
    begin = proxy.zero + (first(segment) + Fraction(1, 4)) / source.rate
    return ffmpeg.output(
        open_input(proxy.path, ss=f"{float(begin):.6f}")["V:0"], f"file:{part}", format="h264",
        vcodec="copy", **{"frames:v": segment.duration},
    )  # fmt: skip


def first(segment: Segment) -> int:
    """The source frame that a segment begins with."""
    return segment.event.in_frame + segment.record_in - segment.event.record_in


def _proxy(segment: Segment, proxies: Mapping[int, Proxy]) -> Proxy:
    assert segment.event.source is not None
    begin = first(segment)
    return proxies[segment.event.source.asset_id].near(begin, begin + segment.duration)
