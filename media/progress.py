"""How far a long run is: one small file in its scratch folder, renewed at a calm pace.

It dies with the scratch folder, so a run that has ended or was killed leaves none behind.
"""

import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path

NAME = ".progress.json"
_CALM = 2.0  # seconds between two writings


@dataclass(frozen=True)
class Progress:
    """`part` done, 0 to 1; `speed`: seconds of footage a second; `left`: seconds to go."""

    part: float
    speed: float
    left: float

    def __str__(self) -> str:
        minutes, seconds = divmod(round(self.left), 60)
        left = f"{minutes} min {seconds:02} s" if minutes else f"{seconds} s"
        return f"{self.part:.0%}, {self.speed:.1f} times real time, {left} left"


class Teller:
    """Says how many of `total` frames, at `rate` a second, are done."""

    def __init__(self, scratch: Path, total: int, rate: float) -> None:
        self._path = scratch / NAME
        self._total, self._rate = max(1, total), rate
        self._started = self._told = time.monotonic()

    def tell(self, done: int) -> None:
        """Write it, unless it was written just now."""
        now = time.monotonic()
        if now - self._told < _CALM or not done:
            return
        self._told = now
        took = now - self._started
        part = min(1.0, done / self._total)
        told = Progress(part, done / self._rate / took, took * (1 - part) / part)
        partial = self._path.with_suffix(".part")
        partial.write_text(json.dumps(asdict(told)))
        partial.replace(self._path)

    def close(self) -> None:
        """Take it away."""
        self._path.unlink(missing_ok=True)


def read(scratch: Path) -> Progress | None:
    """How far the run that works in `scratch` is; None when it does not say."""
    try:
        return Progress(**json.loads((scratch / NAME).read_text()))
    except (OSError, ValueError, TypeError):
        return None
