"""A stage of the gpu lane that does several items at once, for tests: here and in children."""

import os
import signal
from pathlib import Path

from catalog.work import Facts, Queue
from media.errors import Rejected
from tasks.pipeline import STAGES

ROOT = Path(__file__).parent.parent.parent


class Pooled:
    """Says in how large a batch an item was. What is called "bad" is rejected, "kill" kills."""

    name = "pooled"
    needs = ()
    queue = Queue.GPU
    version = 1
    makes = ()
    limit = 60.0

    def run(self, work) -> Facts:
        return self.run_together([work])[0]

    def run_together(self, works) -> list[Facts]:
        for work in works:
            if "kill" in work.item.path:
                os.kill(os.getpid(), signal.SIGKILL)
            if "bad" in work.item.path:
                raise Rejected(f"{work.item.path} is bad")
        return [Facts(f"{work.item.path} of {len(works)} by {os.getpid()}") for work in works]


def add() -> None:
    """Let it be a stage of this process."""
    STAGES[Pooled.name] = Pooled()


def path_for_children(folder: Path) -> str:
    """A PYTHONPATH with which every Python process knows it."""
    (folder / "sitecustomize.py").write_text("from tests.tasks import together\ntogether.add()\n")
    return os.pathsep.join([str(folder), str(ROOT)])
