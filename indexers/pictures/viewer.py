"""Taking the small pictures out of the pipe of the decoding pass."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from indexers.pictures.features import Features, Meter
from indexers.pictures.keyframes import Keyframes

_BLOCK = 64  # pictures at a time: 5 MB, and enough for numpy to be fast

Read = Callable[[memoryview], int]
Tell = Callable[[int], None]


class Viewer:
    """Measures what comes and keeps the best of it in `folder`.

    `size`: width and height of the pictures, yuv420p. `every`: frames a second. `tell` is
    called with the number of pictures that have come so far.
    """

    def __init__(self, folder: Path, size: tuple[int, int], every: int, tell: Tell) -> None:
        self.keyframes = Keyframes(folder, size, every)
        self._meter = Meter()
        self._size, self._tell = size, tell

    def take(self, read: Read) -> None:
        """Take all; half a picture at the end does not count."""
        width, height = self._size
        one = width * height * 3 // 2
        buffer = bytearray(one * _BLOCK)
        count = 0
        while filled := read(memoryview(buffer)) // one:
            pictures = np.frombuffer(buffer, np.uint8)[: filled * one].reshape(filled, one)
            luma = pictures[:, : width * height].reshape(filled, height, width)
            self.keyframes.add(pictures, self._meter.add(luma))
            count += filled
            self._tell(count)
        self.keyframes.close()

    def features(self) -> Features:
        """Of all pictures."""
        return self._meter.features()
