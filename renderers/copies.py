"""Frames of all-intra proxies, joined as they are: nothing is decoded, and nothing encoded."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path

import ffmpeg

from media.errors import Rejected
from media.ffmpeg import run
from media.formats import FORMATS, PROTOCOLS
from media.original import quoted
from media.timecode import nominal
from renderers.look import Look
from renderers.pieces import LIMIT, PROMISED, written
from renderers.proxies import Proxy
from renderers.segments import Segment

_QUARTER = Fraction(1, 4)  # frame: a time between two frames is read alike by all who round


def copyable(segment: Segment, proxies: Mapping[int, Proxy], look: Look) -> bool:
    """Whether a segment is frames of one proxy, of the movie's form, each once and in order."""
    event = segment.event
    source = event.source
    if not look.form or source is None or segment.under:
        return False
    return (
        _proxy(segment, proxies).form == look.form
        and source.rate == look.sequence.rate
        and event.speed == 1
        and _first(segment) + segment.duration <= source.frames - PROMISED
    )


def copy(
    segments: Sequence[Segment], proxies: Mapping[int, Proxy], look: Look, target: Path
) -> None:
    """Write the frames of several segments as one H.264 elementary stream.

    Every frame comes with its parameter sets, so that it can stand beside encoded ones. Raises
    Rejected when a frame is not there.
    """
    script = target.with_suffix(".ffconcat")
    lines = [line for segment in segments for line in _entry(segment, proxies)]
    script.write_text("\n".join(["ffconcat version 1.0", *lines, ""]), encoding="utf-8")
    joined = ffmpeg.input(
        f"file:{script}", f="concat", safe=0, protocol_whitelist=PROTOCOLS,
        format_whitelist=f"concat,{FORMATS}",
    )  # fmt: skip
    counted = {"bsf:v": f"setts=ts=N:duration=1:time_base=1/{nominal(look.sequence.rate)}"}
    output = ffmpeg.output(joined["v:0"], f"file:{target}", format="h264", vcodec="copy", **counted)
    log = run(output, LIMIT, script)
    script.unlink()
    planned = sum(segment.duration for segment in segments)
    if written(log) != planned:
        names = {each.event.source.name for each in segments if each.event.source}
        raise Rejected(
            f"events {segments[0].event.number} to {segments[-1].event.number} have "
            f"{written(log)} frames instead of {planned}: a proxy is shorter than its original "
            f"({', '.join(sorted(names))}): run `stringout retry`"
        )


def _entry(segment: Segment, proxies: Mapping[int, Proxy]) -> list[str]:
    source = segment.event.source
    assert source is not None
    proxy, first = _proxy(segment, proxies), _first(segment)
    # The frame at or before `inpoint` is the first; the last one lies before `outpoint`.
    begin = proxy.zero + (first + _QUARTER) / source.rate
    end = proxy.zero + (first + segment.duration - _QUARTER) / source.rate
    return [
        f"file {quoted(proxy.path)}",
        f"inpoint {float(begin):.6f}",
        f"outpoint {float(end):.6f}",
    ]


def _first(segment: Segment) -> int:
    return segment.event.in_frame + segment.record_in - segment.event.record_in


def _proxy(segment: Segment, proxies: Mapping[int, Proxy]) -> Proxy:
    assert segment.event.source is not None
    first = _first(segment)
    return proxies[segment.event.source.asset_id].near(first, first + segment.duration)
