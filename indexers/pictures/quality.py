"""Technical quality of a shot's picture: what decides between two takes of the same line."""

import numpy as np

from indexers.pictures.features import Features, Floats
from indexers.pictures.spans import BLACK_PART, Span

_COLUMNS = ("sharpness", "exposure", "contrast", "black", "clipped", "motion", "shake")
_SWAY = 12  # frames either side: slower movement is a pan, faster is shake


def look(seen: Features, shot: Span) -> dict[str, float]:
    """The picture's columns of Quality for the frames [in, out)."""
    if not len(seen):
        return dict.fromkeys(_COLUMNS, 0.0)
    at = slice(*shot)
    shift = seen.shift[at][1:]  # the first is the cut's
    found = (
        np.percentile(seen.sharp[at], 90),
        seen.mean[at].mean() / 255,
        seen.deviation[at].mean() / 255,
        (seen.dark[at] >= BLACK_PART).mean(),
        seen.bright[at].mean(),
        np.hypot(*shift.mean(0)) if len(shift) else 0,
        _shake(shift),
    )
    return {name: round(float(value), 4) for name, value in zip(_COLUMNS, found, strict=True)}


def _shake(shift: Floats) -> float:
    """Root mean square of what is left of the movement without its moving mean."""
    if len(shift) < 2:
        return 0.0
    width = min(2 * _SWAY + 1, len(shift))
    smooth = np.stack(
        [np.convolve(axis, np.ones(width) / width, "same") for axis in shift.T], axis=1
    )
    return float(np.sqrt(((shift - smooth) ** 2).sum(1).mean()))
