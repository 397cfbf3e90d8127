"""The movie of a cut: ours against what people do with ffmpeg, every frame and click looked at.

    python -m benchmarks.render [--quick] [--check] [--events N …]

60 and 200 events of 20 long-GOP 1080p recordings; 6 events of 12 s, in which whole groups of
pictures lie. For a first watchable movie, and in full quality. CPU seconds and the memory of all
processes together; frames that show another picture than planned; how many samples the sound is
longer or shorter than planned, and how far clicks are off. auto-editor's package loads its program
from elsewhere when it is first used, and cuts one file by its loudness: it is not among them.
"""

import argparse
import multiprocessing
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NoReturn

import numpy as np

from benchmarks.rendering import methods, shelf
from demo.footage import frame_numbers
from media.ffmpeg import probe
from renderers.sequence import Sequence

FIRST_GOAL = 30  # times less than one filter_complex from the originals
MOST_SELECTED = 100  # spans in one expression of ffmpeg 5.1
SYNC_MS = 5.0  # between picture and sound, over an hour
_CLOSE = 2000  # samples: a click sounds on for so long

FULL, MASTER = "filter_complex 1080p", "ours, master from originals"
METHODS: dict[str, tuple[methods.Method, str]] = {
    "ours, copied from all-intra": (methods.copied, "filter_complex 540p"),
    "ours, from browser proxies": (methods.from_browser, "filter_complex 540p"),
    "filter_complex 540p": (methods.filters, ""),
    "select/aselect 540p": (methods.selected, "filter_complex 540p"),
    MASTER: (methods.master, FULL),
    FULL: (methods.filters_full, ""),
}


@dataclass(frozen=True)
class Row:
    """What a method took, and what is wrong with what it made."""

    cpu: float
    wall: float
    megabytes: float
    frames: int
    wrong: int
    samples: int
    late: float  # ms


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="60 events, ours and filter_complex")
    parser.add_argument("--check", action="store_true", help="exit 1 when a goal is missed")
    parser.add_argument("--events", type=int, nargs="*", default=[60, 200])
    parser.add_argument("--runs", type=int, default=3, help="of what takes little")
    parser.add_argument("--hour", action="store_true", help="an hour of copied frames, alone")
    parser.add_argument("--method", help="only those with this in their name")
    options = parser.parse_args()
    originals = shelf.shelf()
    names = [name for name in METHODS if not options.method or options.method in name]
    if options.quick:
        names = ["filter_complex 540p", "ours, copied from all-intra"]
    missed = _hour(originals) if options.hour else []
    if options.hour:
        options.events = []
    cuts = [shelf.cut(originals, count) for count in ([60] if options.quick else options.events)]
    if not options.quick and not options.hour:
        cuts.append(shelf.interviews(originals))
    for cut in cuts:
        missed += _table(cut, names, options)
    print("missed: " + "; ".join(missed) if missed else "all goals reached")
    return int(options.check and bool(missed))


def _table(cut: Sequence, names: list[str], options: argparse.Namespace) -> list[str]:
    """One row for each method; what is missed."""
    missed: list[str] = []
    count = len(cut.events)
    print(f"\n{count} events, {cut.duration} frames")
    print(f"{'method':32}{'CPU s':>8}{'less':>7}{'wall s':>8}{'MB':>7}"
          f"{'frames':>8}{'wrong':>7}{'samples':>9}{'late ms':>9}")  # fmt: skip
    rows: dict[str, Row] = {}
    for name in sorted(names, key=lambda name: bool(METHODS[name][1])):  # baselines first
        if name.startswith("select") and count > MOST_SELECTED:
            print(f"{name:32} refused by ffmpeg: its expression is too long")
            continue
        row = rows[name] = _row(name, cut, options)
        against = rows.get(METHODS[name][1])
        less = f"{against.cpu / row.cpu:.1f}" if against else ""
        print(f"{name:32}{row.cpu:8.2f}{less:>7}{row.wall:8.1f}{row.megabytes:7.0f}"
              f"{row.frames:8}{row.wrong:7}{row.samples:+9}{row.late:9.1f}")  # fmt: skip
        sys.stdout.flush()
        if name.startswith("ours") and (row.wrong or row.samples):
            missed.append(f"{name}: {row.wrong} frames and {row.samples} samples wrong")
    if {FULL, MASTER} <= rows.keys() and rows[FULL].cpu < rows[MASTER].cpu:
        missed.append(f"{count} events: the master takes more than filter_complex")
    if not {"filter_complex 540p", "ours, copied from all-intra"} <= rows.keys():
        return missed
    first = rows["filter_complex 540p"].cpu / rows["ours, copied from all-intra"].cpu
    if first < FIRST_GOAL:
        missed.append(f"{count} events: {first:.1f} times less CPU, not {FIRST_GOAL}")
    return missed


