"""What the scan stage left, as the tests look at it."""

import subprocess
import wave
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from catalog import models
from catalog.models import Shot
from catalog.work import Facts, Work


@dataclass(frozen=True)
class Scanned:
    work: Work
    facts: Facts

    @property
    def proxy(self) -> Path:
        return self.work.scratch / "proxy.mp4"

    @property
    def row(self) -> models.Scan:
        found = self.facts.rows[0]
        assert isinstance(found, models.Scan)
        return found

    @property
    def shots(self) -> list[Shot]:
        return [row for row in self.facts.rows if isinstance(row, Shot)]

    def sound(self) -> NDArray[np.int16]:
        with wave.open(str(self.work.scratch / "sound.wav")) as file:
            assert (file.getnchannels(), file.getframerate(), file.getsampwidth()) == (1, 16000, 2)
            return np.frombuffer(file.readframes(file.getnframes()), "<i2")


Scanning = Callable[[Path], Scanned]


def remade(inputs: list[str], target: Path) -> Path:
    subprocess.run(["ffmpeg", "-v", "error", "-y", *inputs, str(target)], check=True)
    return target
