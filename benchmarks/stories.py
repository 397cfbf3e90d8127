"""Stories through the whole service: many at once against one after the other, and a late script.

    together   20 stories (two recordings with captions, and a script) dropped at once, from the
               first drop to the last report, against each dropped when the one before it was
               ready; stories an hour. No more is possible than the cores can compute: they are
               to be busy with it for 80 % of the time (on a machine that does nothing else)
    overlap    how many stages ran at once meanwhile, which took longest, CPU seconds a story
    late       a script for a cut of 30 s beside indexed footage, from its drop to its movie; goal:
               no longer than the cut plays

A real `stringout run` with settings as shipped; each movie's frames and samples are counted by
its stage. `--quick`: 5 stories at once, one alone. `--check` exits 1 when a goal is missed.
Wall times are of a shared machine: the ratios count.
"""

import argparse
import os
import random
import shutil
import statistics
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from benchmarks.rendering import newsroom
from benchmarks.rendering.service import Ran, Service
from renderers.sequence import from_json

BUSY_GOAL = 0.8  # of all cores
SECONDS = 30
_LAST = "report"  # stage of a script


@dataclass(frozen=True)
class Took:
    """How many stories, in how many seconds, at what CPU seconds, by which runs."""

    stories: int
    wall: float
    cpu: float
    runs: list[Ran]

    @property
    def busy(self) -> float:
        """Part of the cores' time, 0 to 1."""
        return self.cpu / self.wall / (os.cpu_count() or 1)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--stories", type=int, default=20)
    parser.add_argument("--alone", type=int, default=5, help="how many one by one")
    given = parser.parse_args()
    many, alone = (5, 1) if given.quick else (given.stories, given.alone)
    with tempfile.TemporaryDirectory(prefix="stringout-stories-") as name:
        made = newsroom.masters(Path(name) / "masters")
        warm, *stories = _write(Path(name) / "card", made, 1 + alone + many)
        with Service(Path(name) / "service") as service:
            _dropped(service, [[warm]])  # its processes and models are there then
            one = _dropped(service, [[story] for story in stories[:alone]])
            together = _dropped(service, [stories[alone:]])
            late, plays = _late(service, made)
    ratio = (together.stories / together.wall) / (one.stories / one.wall)
    print(
        f"{'':16}{'stories':>8}{'s each':>8}{'an hour':>9}{'CPU s each':>12}{'stages at once':>16}"
    )
    for what, took in (("one by one", one), ("together", together)):
        print(f"{what:16}{took.stories:8}{took.wall / took.stories:8.1f}"
              f"{took.stories / took.wall * 3600:9.0f}{took.cpu / took.stories:12.1f}"
              f"{took.busy:12.0%}{_at_once(took.runs):16.2f}")  # fmt: skip
    print(f"together: {ratio:.2f} times as many stories an hour; cores busy: goal {BUSY_GOAL:.0%}")
    for what, took in (("one by one", one), ("together", together)):
        print(f"longest stages, {what}: {_longest(took.runs)}")
    print(f"late script: {late:.1f} s to the movie of {plays:.1f} s (goal: no longer)")
    goals = {"together": together.busy >= BUSY_GOAL, "late": late <= plays}
    missed = [what for what, is_reached in goals.items() if not is_reached]
    print(f"missed: {', '.join(missed)}" if missed else "all goals reached")
    return int(given.check and bool(missed))


def _write(folder: Path, made: list[newsroom.Master], count: int) -> list[Path]:
    """The stories, ready to be dropped."""
    chance = random.Random(1)
    found = []
    for number in range(count):
        story = folder / f"story{number:02}"
        said = newsroom.record(story, made, 2, chance)
        (story / "script.fountain").write_text(newsroom.script(said), encoding="utf-8")
        found.append(story)
    return found


def _dropped(service: Service, groups: list[list[Path]]) -> Took:
    """Each group when the one before it is ready: its stories have their reports, and every line
    was found."""
    began, cpu, at = time.monotonic(), service.cpu, time.time()
    for stories in groups:
        for story in stories:
            shutil.copytree(story, service.drop / story.name)
        for story in stories:
            service.wait(_LAST, 1, f"{story.name}/")
    wall = time.monotonic() - began
    every = [story for stories in groups for story in stories]
    for story in every:
        assert all(event.source for event in from_json(service.cut(story.name)[0].sequence).events)
    return Took(len(every), wall, service.cpu - cpu, service.runs(at))


def _late(service: Service, made: list[newsroom.Master]) -> tuple[float, float]:
    """Seconds from the drop of a script to its movie, and what the movie lasts."""
    said = newsroom.record(service.drop / "late", made, 4, random.Random(2))
    service.wait("log", 4, "late/")
    each = statistics.mean(end - first for one in made for first, end in one.heard)
    wanted = said[: round(SECONDS / (each + 0.4))]  # 0.4: their breath
    began = time.time()
    (service.drop / "late" / "script.fountain").write_text(newsroom.script(wanted))
    service.wait(_LAST, 1, "late/")
    cut, there = service.cut("late")
    sequence = from_json(cut.sequence)
    assert all(event.source for event in sequence.events)
    return there - began, float(sequence.duration / sequence.rate)


def _at_once(runs: list[Ran]) -> float:
    """Runs in progress, in the mean of the time in which there were any."""
    edges = sorted([(run.started, 1) for run in runs] + [(run.ended, -1) for run in runs])
    going, last, busy, sum_ = 0, 0.0, 0.0, 0.0
    for at, change in edges:
        if going:
            busy += at - last
            sum_ += going * (at - last)
        going, last = going + change, at
    return sum_ / busy if busy else 0.0


def _longest(runs: list[Ran]) -> str:
    took: defaultdict[str, list[float]] = defaultdict(list)
    for run in runs:
        took[run.stage].append(run.ended - run.started)
    longest = sorted(took.items(), key=lambda item: -sum(item[1]))[:6]
    return ", ".join(f"{stage} {sum(each):.1f} s ({len(each)})" for stage, each in longest)


if __name__ == "__main__":
    raise SystemExit(main())
