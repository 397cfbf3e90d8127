"""The exact frame rate and length of a picture, from what ffprobe says.

Neither of ffprobe's rates can be trusted alone: a 30/1 file with one irregular join averages
29.965, and r_frame_rate is the finest grid that the timestamps fit on, even 1000000/1. Where
the container counts its frames (MP4, MOV, MXF) and both rates agree, they are right. Elsewhere
the timestamps of all packets decide.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby, pairwise
from statistics import median
from typing import Any

from media.timecode import KNOWN_RATES, exact_rate, seconds_to_frames

_COUNTING = ("mov", "mxf")  # containers with an index of every frame
_HIGHEST = 300  # frames a second
_FIELDS = 40  # no interlaced picture has so many frames a second: its packets are fields
_INTERLACED = ("tt", "bb", "tb", "bt")
_NEARLY = Fraction(2, 100)  # a variable rate this near to a known one is taken for it


_STEADY = 12  # frames at one rate that are no accident
_MOSTLY = 0.9  # of all frames
_ALIKE = 0.015  # milliseconds are 1.5 % of a frame at 15 fps, and 29.97 is 30 here


@dataclass(frozen=True)
class Timing:
    """How a picture runs: `frames` of it, `rate` in frames per second.

    `first`: when the first picture that can be decoded is shown, in seconds of the container.
    `mixed`: the rates of its parts, where a variable rate is several constant ones in a row.
    """

    rate: Fraction
    frames: int
    variable: bool
    first: Fraction = Fraction(0)
    mixed: tuple[Fraction, ...] = ()


def is_certain(answer: Mapping[str, Any], video: Mapping[str, Any]) -> bool:
    """Whether the container's own figures suffice; else the packets have to be listed."""
    first, second = rate_of(video, "r_frame_rate"), rate_of(video, "avg_frame_rate")
    if first is None or first != second or "duration_ts" not in video:
        return False
    if not str(answer["format"].get("format_name", "")).startswith(_COUNTING):
        return False
    # More samples than the duration shows: an edit list hides some.
    lasts = _duration(video) * first
    return abs(int(video.get("nb_frames", round(lasts))) - lasts) < 1


def timing(answer: Mapping[str, Any], video: Mapping[str, Any]) -> Timing:
    """Decide. `answer` has `packets` of the video stream (pts, dts, flags) unless it is certain.

    Raises ValueError when there are no frames.
    """
    if "packets" in answer:
        return _from_packets(_seconds(answer["packets"], Fraction(video["time_base"])), video)
    rate = rate_of(video, "avg_frame_rate")
    if rate is None:
        raise ValueError("there is no frame rate")
    frames = int(video.get("nb_frames", round(_duration(video) * rate)))
    if frames < 1:
        raise ValueError("there are no frames")
    return Timing(rate, frames, False, Fraction(video.get("start_time", 0)))


def rate_of(stream: Mapping[str, Any], field: str) -> Fraction | None:
    """A rate as ffprobe writes it ("30000/1001", "0/0"), made exact; None when it is no rate."""
    try:
        rate = exact_rate(str(stream.get(field, "")))
    except ValueError:
        return None
    return rate if rate <= _HIGHEST else None


def is_interlaced(video: Mapping[str, Any]) -> bool:
    """Whether the two fields of a frame were taken at different times."""
    return video.get("field_order") in _INTERLACED


def _duration(video: Mapping[str, Any]) -> Fraction:
    return int(video["duration_ts"]) * Fraction(video["time_base"])


def _seconds(packets: Sequence[Mapping[str, Any]], base: Fraction) -> list[Fraction]:
    """When each packet is shown, in order.

    Packets that an edit list discards don't count, nor those before the first key frame: a
    recording that was cut out of a stream begins with what can't be decoded.
    """
    first = next((n for n, packet in enumerate(packets) if "K" in packet.get("flags", "")), 0)
    seen = [packet for packet in packets[first:] if "D" not in packet.get("flags", "")]
    shown = sorted(int(packet["pts"]) for packet in seen if "pts" in packet)
    if len(shown) < len(seen):
        # AVI has decoding times only; MPEG program streams leave some presentation times out.
        decoded = sorted(int(packet["dts"]) for packet in seen if "dts" in packet)
        late = shown[0] - decoded[0] if shown and decoded else 0
        shown = [stamp + late for stamp in decoded]
    if 1 < len(shown) < len(seen):
        # Matroska has no times below zero: pictures before it come without any.
        step = round(median(after - before for before, after in pairwise(shown)))
        missing = len(seen) - len(shown)
        shown = [*(shown[0] - step * n for n in range(missing, 0, -1)), *shown]
    return [stamp * base for stamp in shown]


def _from_packets(shown: Sequence[Fraction], video: Mapping[str, Any]) -> Timing:
    if not shown:
        raise ValueError("there are no frames")
    named = [rate_of(video, "avg_frame_rate"), rate_of(video, "r_frame_rate")]
    if len(shown) == 1:
        return Timing(named[0] or named[1] or Fraction(25), 1, False, shown[0])
    steps = [float(after - before) for before, after in pairwise(shown)]
    usual = median(steps) or 1 / _HIGHEST
    mean = exact_rate((len(shown) - 1) / max(shown[-1] - shown[0], Fraction(1, _HIGHEST)))
    candidates = [rate for rate in [*named, mean, exact_rate(1 / usual)] if rate is not None]
    fitting = [rate for rate in candidates if _deviation(shown, rate) < 1 / 2]
    if fitting:
        rate = min(fitting, key=lambda fit: (fit not in KNOWN_RATES, _deviation(shown, fit)))
        if is_interlaced(video) and rate > _FIELDS:
            return Timing(rate / 2, (len(shown) + 1) // 2, False, shown[0])
        return Timing(rate, len(shown), False, shown[0])
    rate = _conformed(1 / usual)
    span = shown[-1] - shown[0] + Fraction(usual)
    frames = max(1, seconds_to_frames(span, rate))
    return Timing(rate, frames, True, shown[0], _mixed(steps))


def _deviation(shown: Sequence[Fraction], rate: Fraction) -> float:
    """How far timestamps are from their places at a constant rate at most, in frames.

    The grid lies where it fits best: the first timestamp may be the one that is off.
    """
    per_second = float(rate)
    off = [float(at) * per_second - number for number, at in enumerate(shown)]
    return (max(off) - min(off)) / 2


def _mixed(steps: Sequence[float]) -> tuple[Fraction, ...]:
    """The rates of steady stretches, if they are two or more and nearly all of it."""
    rates = [_known(1 / step) if step > 0 else None for step in steps]
    stretches = [(rate, len(list(same))) for rate, same in groupby(rates)]
    steady = {rate: 0 for rate, _ in stretches if rate is not None}
    for rate, length in stretches:
        if rate is not None and length >= _STEADY:
            steady[rate] += length
    found = tuple(sorted(rate for rate, length in steady.items() if length))
    return found if len(found) > 1 and sum(steady.values()) >= _MOSTLY * len(steps) else ()


def _known(measured: float) -> Fraction | None:
    nearest = min(KNOWN_RATES, key=lambda known: abs(float(known) - measured))
    return nearest if abs(float(nearest) - measured) <= float(nearest) * _ALIKE else None


def _conformed(measured: float) -> Fraction:
    """The constant rate that a variable one is made into."""
    nearest = min(KNOWN_RATES, key=lambda known: abs(known - Fraction(measured)))
    if abs(nearest - Fraction(measured)) <= nearest * _NEARLY:
        return nearest
    return Fraction(min(max(1, round(measured)), 60))
