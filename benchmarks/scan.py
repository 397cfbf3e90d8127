"""The one pass against the bare proxy encode and against the usual separate commands.

    python -m benchmarks.scan [--quick] [--check] [--seconds N]
    python -m benchmarks.scan --clock [--seconds N]

CPU seconds of the stages checksum, probe and scan, all children included, over those of
`ffmpeg -i in -vf scale=-2:540 -c:v libx264 -preset veryfast proxy.mp4`. Bytes that the disk gave,
over the size of the file: it is thrown out of the page cache before each stage, as the next files
of a backlog do with it. The sources are moving natural-spectrum scenes.

`--clock` asks the clock instead: hours of footage an hour on one core and on two, to which the
processes are bound, with as many scans at once as the cpu lane has on so many cores, and with one
and two. Only a quiet machine can answer that.
"""

import argparse
import multiprocessing
import os
import resource
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks import scenes
from benchmarks.drop import dropped, keep
from config.settings import load
from indexers.checksum import Checksum
from indexers.probe import Probe
from indexers.scan import Scan

CPU_GOAL, READ_GOAL = 1.10, 1.05
_H264 = "-c:v libx264 -preset superfast -b:v 50M -pix_fmt yuv420p -g 50"
_INTERLACED = "-c:v mpeg2video -b:v 50M -g 12 -bf 2 -flags +ildct+ilme -top 1 -pix_fmt yuv422p"


@dataclass(frozen=True)
class Source:
    """How a source is made."""

    name: str
    file: str
    options: str
    size: str = "1920:1080"