def _hour(originals: list[Path]) -> list[str]:
    """An hour of copied frames: every click, and one picture a minute. What is missed."""
    cut = shelf.hour(originals)
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "movie.mp4"
        cpu, _, _ = _used(lambda: methods.copied(cut, target))
        late, wrong = _late(cut, target), 0
        for minute in range(59):
            frame = 1500 * minute + 700
            event = next(e for e in cut.events if e.record_in <= frame < e.record_out)
            found = _one(target, (frame - Fraction(1, 2)) / cut.rate, Path(folder))
            wrong += found != frame - event.record_in
    print(f"an hour: {cpu:.1f} CPU s, {cut.duration} frames, {wrong} of 59 pictures wrong, "
          f"clicks late by {late:.2f} ms (goal {SYNC_MS:.0f})")  # fmt: skip
    return ["an hour in step"] if wrong or late > SYNC_MS else []


def _one(path: Path, at: Fraction, folder: Path) -> int | None:
    """The number in the picture at a time."""
    single = folder / "one.mp4"
    command = ["ffmpeg", "-v", "error", "-y", "-ss", f"{float(at):.6f}", "-i", str(path)]
    subprocess.run([*command, "-map", "0:v:0", "-frames:v", "1", str(single)], check=True)
    return frame_numbers(single)[0]


def _row(name: str, cut: Sequence, options: argparse.Namespace) -> Row:
    runs = options.runs if "copied" in name and not options.quick else 1
    with tempfile.TemporaryDirectory() as folder:
        found = []
        for run in range(runs):
            target = Path(folder) / str(run) / "movie.mp4"
            target.parent.mkdir()
            found.append(_used(lambda target=target: METHODS[name][0](cut, target)))
        cpu, wall, memory = (statistics.median(each) for each in zip(*found, strict=True))
        return Row(cpu, wall, memory, *_wrong(cut, target))


def _used(work: Callable[[], None]) -> tuple[float, float, float]:
    """CPU seconds, wall seconds and MB of `work` and all its processes, in a process of its own."""
    mine, theirs = multiprocessing.get_context("fork").Pipe()
    started = time.monotonic()
    child = os.fork()
    if not child:
        _work_apart(work, theirs)
    theirs.close()
    most = 0.0
    while not mine.poll(0.05):
        most = max(most, _memory(child))
    cpu = mine.recv()
    os.waitpid(child, 0)
    return cpu, time.monotonic() - started, most


def _work_apart(work: Callable[[], None], told: Connection) -> NoReturn:
    os.setpgid(0, 0)
    before = resource.getrusage(resource.RUSAGE_SELF)
    try:
        work()
        after = resource.getrusage(resource.RUSAGE_SELF)
        below = resource.getrusage(resource.RUSAGE_CHILDREN)
        own = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        told.send(own + below.ru_utime + below.ru_stime)
    except Exception:  # noqa: BLE001 - the end of this process: said, and its parent ends too
        traceback.print_exc()
    os._exit(0)


def _memory(group: int) -> float:
    """MB that the processes of a group hold, without what they share with others' files."""
    total = 0
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and os.getpgid(int(entry.name)) == group:
                lines = (entry / "status").read_text().splitlines()
                total += sum(int(line.split()[1]) for line in lines if line.startswith("RssAnon"))
        except (OSError, ProcessLookupError):
            continue
    return total / 1000


def _wrong(cut: Sequence, path: Path) -> tuple[int, int, int, float]:
    """Frames, wrong frames, samples too many or too few, and how late clicks are at most."""
    planned = [e.in_frame + n for e in cut.events for n in range(e.duration)]
    shown = frame_numbers(path)
    wrong = sum(a != b for a, b in zip(planned, shown, strict=False))
    wrong += abs(len(planned) - len(shown))
    audio = next(s for s in probe(path)["streams"] if s["codec_type"] == "audio")
    length = audio["duration_ts"] * Fraction(audio["time_base"]) * 48000
    return len(shown), wrong, round(length - cut.duration / cut.rate * 48000), _late(cut, path)


def _late(cut: Sequence, path: Path) -> float:
    command = ["ffmpeg", "-v", "error", "-i", str(path), "-map", "0:a", "-f", "s16le", "-"]
    raw = subprocess.run(command, capture_output=True, check=True).stdout
    loud = np.flatnonzero(np.abs(np.frombuffer(raw, np.int16).astype(int)[::2]) > 4000)
    heard = loud[np.diff(loud, prepend=-_CLOSE * 2) > _CLOSE]
    wanted = [
        (event.record_in + frame - event.in_frame) / cut.rate * 48000
        for event in cut.events
        for frame in range(0, shelf.FRAMES, shelf.EVERY)
        if event.in_frame < frame < event.out_frame - 1
    ]
    clear = [w for before, w in zip([-9e9, *wanted], wanted, strict=False) if w - before > 3 * 1920]
    return max(float(np.abs(heard - float(w)).min()) for w in clear) / 48


if __name__ == "__main__":
    raise SystemExit(main())
