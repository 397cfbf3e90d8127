"""The pictures that stand for a shot: the sharpest, best exposed one of every second of it."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from indexers.pictures.features import Bytes, Features, Floats

_CONTRAST = 20.0  # deviation of luma from which a picture is not flat
_QUALITY = 85  # of the JPEG: 320×180 takes about 10 KB
_APART = 0.88  # likeness below which a shot may begin: its pictures don't compete with the last
_A_SECOND = 4  # pictures kept until the shots are known: gradual ones begin anywhere


def merit(block: Features) -> Floats:
    """How well each picture shows its shot, 0 to 1: fine detail, no clipping, contrast."""
    exposed = np.clip(1 - block.dark - 2 * block.bright, 0.05, 1)
    found: Floats = block.sharp * exposed * np.minimum(1, block.deviation / _CONTRAST)
    return found


@dataclass
class Keyframes:
    """Takes the pictures in order; keeps the best of every quarter second and possible shot.

    `size`: width and height of the pictures (even), which are yuv420p at full range, BT.709.
    `every`: frames a second.
    """

    folder: Path
    size: tuple[int, int]
    every: int
    merits: dict[int, float] = field(default_factory=dict)  # frame → merit, of what was written
    _frame: int = 0
    _best: tuple[float, int, Bytes] | None = None

    def add(self, pictures: Bytes, measured: Features) -> None:
        """`pictures`: (n, bytes of a picture)."""
        merits = merit(measured)
        for row in range(len(pictures)):
            number = self._frame + row
            if number % max(1, self.every // _A_SECOND) == 0 or measured.like[row] < _APART:
                self._write()
            if self._best is None or merits[row] > self._best[0]:
                self._best = float(merits[row]), number, pictures[row].copy()
        self._frame += len(pictures)

    def close(self) -> None:
        """Write the last one."""
        self._write()

    def _write(self) -> None:
        if self._best is None:
            return
        value, number, picture = self._best
        _jpeg(picture, self.size).save(self.folder / f"{number:06}.jpg", quality=_QUALITY)
        self.merits[number] = value
        self._best = None


def best(merits: dict[int, float], first: int, end: int) -> int:
    """The best written frame in [first, end), else the nearest. Raises ValueError without any."""
    inside = [frame for frame in merits if first <= frame < end]
    if inside:
        return max(inside, key=lambda frame: merits[frame])
    return min(merits, key=lambda frame: abs(2 * frame - first - end))


def _jpeg(picture: NDArray[np.uint8], size: tuple[int, int]) -> Image.Image:
    """From BT.709 to JPEG's BT.601, both at full range."""
    width, height = size
    luma, rest = picture[: width * height], picture[width * height :]
    half = width // 2, height // 2
    planes = [luma.reshape(height, width).astype(np.float32)]
    for plane in np.split(rest, 2):
        wide = Image.frombytes("L", half, plane.tobytes()).resize(size)
        planes.append(np.asarray(wide, np.float32) - 128)
    y, blue, red = np.tensordot(_TO_601, np.stack(planes), 1)
    return Image.merge("YCbCr", [_plane(y), _plane(blue + 128), _plane(red + 128)])


def _plane(values: Floats) -> Image.Image:
    return Image.fromarray(np.clip(values + 0.5, 0, 255).astype(np.uint8))


def _matrix(red: float, blue: float) -> NDArray[np.float64]:
    """RGB to Y′CbCr by the weights of red and blue in luma (ITU-T H.273)."""
    luma = np.array([red, 1 - red - blue, blue])
    return np.stack([luma, ([0, 0, 1] - luma) / (2 - 2 * blue), ([1, 0, 0] - luma) / (2 - 2 * red)])


_TO_601 = _matrix(0.299, 0.114) @ np.linalg.inv(_matrix(0.2126, 0.0722))
