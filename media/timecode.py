"""Exact time: whole frames at a rational rate, and the SMPTE labels people read.

Drop-frame is a way of numbering, not a rate (SMPTE ST 12-1): labels ;00 and ;01 (and ;02,
;03 at 60) are left out at the start of each minute except every tenth. No frame is dropped.
"""

import re
from dataclasses import dataclass
from fractions import Fraction

# Rates of cameras and editing systems. A measured rate within 0.02 % of one is that one:
# 23.976 and 24 are 0.1 % apart, so the two can't be confused.
KNOWN_RATES = tuple(
    Fraction(n, d)
    for n, d in [
        (24000, 1001), (24, 1), (25, 1), (30000, 1001), (30, 1), (48000, 1001), (48, 1),
        (50, 1), (60000, 1001), (60, 1), (100, 1), (120000, 1001), (120, 1),
    ]
)  # fmt: skip
_SNAP = Fraction(2, 10_000)
_LABEL = re.compile(r"^(\d{1,2}):(\d{2}):(\d{2})([:;.,])(\d{2,3})$")


def exact_rate(value: Fraction | str | float) -> Fraction:
    """The exact frame rate meant by `value` ("30000/1001", "29.97", 29.97): frames per second.

    Raises ValueError when it is not a positive number.
    """
    try:
        rate = Fraction(value).limit_denominator(1_000_000)
    except (ValueError, ZeroDivisionError, OverflowError) as error:
        raise ValueError(f"{value!r} is not a frame rate") from error
    if rate <= 0:
        raise ValueError(f"{value!r} is not a frame rate")
    for known in KNOWN_RATES:
        if abs(rate - known) <= known * _SNAP:
            return known
    return rate


def nominal(rate: Fraction) -> int:
    """Frames counted in one second of timecode: 24 for 23.976, 30 for 29.97."""
    return max(1, round(rate))


def rescale(frames: int, source: Fraction, target: Fraction) -> int:
    """The frame at `target` rate that is nearest in time to `frames` at `source` rate.

    Halves go up, so that neighbours stay neighbours (Python's round would go to even).
    """
    return int(frames * target / source + Fraction(1, 2))


def seconds_to_frames(seconds: Fraction | float, rate: Fraction) -> int:
    """The frame nearest to `seconds` (≥ 0), counted from zero at `rate`."""
    return int(Fraction(seconds) * rate + Fraction(1, 2))


@dataclass(frozen=True)
class Timecode:
    """A frame count since 00:00:00:00 and how to label it.

    `frames` ≥ 0, `rate` in frames per second. Labels wrap after 24 hours; `frames` does not.
    """

    frames: int
    rate: Fraction
    drop_frame: bool = False

    def __post_init__(self) -> None:
        if self.frames < 0:
            raise ValueError(f"a timecode can't be negative: {self.frames} frames")
        if self.drop_frame and nominal(self.rate) % 30:
            raise ValueError(f"drop-frame is defined for 30 and 60, not for {self.rate} fps")

    @classmethod
    def parse(cls, label: str, rate: Fraction, drop_frame: bool | None = None) -> "Timecode":
        """Read `HH:MM:SS:FF`. A `;`, `.` or `,` before the frames means drop-frame.

        `drop_frame` overrides the separator. Raises ValueError when the label is not a
        timecode, or names a frame that does not exist at this rate (10:01:00;00).
        """
        match = _LABEL.match(label.strip())
        if not match:
            raise ValueError(f"{label!r} is not a timecode (HH:MM:SS:FF)")
        hours, minutes, seconds, frames = (int(match[i]) for i in (1, 2, 3, 5))
        drop = match[4] != ":" if drop_frame is None else drop_frame
        fps = nominal(rate)
        if hours > 23 or minutes > 59 or seconds > 59 or frames >= fps:
            raise ValueError(f"{label!r} does not exist at {fps} frames a second")
        count = ((hours * 60 + minutes) * 60 + seconds) * fps + frames
        if drop:
            left_out = fps // 15
            if seconds == 0 and frames < left_out and minutes % 10:
                raise ValueError(f"{label!r} does not exist in drop-frame timecode")
            total_minutes = hours * 60 + minutes
            count -= left_out * (total_minutes - total_minutes // 10)
        return cls(count, rate, drop)

    def __add__(self, frames: int) -> "Timecode":
        return Timecode(self.frames + frames, self.rate, self.drop_frame)

    def __str__(self) -> str:
        fps = nominal(self.rate)
        count = self.frames + (self._left_out(fps) if self.drop_frame else 0)
        count %= 24 * 3600 * fps
        seconds, frames = divmod(count, fps)
        mark = ";" if self.drop_frame else ":"
        width = 3 if fps > 100 else 2
        clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
        return f"{clock}{mark}{frames:0{width}}"

    def _left_out(self, fps: int) -> int:
        """How many labels were left out before this frame."""
        per_minute = fps // 15
        ten_minutes = fps * 600 - per_minute * 9
        tens, rest = divmod(self.frames, ten_minutes)
        minutes = max(0, (rest - per_minute) // (fps * 60 - per_minute))
        return per_minute * (9 * tens + minutes)
