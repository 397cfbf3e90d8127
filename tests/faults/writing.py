"""Those who drop files: at their own pace, in their own ways, with names of all kinds."""

import os
import random
import shutil
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

PLAIN = [f"A{number:03}" for number in range(8)]
HOSTILE = [
    "新闻素材 早间", "🎬 take 2", "new\nline", "trailing  ", "x" * 240,
    "e\u0301t", "\u00e9t", os.fsdecode(b"gbk \xd0\xc2\xce\xc5 \xff"), "-rf $(x) `;'\"", "\u201bE4",
]  # fmt: skip
SCRIPT = b"INT. HOUSE - DAY\n\nANNA\nThe storm came in.\n"


@dataclass
class Writer:
    """Writes a few stories below `back`. The same seed writes the same files."""

    back: Path
    movie: bytes
    names: list[str]
    seed: int
    stall: float = 0.0  # seconds that one of its copies pauses in the middle
    # Held while something is written: who takes the disk away waits for it.
    busy: threading.Lock = field(default_factory=threading.Lock)
    done: bool = False

    def run(self) -> None:
        """Write everything."""
        chance = random.Random(self.seed)
        for count, name in enumerate(self.names):
            movie = count % 3 == 0
            data = self.movie if movie else SCRIPT * (count + 1)
            story = chance.choice(["morning", "晚间新闻", "cards/A001"])
            target = self.back / story / f"{name}{'.mp4' if movie else '.fountain'}"
            self._copy(chance.choice(["write", "write", "part", "tree"]), target, data, count)
            time.sleep(chance.uniform(0, 0.4))
        if self.stall:
            self._stall(self.back / "morning" / "stalled.mp4")
        self._times(chance)
        self.done = True

    def once_more(self) -> None:
        """One file after all that went wrong: who has become deaf does not hear of it."""
        target = self.back / "morning" / "after.fountain"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(SCRIPT)

    def _copy(self, way: str, target: Path, data: bytes, count: int) -> None:
        with self.busy:
            target.parent.mkdir(parents=True, exist_ok=True)
            if way == "write":
                target.write_bytes(data)
            elif way == "part":
                partial = target.with_name("copy.part")
                partial.write_bytes(data)
                partial.rename(target)
            else:  # a folder that was filled elsewhere on this disk
                outside = self.back / ".outside" / "tree"
                outside.mkdir(parents=True, exist_ok=True)
                (outside / target.name).write_bytes(data)
                outside.rename(target.parent / f"tree {count}")

    def _stall(self, target: Path) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        half = len(self.movie) // 2
        with self.busy, target.open("wb") as file:
            file.write(self.movie[:half])
            file.flush()
            time.sleep(self.stall)
            file.write(self.movie[half:])

    def _times(self, chance: random.Random) -> None:
        """A card whose clock was wrong: kept from the past, or from the future."""
        for moment in (1, 4_000_000_000):
            with self.busy:
                target = self.back / "clock" / f"{moment}.fountain"
                target.parent.mkdir(exist_ok=True)
                made = self.back / ".outside" / f"{moment}"
                made.parent.mkdir(exist_ok=True)
                made.write_bytes(SCRIPT)
                os.utime(made, (moment, moment + chance.random()))
                shutil.copy2(made, target)


def files(root: Path) -> set[str]:
    """The files that should be accepted, by their paths as the system has them."""
    found = set()
    for folder, names, here in os.walk(root):
        names[:] = [name for name in names if not name.startswith(".") and name != "lost+found"]
        for name in here:
            if not name.startswith(".") and not name.endswith(".part"):
                found.add(os.path.relpath(f"{folder}/{name}", root))
    return found
