"""Stages that misbehave, for tests: in this process, and in children through sitecustomize."""

import ctypes
import os
import subprocess
import time
from pathlib import Path

from catalog.work import Facts, Queue
from tasks.pipeline import STAGES

ROOT = Path(__file__).parent.parent.parent


class Trouble:
    """A stage of the cpu lane that does `act` and nothing else."""

    needs = ()
    queue = Queue.CPU
    version = 1
    makes = ()
    limit = 60.0

    def __init__(self, name: str, act) -> None:
        self.name, self.act = name, act

    def run(self, work) -> Facts:
        self.act()
        return Facts("did it")


def _crash() -> None:
    ctypes.string_at(0)


def _hang_with_the_gil() -> None:
    ctypes.PyDLL(None).sleep(600)  # PyDLL keeps the lock that all Python threads need


def _start_a_program() -> None:
    subprocess.Popen(["sleep", "600"])
    _hang_with_the_gil()


TROUBLE = (
    Trouble("crash", _crash),
    Trouble("hang", _hang_with_the_gil),
    Trouble("program", _start_a_program),
    Trouble("sleep", lambda: time.sleep(600)),
    Trouble("orphan", lambda: (subprocess.Popen(["sleep", "600"]), _crash())),
)


def add() -> None:
    """Let them be stages of this process."""
    STAGES.update({stage.name: stage for stage in TROUBLE})


def path_for_children(folder: Path) -> str:
    """A PYTHONPATH with which every Python process knows them."""
    (folder / "sitecustomize.py").write_text("from tests.tasks import trouble\ntrouble.add()\n")
    return os.pathsep.join([str(folder), str(ROOT)])
