"""Writing WAV."""

import wave
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from demo.speech import SAMPLE_RATE as SPOKEN_RATE
from demo.speech import Samples

__all__ = ["SPOKEN_RATE", "write"]


def write(path: Path, parts: Sequence[Samples], rate: int = SPOKEN_RATE) -> None:
    """One after the other, on the scale of 16 bits, as mono WAV."""
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        file.writeframes(np.concatenate(parts).clip(-32768, 32767).astype("<i2").tobytes())
