"""The emotion curve as data: smoothed over time, with its peaks, turning points and summary."""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

from catalog.models import CHINESE, Label

_WIDTH = 4  # seconds: deviation of the bell that smooths; a line and its neighbours
_REACH = 8  # widths to each side: beyond, the bell weighs less than a double can tell
_PEAK = 0.35  # a feeling other than calm that is at least so sure
_LABELS = tuple(label.value for label in Label)


@dataclass(frozen=True)
class Stretch:
    """Frames [in, out) that feel as `scores` (label → probability)."""

    in_frame: int
    out_frame: int
    scores: Mapping[str, float]

    @property
    def middle(self) -> float:
        """In frames."""
        return (self.in_frame + self.out_frame) / 2


def arc(stretches: Sequence[Stretch], rate: Fraction) -> dict[str, Any]:
    """Everything about the curve of what is known, in order of time; empty lists for nothing.

    `dominant`: the label with the most time, by probability. `peaks`: where a feeling other than
    calm leads and is surer than before and after. `turning_points`: first frames of a new lead.
    """
    known = [one for one in stretches if one.scores]
    smooth = _smoothed(known, _WIDTH * float(rate))
    leads = [max(_LABELS, key=scores.__getitem__) for scores in smooth]
    return {
        "rate": str(rate),
        "dominant": _dominant(known),
        "points": [
            {"in_frame": one.in_frame, "out_frame": one.out_frame, "label": lead,
             "chinese": CHINESE[Label(lead)],
             "scores": {label: round(value, 3) for label, value in scores.items()}}
            for one, scores, lead in zip(known, smooth, leads, strict=True)
        ],
        "peaks": _peaks(known, smooth, leads),
        "turning_points": [
            {"frame": known[place].in_frame, "from": before, "to": after}
            for place, (before, after) in enumerate(pairwise(leads), 1)
            if before != after
        ],
    }  # fmt: skip


def _smoothed(known: Sequence[Stretch], width: float) -> list[dict[str, float]]:
    """For each the mean of its neighbours, weighed by their length and by a bell of `width` frames
    over their distance. Only those in the bell are looked at: ten hours have ten thousand lines."""
    ordered = sorted(known, key=lambda one: one.middle)
    middles = [one.middle for one in ordered]
    return [
        _mean(one, ordered[bisect_left(middles, one.middle - _REACH * width) :
                           bisect_right(middles, one.middle + _REACH * width)], width)
        for one in known
    ]  # fmt: skip


def _mean(one: Stretch, near: Sequence[Stretch], width: float) -> dict[str, float]:
    weights = [
        (other.out_frame - other.in_frame)
        * math.exp(-(((other.middle - one.middle) / width) ** 2) / 2)
        for other in near
    ]
    whole = sum(weights) or 1.0
    weighed = list(zip(weights, near, strict=True))
    return {
        label: sum(weight * other.scores.get(label, 0.0) for weight, other in weighed) / whole
        for label in _LABELS
    }


def _dominant(known: Sequence[Stretch]) -> str | None:
    time = {
        label: sum(one.scores.get(label, 0.0) * (one.out_frame - one.in_frame) for one in known)
        for label in _LABELS
    }
    return max(_LABELS, key=time.__getitem__) if known else None


def _peaks(
    known: Sequence[Stretch], smooth: Sequence[Mapping[str, float]], leads: Sequence[str]
) -> list[dict[str, Any]]:
    found = []
    for place, (one, lead) in enumerate(zip(known, leads, strict=True)):
        height = smooth[place][lead]
        before = smooth[place - 1][lead] if place else 0.0
        after = smooth[place + 1][lead] if place + 1 < len(smooth) else 0.0
        if lead != Label.CALM and height >= _PEAK and height > before and height >= after:
            found.append({"frame": round(one.middle), "label": lead, "height": round(height, 3)})
    return found
