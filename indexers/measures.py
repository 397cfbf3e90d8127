"""What ffmpeg measured of the sound, as values. Times become frames at the footage's rate here."""

import re
from dataclasses import dataclass
from fractions import Fraction

from indexers.pictures.spans import Span
from media.timecode import seconds_to_frames

_SILENCE = re.compile(r"silence_(start|end): (-?[\d.]+(?:e-?\d+)?)")
_LOUDNESS = re.compile(r"Integrated loudness:\s+I:\s+(-?[\d.]+|-inf|nan) LUFS")
_PEAK = re.compile(r"True peak:\s+Peak:\s+(-?[\d.]+|-inf|nan) dBFS")
_GATED = -70.0  # ebur128 says so of sound that is all below its absolute gate


@dataclass(frozen=True)
class Sound:
    """Loudness in LUFS and peak in dBTP, None where there is nothing to measure."""

    loudness: float | None = None
    true_peak: float | None = None
    silence: tuple[Span, ...] = ()


def sound(log: str, rate: Fraction, frames: int) -> Sound:
    """Read ffmpeg's log: the summary of ebur128, the lines of silencedetect."""
    marks: dict[str, list[float]] = {"start": [], "end": []}
    for name, seconds in _SILENCE.findall(log):
        marks[name].append(float(seconds))
    loudness, peak = _level(_LOUDNESS, log), _level(_PEAK, log)
    if loudness is not None and loudness <= _GATED:
        loudness = None
    return Sound(loudness, peak, _spans(marks["start"], marks["end"], rate, frames))


def _level(pattern: re.Pattern[str], log: str) -> float | None:
    """The last of the log: ffmpeg sets graphs up twice, and each ebur128 sums up at its end."""
    found = pattern.findall(log)
    return float(found[-1]) if found and found[-1] not in ("-inf", "nan") else None


def _spans(starts: list[float], ends: list[float], rate: Fraction, frames: int) -> tuple[Span, ...]:
    """Pair starts with ends; what has not ended lasts to the end."""
    spans = []
    for number, start in enumerate(starts):
        first = seconds_to_frames(max(0.0, start), rate)
        last = seconds_to_frames(ends[number], rate) if number < len(ends) else frames
        if first < min(last, frames):
            spans.append((first, min(last, frames)))
    return tuple(spans)
