"""What is done to a watched folder, and what is measured of it.

Each scenario gets a Bench and returns figures: seconds, counts, megabytes, processor seconds.
"""

import os
import random
import shutil
import statistics
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.watching.targets import Figures, Missing, Target
from benchmarks.watching.urgent import urgent as behind_bulk

HOSTILE = [
    b"\xe6\x96\xb0\xe9\x97\xbb \xe7\xb4\xa0\xe6\x9d\x90", "🎬 take".encode(), b"new\nline",
    b"trailing  ", b"x" * 240, b"e\xcc\x81", b"\xc3\xa9", b"gbk \xd0\xc2\xce\xc5", b"\xff",
    b"-rf $(x) `;'\"",
]  # fmt: skip


@dataclass(frozen=True)
class Bench:
    """One run of one scenario."""

    target: str
    home: Path  # an empty folder for everything
    movie: bytes  # a small whole MP4
    seed: int
    quick: bool

    @property
    def drop(self) -> Path:
        """The watched folder."""
        return self.home / "drop"

    def start(self, poll: float = 0.0, drop: Path | None = None) -> Target:
        """The target, watching."""
        self.drop.mkdir(parents=True, exist_ok=True)
        return Target(self.target, self.home / "state of target", drop or self.drop, poll)

    def write(self, path: str, back: Path | None = None) -> float:
        """Write a movie, through the watched folder or behind it; when it was closed."""
        target = (back or self.drop) / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(self.movie)
        return time.monotonic()


