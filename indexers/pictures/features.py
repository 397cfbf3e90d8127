"""What is measured of every small picture while it passes: a few numbers and a tiny copy.

Pictures come as luma at full range (0 to 255), the shorter side 180 pixels. They are boxed
down 5 times for comparison and 10 times to be kept: 576 bytes a frame, 52 MB for an hour at 25.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]

_BOX = 5  # small picture to the one that is compared: 320×180 to 64×36
NOISE = 12.0  # variance of luma that noise and compression leave in a blank picture
BLANK = 5.0  # deviation of luma of a picture that shows nothing
_APPEARS = 30.0  # what it rises by at once when something is cut in
_DARK, _BRIGHT = 26, 250  # luma of what is black (as blackdetect: 10 %) and of what is clipped
_REACH = 4  # camera movement is looked for up to a quarter of the picture


@dataclass(frozen=True)
class Features:
    """One row per frame. `like[n]` compares frame n with the one before (frame 0: 1)."""

    tiny: Bytes  # (frames, rows, columns) of luma
    like: Floats  # 0 unlike to 1 the same, after taking out the camera's movement
    still: Floats  # mean absolute change of luma
    shift: Floats  # (frames, 2): movement down and right, in parts of the picture's height
    mean: Floats  # luma
    deviation: Floats  # of luma
    sharp: Floats  # mean squared gradient over the variance: high is sharp
    dark: Floats  # part of the picture that is black
    bright: Floats  # part of the picture that is clipped

    def __len__(self) -> int:
        return len(self.mean)


class Meter:
    """Takes blocks of pictures in order, gives their features at the end."""

    def __init__(self) -> None:
        self._blocks: list[Features] = []
        self._last: tuple[Bytes, Floats] | None = None

    def add(self, block: Bytes) -> Features:
        """Measure `block`, (n, height, width) luma."""
        boxed = _boxed(block)
        before = self._last or (block[0], boxed[0])
        like, shift = _alike(np.concatenate([before[1][None], boxed]))
        change = _change(before[0], block)
        shift[change == 0] = (
            0  # a picture that repeats itself, such as stripes, fits in many places
        )
        measured = Features(
            tiny=_halved(boxed),
            like=like,
            still=change,
            shift=shift,
            mean=boxed.mean((1, 2)),
            deviation=boxed.std((1, 2)),
            sharp=_sharpness(block, boxed),
            dark=_part(block < _DARK),
            bright=_part(block >= _BRIGHT),
        )
        self._blocks.append(measured)
        self._last = block[-1].copy(), boxed[-1]
        return measured

    def features(self) -> Features:
        """Of all pictures so far."""
        if not self._blocks:
            return NOTHING
        columns = [[getattr(one, part.name) for one in self._blocks] for part in fields(Features)]
        return Features(*(np.concatenate(column) for column in columns))


def measure(blocks: Iterable[Bytes]) -> Features:
    """The features of pictures that come in blocks."""
    meter = Meter()
    for block in blocks:
        meter.add(block)
    return meter.features()


def fit(one: Bytes, other: Bytes) -> Floats:
    """The likeness of pairs of pictures, (n, rows, columns) each, where they fit best."""
    pairs = np.stack([one, other], 1).astype(np.float32)
    return np.array([_alike(pair)[0][0] for pair in pairs], np.float32)


def _likeness(covariance: Floats, one: Floats, other: Floats) -> Floats:
    """0 to 1, whatever the brightness and the contrast; a blank picture is like blank ones only."""
    both = np.sqrt(one * other)
    structure = np.clip((covariance + NOISE) / (both + NOISE), 0, 1)
    rise = np.abs(np.sqrt(one) - np.sqrt(other))
    contrast = np.clip(1 - rise / _APPEARS, 0, 1)
    found: Floats = np.where(np.minimum(one, other) < BLANK**2, contrast, structure)
    return found


def _boxed(block: Bytes) -> Floats:
    """Means of boxes of 5 × 5; what is left over at the right and below stays out."""
    height, width = block.shape[1:]
    rows, columns = height // _BOX, width // _BOX
    cut = block[:, : rows * _BOX, : columns * _BOX]
    tall = cut[:, 0::_BOX].astype(np.uint16)
    for line in range(1, _BOX):
        tall += cut[:, line::_BOX]
    wide = tall[:, :, 0::_BOX].astype(np.float32)
    for line in range(1, _BOX):
        wide += tall[:, :, line::_BOX]
    wide /= _BOX * _BOX
    return wide


def _halved(boxed: Floats) -> Bytes:
    rows, columns = boxed.shape[1] // 2 * 2, boxed.shape[2] // 2 * 2
    even = boxed[:, :rows, :columns]
    tiny = even[:, 0::2, 0::2] + even[:, 1::2, 0::2] + even[:, 0::2, 1::2] + even[:, 1::2, 1::2]
    found: Bytes = (tiny / 4 + 0.5).astype(np.uint8)
    return found


def _alike(small: Floats) -> tuple[Floats, Floats]:
    """Each picture against the one before: likeness where they fit best, and the movement.

    The circular cross-correlation, by FFT, has its peak where the camera moved to; a pan of
    a tenth of the picture costs a tenth of the likeness.
    """
    rows, columns = small.shape[1:]
    centred = small - small.mean((1, 2), keepdims=True)
    variance = (centred * centred).mean((1, 2))
    spectrum = np.fft.rfft2(centred)
    cross = np.fft.irfft2(spectrum[1:] * spectrum[:-1].conj(), s=(rows, columns))
    down, across = rows // _REACH, columns // _REACH
    cross = np.roll(cross, (down, across), (1, 2))[:, : 2 * down + 1, : 2 * across + 1]
    best, moved = _peak(cross.astype(np.float32))
    return (
        _likeness(best / (rows * columns), variance[:-1], variance[1:]),
        ((moved - (down, across)) / rows).astype(np.float32),
    )


def _peak(maps: Floats) -> tuple[Floats, Floats]:
    """The highest value of each map, and where it is: between the pixels, by parabolas."""
    number = np.arange(len(maps))
    flat = maps.reshape(len(maps), -1)
    top = flat.argmax(1)
    best = flat[number, top]
    height, width = maps.shape[1:]
    row, column = top // width, top % width
    at = []
    for place, size, step in ((row, height, width), (column, width, 1)):
        inside = (place > 0) & (place < size - 1)
        step_in = np.where(inside, step, 0)
        low, high = flat[number, top - step_in], flat[number, top + step_in]
        bend = low - 2 * best + high
        off = np.where(bend < 0, (low - high) / np.where(bend < 0, 2 * bend, 1), 0)
        at.append(place + off)
    return best.astype(np.float32), np.stack(at, 1)


def _change(last: Bytes, block: Bytes) -> Floats:
    """Every second pixel of every second line suffices, and takes a quarter of the time."""
    some = np.concatenate([last[None, ::2, ::2], block[:, ::2, ::2]]).astype(np.int16)
    change: Floats = np.abs(some[1:] - some[:-1]).mean((1, 2), dtype=np.float32)
    return change


def _sharpness(block: Bytes, boxed: Floats) -> Floats:
    """The part of the picture's contrast that is in its finest detail, 0 to about 1."""
    lines = block[:, 1::2].astype(np.int16)
    across = lines[:, :, 2:] - lines[:, :, :-2]
    energy = np.einsum("nij,nij->n", across, across, dtype=np.float32) / across[0].size
    sharp: Floats = energy / (2 * (boxed.var((1, 2)) + NOISE))
    return sharp


def _part(mask: NDArray[np.bool_]) -> Floats:
    part: Floats = mask.mean((1, 2), dtype=np.float32)
    return part


_NONE = np.zeros(0, np.float32)
NOTHING = Features(
    tiny=np.zeros((0, 1, 1), np.uint8),
    like=_NONE,
    still=_NONE,
    shift=np.zeros((0, 2), np.float32),
    mean=_NONE,
    deviation=_NONE,
    sharp=_NONE,
    dark=_NONE,
    bright=_NONE,
)
