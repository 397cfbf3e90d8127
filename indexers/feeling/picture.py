"""How a shot looks: light, its colour, movement, pace of the cuts. From what the scan measured."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from PIL import Image

from catalog.models import Quality, Shot

_AROUND = 5  # seconds before and after a line in which cuts are counted
_NEUTRAL = 6504.0  # kelvin of daylight, D65


@dataclass(frozen=True)
class Look:
    """What is seen during a line."""

    light: float  # mean luma, 0 to 1
    kelvin: float  # correlated colour temperature of the mean colour; 6504 for no colour
    shake: float  # unsteady camera movement a frame, in parts of the picture's height
    cuts: int  # in the ten seconds around its middle


def look(
    span: tuple[int, int], shots: Sequence[Shot], qualities: Sequence[Quality],
    kelvins: Sequence[tuple[int, float]], rate: Fraction,
) -> Look | None:  # fmt: skip
    """Of the frames [in, out); None without a picture. `kelvins`: frame and temperature."""
    touched = {
        shot.number for shot in shots if shot.in_frame < span[1] and span[0] < shot.out_frame
    }
    seen = [quality for quality in qualities if quality.number in touched]
    if not seen:
        return None
    middle = sum(span) // 2
    reach = int(_AROUND * rate)
    nearest = min(kelvins, key=lambda one: abs(one[0] - middle), default=(0, _NEUTRAL))
    return Look(
        light=sum(quality.exposure for quality in seen) / len(seen),
        kelvin=nearest[1],
        shake=max(quality.shake for quality in seen),
        cuts=sum(abs(shot.in_frame - middle) <= reach for shot in shots if shot.in_frame),
    )


def kelvin(path: Path) -> float:
    """The colour temperature of a picture's mean colour (McCamy 1992), 1,500 to 15,000 K."""
    with Image.open(path) as picture:
        small = np.asarray(picture.convert("RGB").resize((32, 18)), np.float64) / 255
    linear = np.where(small <= 0.04045, small / 12.92, ((small + 0.055) / 1.055) ** 2.4)
    red, green, blue = linear.reshape(-1, 3).mean(0)
    x = 0.4124 * red + 0.3576 * green + 0.1805 * blue
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    whole = x + y + 0.0193 * red + 0.1192 * green + 0.9505 * blue
    if whole < 0.02:  # too dark to have a colour
        return _NEUTRAL
    part = (x / whole - 0.3320) / (0.1858 - y / whole)
    found = 449 * part**3 + 3525 * part**2 + 6823.3 * part + 5520.33
    return float(np.clip(found, 1500, 15000))