SOURCES = (
    Source("H.264 1080p25 50 Mb/s", "h264.mp4", f"{_H264} -c:a aac"),
    Source("ProRes 422", "prores.mov", "-c:v prores -profile:v 2 -c:a pcm_s16le"),
    Source("DNxHD 120 MXF", "dnxhd.mxf", "-c:v dnxhd -b:v 120M -pix_fmt yuv422p -c:a pcm_s16le"),
    Source("XDCAM 1080i50 MXF", "xdcam.mxf", f"{_INTERLACED} -c:a pcm_s16le"),
    Source("HEVC 2160p25", "uhd.mp4", "-c:v libx265 -preset ultrafast -x265-params "
           "log-level=error:crf=22 -pix_fmt yuv420p10le -c:a aac", "3840:2160"),
)  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="5 s of H.264 and XDCAM, once")
    parser.add_argument("--check", action="store_true", help="exit 1 when a goal is missed")
    parser.add_argument("--only", default="", help="sources whose name has this in it")
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--clock", action="store_true", help="by the clock, on one core and two")
    options = parser.parse_args()
    if options.clock:
        return _by_the_clock(options.seconds)
    chosen = (SOURCES[0], SOURCES[3]) if options.quick else SOURCES
    chosen = tuple(source for source in chosen if options.only in source.name)
    seconds, runs = (5, 1) if options.quick else (options.seconds, options.runs)
    missed = []
    print(f"{'source':24}{'bare CPU s':>11}{'one pass':>16}{'separate':>10}{'read':>7}{'h/h':>6}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        master = _master(folder, seconds)
        for source in chosen:
            path = _make(master, source, folder)
            row = _measure(path, runs)
            print(f"{source.name:24}{row.bare:11.1f}"
                  f"{row.ours:9.2f} ±{row.spread:5.2f}{row.separate:10.2f}{row.read:7.2f}"
                  f"{seconds / (row.bare * row.ours):6.1f}", flush=True)  # fmt: skip
            if row.ours > CPU_GOAL:
                missed.append(f"{source.name}: CPU {row.ours:.2f} > {CPU_GOAL}")
            if row.read > READ_GOAL:
                missed.append(f"{source.name}: read {row.read:.2f} > {READ_GOAL}")
            path.unlink()
    print("h/h: hours of footage an hour and core. Ratios are to the bare encode.")
    print("missed: " + "; ".join(missed) if missed else "all goals reached")
    return int(options.check and bool(missed))


@dataclass(frozen=True)
class Row:
    """CPU seconds of the bare encode; ratios to it; bytes read over the file's size."""

    bare: float
    ours: float
    spread: float
    separate: float
    read: float


def _measure(path: Path, runs: int) -> Row:
    bare, ours = [], []
    for _ in range(runs):  # in turn, so that a noisy minute falls on both
        bare.append(_cpu(lambda: _bare(path)))
        ours.append(_cpu(lambda: _ours(path)))
    base = statistics.median(bare)
    ratios = [cost / base for cost in ours]
    separate = _cpu(lambda: _separate(path)) / base
    read = _bytes_read(path) / path.stat().st_size
    return Row(base, statistics.median(ratios), max(ratios) - min(ratios), separate, read)


def _by_the_clock(seconds: int) -> int:
    """One source, by all that happens to it before speech; the files are in the page cache."""
    allowed = sorted(os.sched_getaffinity(0))
    print(f"{'source':24}{'cores':>6}{'scans':>6}{'h/h':>8}{'a core':>8}{'bare h/h':>10}")
    with tempfile.TemporaryDirectory() as name:
        path = _make(_master(Path(name), seconds), SOURCES[0], Path(name))
        for cores in range(1, min(2, len(allowed)) + 1):
            os.sched_setaffinity(0, allowed[:cores])  # children inherit it
            bare = seconds / _wall(partial(_bare, path))
            for scans in sorted({1, load().lanes.scans, cores}):
                speed = scans * seconds / _wall(partial(_at_once, path, scans))
                print(f"{SOURCES[0].name:24}{cores:6}{scans:6}{speed:8.1f}{speed / cores:8.1f}"
                      f"{bare:10.1f}", flush=True)  # fmt: skip
        os.sched_setaffinity(0, allowed)
    print(f"{load().lanes.scans} scans at once are what {len(allowed)} cores get if nobody says.")
    return 0


def _at_once(path: Path, scans: int) -> None:
    working = [multiprocessing.Process(target=_ours, args=(path,)) for _ in range(scans)]
    for one in working:
        one.start()
    for one in working:
        one.join()
        if one.exitcode:
            raise SystemExit(f"a scan ended with {one.exitcode}")


def _wall(work: Callable[[], None], runs: int = 3) -> float:
    """Seconds by the clock: the median."""
    taken = []
    for _ in range(runs):
        begun = time.monotonic()
        work()
        taken.append(time.monotonic() - begun)
    return statistics.median(taken)


def _ours(path: Path, *, cold: bool = False) -> None:
    """What happens to a new drop; `cold`: each stage finds nothing of it in the page cache."""
    with tempfile.TemporaryDirectory() as name, dropped(path, Path(name)) as work:
        for stage in (Checksum(), Probe(), Scan()):
            if cold:
                _forget(path)
            keep(work, stage.run(work))


def _bare(path: Path) -> None:
    _ffmpeg("-i", str(path), "-vf", "scale=-2:540", "-c:v", "libx264", "-preset", "veryfast",
            "-c:a", "aac", str(path.with_suffix(".proxy.mp4")))  # fmt: skip


def _separate(path: Path) -> None:
    """The usual commands, one after the other."""
    target = str(path.with_suffix(".out"))
    subprocess.run(["sha256sum", str(path)], check=True, capture_output=True)
    subprocess.run(["ffprobe", "-v", "error", "-show_streams", str(path)], check=True,
                   capture_output=True)  # fmt: skip
    _bare(path)
    detect = "scdet,blackdetect,freezedetect"
    _ffmpeg("-i", str(path), "-an", "-vf", detect, "-f", "null", "-")
    _ffmpeg("-i", str(path), "-vf", "fps=1,scale=320:-2", target + "%04d.jpg")
    _ffmpeg("-i", str(path), "-vn", "-ac", "1", "-ar", "16000", target + ".wav")
    _ffmpeg("-i", str(path), "-vn", "-af", "ebur128=peak=true,silencedetect", "-f", "null", "-")


def _ffmpeg(*arguments: str) -> None:
    command = ["ffmpeg", "-v", "error", "-nostdin", "-y", *arguments]
    subprocess.run(command, check=True)


def _cpu(work: Callable[[], None]) -> float:
    """Of this process and its children."""
    before = _used()
    work()
    return _used() - before


def _used() -> float:
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(use.ru_utime + use.ru_stime for use in map(resource.getrusage, who))


def _bytes_read(path: Path) -> int:
    """By this process and its children, from the disk; what else they read comes first."""
    _ours(path)
    before = _blocks()
    _ours(path, cold=True)
    return (_blocks() - before) * 512


def _blocks() -> int:
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(resource.getrusage(each).ru_inblock for each in who)


def _forget(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)  # only what is on the disk can be thrown away
    os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    os.close(descriptor)


def _master(folder: Path, seconds: int) -> Path:
    """Lively scenes, encoded well; every source is made from it."""
    random = np.random.default_rng(5)
    film = scenes.Film()
    source = scenes.generated(random)
    while len(film) < seconds * scenes.RATE:
        film.parts.append(source(int(random.integers(30, 90))))
    return scenes.write(film, folder / "master.mp4", crf=12)


def _make(master: Path, source: Source, folder: Path) -> Path:
    path = folder / source.file
    sound: Sequence[str] = ("-f", "lavfi", "-i", "sine=440:sample_rate=48000")
    interlace = ",setfield=tff" if "ildct" in source.options else ""
    _ffmpeg("-i", str(master), *sound, "-shortest", "-ac", "2",
            "-vf", f"scale={source.size}{interlace},noise=alls=4:allf=t",
            *source.options.split(), str(path))  # fmt: skip
    return path


if __name__ == "__main__":
    raise SystemExit(main())
