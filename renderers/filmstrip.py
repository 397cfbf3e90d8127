"""What a clip shows, at a glance: its pictures side by side."""

from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_QUALITY = 80  # of a JPEG, 0 to 95


def filmstrip(pictures: NDArray[np.uint8]) -> bytes:
    """A JPEG. `pictures`: N × rows × columns × 3 (RGB)."""
    strip = Image.fromarray(np.concatenate(list(pictures), axis=1))
    made = BytesIO()
    strip.save(made, "JPEG", quality=_QUALITY)
    return made.getvalue()
