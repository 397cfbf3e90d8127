"""The emotion curve: smoothed over time, with its peaks, turning points and dominant emotion.

The one account of how a file or a cut feels: the data (log.json, emotions.json), the picture
(page/curve.py), and what is marked in timelines (mood.py) all show it.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

from catalog.models import CHINESE, Label
from renderers.sequence import Event

_WIDTH = 4  # seconds: deviation of the bell that smooths; a line and its neighbours
_REACH = 8  # widths to each side: beyond, the bell weighs less than a double can tell
_PEAK = 0.35  # a feeling other than calm that is at least so sure


@dataclass(frozen=True)
class Felt:
    """Frames [in, out) that feel as `scores` (label → probability); empty: not known."""

    in_frame: int
    out_frame: int
    scores: Mapping[str, float]

    @property
    def middle(self) -> float:
        """In frames."""
        return (self.in_frame + self.out_frame) / 2


@dataclass(frozen=True)
class Point:
    """Frames [in, out) of the curve: what leads there, and all smoothed probabilities."""

    in_frame: int
    out_frame: int
    label: Label
    scores: Mapping[Label, float]


@dataclass(frozen=True)
class Peak:
    """Where a feeling other than calm leads and is surer than before and after."""

    frame: int
    label: Label
    height: float  # its smoothed probability


@dataclass(frozen=True)
class TurningPoint:
    """The first frame of a new lead."""

    frame: int
    before: Label
    after: Label


@dataclass(frozen=True)
class Curve:
    """What is known, in order of time. `dominant`: the label with the most time, by probability;
    None where nothing is known."""

    rate: Fraction
    dominant: Label | None = None
    points: tuple[Point, ...] = ()
    peaks: tuple[Peak, ...] = ()
    turning_points: tuple[TurningPoint, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """As it stands in log.json and emotions.json."""
        return {
            "rate": str(self.rate),
            "dominant": self.dominant,
            "points": [
                {"in_frame": one.in_frame, "out_frame": one.out_frame, "label": one.label,
                 "chinese": CHINESE[one.label],
                 "scores": {label: round(value, 3) for label, value in one.scores.items()}}
                for one in self.points
            ],
            "peaks": [
                {"frame": peak.frame, "label": peak.label, "height": round(peak.height, 3)}
                for peak in self.peaks
            ],
            "turning_points": [
                {"frame": turn.frame, "from": turn.before, "to": turn.after}
                for turn in self.turning_points
            ],
        }  # fmt: skip


def curve(felt: Sequence[Felt], rate: Fraction) -> Curve:
    """Of spans in order of time; those of which nothing is known are left out."""
    known = [one for one in felt if one.scores]
    points = tuple(
        Point(one.in_frame, one.out_frame, max(Label, key=scores.__getitem__), scores)
        for one, scores in zip(known, _smoothed(known, _WIDTH * float(rate)), strict=True)
    )
    turns = tuple(
        TurningPoint(after.in_frame, before.label, after.label)
        for before, after in pairwise(points)
        if before.label != after.label
    )
    return Curve(rate, _dominant(known), points, tuple(_peaks(points)), turns)


def of_events(events: Iterable[Event], rate: Fraction) -> Curve:
    """Of a cut, over its record. Gaps are not known."""
    return curve([Felt(e.record_in, e.record_out, feelings(e)) for e in events], rate)


def feelings(event: Event) -> Mapping[str, float]:
    """How an event feels: of cuts that were made before they told this, its label for sure."""
    return event.feelings or ({event.emotion: 1.0} if event.emotion else {})


def mean(felt: Iterable[Felt], span: tuple[int, int]) -> dict[str, float]:
    """How frames [in, out) feel: those in them, by their time; empty when nothing is known."""
    weighed = [
        (max(0, min(one.out_frame, span[1]) - max(one.in_frame, span[0])), one.scores)
        for one in felt
    ]
    whole = sum(weight for weight, _ in weighed)
    if not whole:
        return {}
    return {
        label.value: sum(weight * scores.get(label, 0.0) for weight, scores in weighed) / whole
        for label in Label
    }


def _smoothed(known: Sequence[Felt], width: float) -> list[dict[Label, float]]:
    """For each the mean of its neighbours, weighed by their length and by a bell of `width` frames
    over their distance. Only those in the bell are looked at: ten hours have ten thousand lines."""
    ordered = sorted(known, key=lambda one: one.middle)
    middles = [one.middle for one in ordered]
    return [
        _near(one, ordered[bisect_left(middles, one.middle - _REACH * width) :
                           bisect_right(middles, one.middle + _REACH * width)], width)
        for one in known
    ]  # fmt: skip


def _near(one: Felt, near: Sequence[Felt], width: float) -> dict[Label, float]:
    weights = [
        (other.out_frame - other.in_frame)
        * math.exp(-(((other.middle - one.middle) / width) ** 2) / 2)
        for other in near
    ]
    whole = sum(weights) or 1.0
    weighed = list(zip(weights, near, strict=True))
    return {
        label: sum(weight * other.scores.get(label, 0.0) for weight, other in weighed) / whole
        for label in Label
    }


def _dominant(known: Sequence[Felt]) -> Label | None:
    time = {
        label: sum(one.scores.get(label, 0.0) * (one.out_frame - one.in_frame) for one in known)
        for label in Label
    }
    return max(Label, key=time.__getitem__) if known else None


def _peaks(points: Sequence[Point]) -> Iterable[Peak]:
    for place, one in enumerate(points):
        height = one.scores[one.label]
        before = points[place - 1].scores[one.label] if place else 0.0
        after = points[place + 1].scores[one.label] if place + 1 < len(points) else 0.0
        if one.label != Label.CALM and height >= _PEAK and height > before and height >= after:
            yield Peak((one.in_frame + one.out_frame) // 2, one.label, height)
