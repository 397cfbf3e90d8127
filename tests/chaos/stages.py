"""Cheap stages for the chaos test in the place of the real ones; all around them is real.

    checksum (real) → left (io), right (cpu), wide (gpu, batches) → index (also rows, points)

Each makes a file of which every byte follows from the original's content, so that a half or a
wrong one shows. One execution in a hundred fails.
"""

import hashlib
import os
import random
import uuid
from collections.abc import Sequence
from pathlib import Path

from catalog.models import Asset, Kind, Line
from catalog.stories import INDEX
from catalog.work import Facts, File, Point, Queue, Work
from indexers.checksum import Checksum
from tasks.pipeline import PIPELINE, STAGES

LINES = 3  # rows of each item
DIMENSION = 384
FAILING = 0.01
SIZE = 20_000  # bytes of a file: some pages, so that a half one can be seen
_CHANCE = random.Random()


def content(checksum: str, stage: str) -> bytes:
    """What the file of a stage must hold."""
    seed = hashlib.sha256(f"{checksum} {stage}".encode()).digest()
    return seed * (SIZE // len(seed))


class Made:
    """A stage that makes one file."""

    needs: tuple[str, ...] = ("checksum",)
    version = 1
    limit = 60.0
    makes: tuple[type, ...] = ()

    def __init__(self, name: str, queue: Queue) -> None:
        self.name, self.queue = name, queue

    def run(self, work: Work) -> Facts:
        return Facts(f"{self.name} made", files=(self._write(work),), engine="chaos")

    def _write(self, work: Work) -> File:
        _note(self.name, work)
        if _CHANCE.random() < FAILING:
            raise RuntimeError("an error of one in a hundred")
        checksum = work.session.get_one(Asset, work.asset_id).checksum
        (work.scratch / f"{self.name}.bin").write_bytes(content(checksum, self.name))
        return File(f"{self.name}.bin", self.name)


class Batched(Made):
    """Makes the files of several items at once."""

    def run_together(self, works: Sequence[Work]) -> list[Facts]:
        return [self.run(work) for work in works]


class Joined(Made):
    """Needs all of them: rows and points are made from what they made."""

    needs = ("left", "right", "wide")
    makes = (Line,)

    def run(self, work: Work) -> Facts:
        checksum = work.session.get_one(Asset, work.asset_id).checksum
        for name in self.needs:
            if (work.home / f"{name}.bin").read_bytes() != content(checksum, name):
                raise RuntimeError(f"{name} of {work.item.path} is not whole")
        rows = [
            Line(asset_id=work.asset_id, number=n, in_frame=n, out_frame=n + 1, text=f"line {n}",
                 language="en", confidence=1, words=[], engine="chaos")
            for n in range(LINES)
        ]  # fmt: skip
        key = str(uuid.uuid5(uuid.NAMESPACE_OID, checksum))
        vector = [1.0] + [0.0] * (DIMENSION - 1)
        payload = {"asset_id": work.asset_id, "story_id": work.item.story_id}
        points = [Point(key, vector, "chaos", payload)]
        return Facts("joined", rows, (self._write(work),), points, engine="chaos")


def install() -> None:
    """Let these be the stages of footage in this process, and the only ones there are."""
    stages = (
        Checksum(), Made("left", Queue.IO), Made("right", Queue.CPU), Batched("wide", Queue.GPU),
        Joined(INDEX, Queue.IO),
    )  # fmt: skip
    for kind in Kind:
        PIPELINE[kind] = stages if kind == Kind.FOOTAGE else ()
    STAGES.clear()
    STAGES.update({stage.name: stage for stage in stages})


def _note(stage: str, work: Work) -> None:
    """Count an execution: there may be more of them than runs, of effects there may not."""
    log = Path(os.environ["CHAOS_LOG"])
    with log.open("a") as file:  # one small append is whole
        file.write(f"{work.item.id} {stage}\n")