def latency(bench: Bench, poll: float = 0.0) -> Figures:
    """Files one after another: from the close to noticed (ours: queued, proven complete)."""
    count, chance = (15 if bench.quick else 60), random.Random(bench.seed)
    pause = (poll or 0.4, 2 * poll or 0.8)
    with bench.start(poll) as target:
        time.sleep(2 * poll)
        closed = {}
        for number in range(count if not poll else count // 3):
            path = f"story{number % 3}/a{number}.mp4"
            closed[path] = bench.write(path)
            time.sleep(chance.uniform(*pause))
        lost = target.wait(set(closed), 20)
        waits = sorted(target.noticed[path] - closed[path] for path in closed if path not in lost)
    return {"files": len(closed), "lost": len(lost), **_spread(waits)}


def polled(bench: Bench) -> Figures:
    """The same, looked at every 5 seconds."""
    return latency(bench, 5.0)


def burst(bench: Bench, count: int) -> Figures:
    """Very many small files as fast as they can be written: until the last one is noticed."""
    with bench.start() as target:
        paths, began = set(), time.monotonic()
        for number in range(count):
            path = f"burst/{number // 500}/f{number}.mp4"
            bench.write(path)
            paths.add(path)
        closed = time.monotonic()
        lost = target.wait(paths, 20 + count / 50)
        ended = max(target.noticed.values(), default=closed)
        twice = sum(times > 1 for times in target.times.values())
    return {
        "files": count, "writing s": closed - began, "lost": len(lost), "twice": twice,
        "after last close s": max(0.0, ended - closed),
    }  # fmt: skip


def burst_10k(bench: Bench) -> Figures:
    """10,000 files."""
    return burst(bench, 1_000 if bench.quick else 10_000)


def burst_50k(bench: Bench) -> Figures:
    """50,000 files."""
    return burst(bench, 2_000 if bench.quick else 50_000)


def trees(bench: Bench) -> Figures:
    """A tree of 1,920 files in 64 folders by cp, mv, tar and rsync: how many are missed.

    The seed chooses how the files lie in the folders, and how deep.
    """
    figures: Figures = {}
    for way in ("cp", "mv", "tar", "rsync"):
        if shutil.which(way) is None:
            figures[f"{way} lost"] = "not installed"
            continue
        once = Bench(bench.target, bench.home / way, bench.movie, bench.seed, bench.quick)
        figures[f"{way} lost"], figures[f"{way} s"] = _tree(once, way)
    return figures


def _tree(bench: Bench, way: str) -> tuple[float, float]:
    source = bench.home / "source"
    count, chance = (320 if bench.quick else 1_920), random.Random(bench.seed)
    folders = [f"d{n}/" + "e/" * chance.randrange(4) for n in range(64)]
    names = [f"card/{chance.choice(folders)}f{n}.mp4" for n in range(count)]
    for name in names:
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_bytes(bench.movie)
    drop = bench.drop / "story"
    with bench.start() as target:
        drop.mkdir()
        time.sleep(1)
        commands = {
            "cp": ["cp", "-r", f"{source}/card", f"{drop}/"],
            "mv": ["mv", f"{source}/card", f"{drop}/"],
            "tar": ["sh", "-c", f"tar -C '{source}' -c card | tar -C '{drop}' -x"],
            "rsync": ["rsync", "-a", f"{source}/card", f"{drop}/"],
        }
        subprocess.run(commands[way], check=True)
        done = time.monotonic()
        lost = target.wait({f"story/{name}" for name in names}, 25)
        return len(lost), max(0.0, max(target.noticed.values(), default=done) - done)


def stalls(bench: Bench) -> Figures:
    """Writers that pause 1, 7 and 30 s with half a file: how many are told before the end."""
    pauses = [1.0, 7.0] if bench.quick else [1.0, 7.0, 30.0]
    ends: dict[str, float] = {}

    def write(pause: float) -> None:
        path, half = f"stalled{pause:g}.mp4", len(bench.movie) // 2
        with (bench.drop / path).open("wb") as file:
            file.write(bench.movie[:half])
            file.flush()
            time.sleep(pause)
            file.write(bench.movie[half:])
        ends[path] = time.monotonic()

    with bench.start() as target:
        writers = [threading.Thread(target=write, args=(pause,)) for pause in pauses]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        lost = target.wait(set(ends), 30)
        early = [p for p, end in ends.items() if p not in lost and target.noticed[p] < end]
    return {"files": len(ends), "lost": len(lost), "told while half": len(early)}


def hostile(bench: Bench) -> Figures:
    """Names that are not UTF-8, with newlines, of 244 bytes, NFC and NFD: how many are missed."""
    with bench.start() as target:
        paths = set()
        for name in HOSTILE:
            path = "story/" + os.fsdecode(name + b".mp4")
            bench.write(path)
            paths.add(path)
        bench.write("story/last.mp4")
        lost = target.wait({*paths, "story/last.mp4"}, 30)
    return {"files": len(paths) + 1, "lost": len(lost)}


def idle(bench: Bench, count: int, poll: float) -> Figures:
    """Nothing happens in a large folder: memory over that of an empty one, processor time."""
    with bench.start(poll) as target:
        time.sleep(3 * poll + 2)
        base = target.memory()
    _fill(bench.drop, count)
    seconds = 20 if bench.quick else 120
    with bench.start(poll) as target:
        _until_quiet(target, poll)
        begun, cpu = time.monotonic(), target.cpu()
        time.sleep(seconds)
        share = (target.cpu() - cpu) / (time.monotonic() - begun)
        path = f"s0/d0/new{time.monotonic_ns()}.mp4"
        closed = bench.write(path)
        lost = target.wait({path}, 120)
        return {
            "files": count, "over base MB": target.memory() - base, "CPU %": 100 * share,
            "CPU s per sweep": share * poll, "learning CPU s": cpu,
            "new file s": "lost" if lost else target.noticed[path] - closed,
        }  # fmt: skip


def idle_100k(bench: Bench) -> Figures:
    """100,000 files, the kernel's events."""
    return idle(bench, 10_000 if bench.quick else 100_000, 0.0)


def idle_1m(bench: Bench) -> Figures:
    """1,000,000 files, the kernel's events."""
    return idle(bench, 10_000 if bench.quick else 1_000_000, 0.0)


def polling_100k(bench: Bench) -> Figures:
    """100,000 files, looked at every 5 seconds."""
    return idle(bench, 10_000 if bench.quick else 100_000, 5.0)


def polling_1m(bench: Bench) -> Figures:
    """1,000,000 files, looked at every 5 seconds."""
    return idle(bench, 10_000 if bench.quick else 1_000_000, 5.0)


def flaps(bench: Bench) -> Figures:
    """The disk (a loop-mounted image) goes away and comes back: told again, and deaf afterwards?"""
    image = bench.home / "image"
    with image.open("wb") as file:
        file.truncate(64 * 1024 * 1024)
    _root("mkfs.ext4", "-q", str(image))
    return _flap(bench, ("mount", "-o", "loop", str(image), str(bench.drop)), bench.drop)


def flaps_shared(bench: Bench) -> Figures:
    """The same of a share that another host writes to (bindfs)."""
    back = bench.home / "back"
    back.mkdir()
    return _flap(bench, ("bindfs", str(back), str(bench.drop)), back)


def _flap(bench: Bench, mount: tuple[str, ...], back: Path) -> Figures:
    """`back`: where the files are written."""
    times = 3 if bench.quick else 20
    bench.drop.mkdir(parents=True)
    _root(*mount)
    try:
        with bench.start() as target:
            paths = {f"story/a{number}.mp4" for number in range(10)}
            for path in paths:
                bench.write(path, back)
            target.wait(paths, 60)
            for _ in range(times):
                _root("umount", "--lazy", str(bench.drop))
                time.sleep(1)
                _root(*mount)
                time.sleep(1)
            closed = bench.write("story/after.mp4", back)
            lost = target.wait({*paths, "story/after.mp4"}, 60)
            seen = target.noticed.get("story/after.mp4", closed + 60) - closed
            twice = sum(count > 1 for count in target.times.values())
    finally:
        _root("umount", "--lazy", str(bench.drop))
    return {"flaps": times, "lost": len(lost), "twice": twice, "new file s": seen}


def shared(bench: Bench) -> Figures:
    """Another host writes to the share (the back side of bindfs): how many are missed."""
    back = bench.home / "back"
    back.mkdir()
    bench.drop.mkdir()
    _root("bindfs", str(back), str(bench.drop))
    try:
        with bench.start() as target:
            writer = Bench(bench.target, bench.home / "w", bench.movie, bench.seed, bench.quick)
            closed = {}
            for number in range(10):
                name = f"story/a{number}.mp4"
                (back / name).parent.mkdir(exist_ok=True)
                (back / name).write_bytes(writer.movie)
                closed[name] = time.monotonic()
                time.sleep(0.5)
            lost = target.wait(set(closed), 30)
            waits = [target.noticed[name] - closed[name] for name in closed if name not in lost]
    finally:
        _root("umount", "--lazy", str(bench.drop))
    return {"files": len(closed), "lost": len(lost), **_spread(sorted(waits))}


def killed(bench: Bench) -> Figures:
    """SIGKILL with 300 files that were noticed: watching again after, told twice, lost."""
    with bench.start() as target:
        paths = {f"story/a{number}.mp4" for number in range(30 if bench.quick else 300)}
        for path in paths:
            bench.write(path)
        target.wait(paths, 60)
        target.kill()
        bench.write("story/meanwhile.mp4")
        begun = time.monotonic()
        target.start()
        lost = target.wait({"story/meanwhile.mp4"}, 30)
        time.sleep(2)
        again = target.noticed.get("story/meanwhile.mp4", begun) - begun
        twice = sum(count > 1 for count in target.times.values())
    return {"files": len(paths), "watching again s": again, "lost": len(lost), "twice": twice}


def urgent(bench: Bench) -> Figures:
    """One file of breaking news behind 500 of the bulk, with the whole service at work."""
    if bench.target != "ours":
        raise Missing("it notices files, and runs nothing")
    return behind_bulk(bench.home, 50 if bench.quick else 500)


SCENARIOS: dict[str, Callable[[Bench], Figures]] = {
    "latency": latency, "polled": polled, "burst-10k": burst_10k, "burst-50k": burst_50k,
    "trees": trees, "stalls": stalls, "hostile": hostile, "killed": killed, "shared": shared,
    "flaps": flaps, "flaps-shared": flaps_shared, "urgent": urgent,
    "polling-100k": polling_100k, "idle-100k": idle_100k,
    "polling-1m": polling_1m, "idle-1m": idle_1m,
}  # fmt: skip


def _spread(waits: list[float]) -> Figures:
    if not waits:
        return {"p50 s": "-", "p99 s": "-"}
    last = waits[min(len(waits) - 1, int(0.99 * len(waits)))]
    return {"p50 s": statistics.median(waits), "p99 s": last}


def _fill(drop: Path, count: int) -> None:
    """Empty pictures, 100 in a folder: they are seen and left alone, as most of an archive is."""
    for folder in range(count // 100):
        path = drop / f"s{folder // 100}" / f"d{folder % 100}"
        path.mkdir(parents=True, exist_ok=True)
        for number in range(100):
            os.close(os.open(path / f"f{number:03}.jpg", os.O_CREAT))


def _until_quiet(target: Target, poll: float) -> None:
    """Wait until it has looked at everything: it uses little, and as much as a moment ago."""
    end, before, seconds = time.monotonic() + 300, 1.0, 3 * poll + 5
    while time.monotonic() < end:
        cpu = target.cpu()
        time.sleep(seconds)
        rate = (target.cpu() - cpu) / seconds
        if rate < 0.5 and abs(rate - before) < 0.005 + rate / 4:
            return
        before = rate


def _root(*command: str) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise Missing(f"{command[0]} is missing or needs root that may mount ({error})") from error
