"""Mutated headers and payloads of ten containers and eight kinds of pictures: none may hang or
break a worker.

    python -m benchmarks.fuzz [--quick] [--check] [--count N] [--seed N]

A picture goes through the stages checksum, probe and scan. Every other file is probed as the probe
stage does, and one in ten is scanned as well. A file must end as footage or as Rejected, with one
sentence that begins with its name, within the time limit.
"""

import argparse
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from benchmarks.drop import dropped, keep
from config.settings import load
from demo.footage import Recording, make
from indexers import probe
from indexers.checksum import Checksum
from indexers.decoding import Decoding
from indexers.encodes import Proxies
from indexers.probe import Probe
from indexers.scan import Scan, decode
from media import imagefiles
from media.errors import Rejected
from media.original import Original

LIMIT = 60.0  # seconds for one file of two seconds; the machine may be loaded
SCANNED = 10  # one in so many
_H264 = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p"
CONTAINERS = (
    Recording("a.mp4", frames=30), Recording("a.mov", frames=12), Recording("a.mxf", frames=25),
    Recording("a.mkv", frames=30), Recording("a.wav", frames=25), Recording("a.m4a", frames=25),
    Recording("a.mp3", frames=25), Recording("b.mov", frames=25, video=_H264),
    Recording("b.mxf", frames=12, video="-c:v dnxhd -profile:v dnxhr_lb -pix_fmt yuv422p"),
    Recording("b.mkv", frames=25, video="-c:v mjpeg -q:v 5 -pix_fmt yuvj420p"),
)  # fmt: skip

PICTURES = ("p.jpg", "p.png", "p.tif", "p.webp", "p.bmp", "p.jp2", "p.dpx", "p.exr")

Mutation = Callable[[bytearray, np.random.Generator], bytearray]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="100 files")
    parser.add_argument(
        "--check", action="store_true", help="exit 1 when a file is not refused well"
    )
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    count = 100 if options.quick else options.count
    with tempfile.TemporaryDirectory() as folder:
        outcomes, faults, slowest = attack(Path(folder), count, options.seed, PICTURES)
    print(f"{count} files: " + ", ".join(f"{n} {what}" for what, n in outcomes.most_common()))
    print(f"slowest {slowest:.1f} s; {len(faults)} faults")
    for fault in faults:
        print("  " + fault)
    return int(options.check and bool(faults))


def attack(
    folder: Path, count: int, seed: int, pictures: Sequence[str] = ()
) -> tuple[Counter[str], list[str], float]:
    """Outcomes, what went wrong, and the slowest file's seconds."""
    originals = [make(recording, folder / "whole").read_bytes() for recording in CONTAINERS]
    originals += [_picture(folder / "whole" / name).read_bytes() for name in pictures]
    names = [*(recording.name for recording in CONTAINERS), *pictures]
    outcomes: Counter[str] = Counter()
    faults, slowest = [], 0.0
    for number in range(count):
        random = np.random.default_rng((seed, number))
        which = number % len(names)
        path = folder / f"{number}{Path(names[which]).suffix}"
        path.write_bytes(mutated(originals[which], random))
        started = time.monotonic()
        try:
            outcomes[_judge(path, scan=number // len(names) % SCANNED == 0)] += 1
        except Exception as error:  # noqa: BLE001 - what must never happen, counted
            faults.append(f"{path.name} (seed {seed}): {type(error).__name__}: {error}")
        took = time.monotonic() - started
        slowest = max(slowest, took)
        path.unlink()
    return outcomes, faults, slowest


def mutated(whole: bytes, random: np.random.Generator) -> bytes:
    """One to three mutations on end."""
    data = bytearray(whole)
    for _ in range(random.integers(1, 4)):
        data = MUTATIONS[random.integers(len(MUTATIONS))](data, random)
    return bytes(data)


def _flip_header(data: bytearray, random: np.random.Generator) -> bytearray:
    for at in random.integers(0, min(len(data), 2048), random.integers(1, 24)):
        data[at] ^= 1 << random.integers(8)
    return data


def _flip_anywhere(data: bytearray, random: np.random.Generator) -> bytearray:
    for at in random.integers(0, max(1, len(data)), random.integers(1, 200)):
        data[at] ^= 1 << random.integers(8)
    return data


def _extreme(data: bytearray, random: np.random.Generator) -> bytearray:
    """A size, a count or a rate of nothing, everything or less than nothing."""
    ends = [random.integers(0, min(len(data), 4096)), random.integers(0, len(data))]
    at = int(ends[random.integers(2)])
    value = [b"\0\0\0\0", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\x80\0\0\0"]
    data[at : at + 4] = value[random.integers(4)]
    return data


def _cut_off(data: bytearray, random: np.random.Generator) -> bytearray:
    return data[: max(1, int(len(data) * random.random()))]


def _blank(data: bytearray, random: np.random.Generator) -> bytearray:
    at, size = int(random.integers(0, len(data))), int(random.integers(1, 20_000))
    data[at : at + size] = bytes(len(data[at : at + size]))
    return data


def _shuffled(data: bytearray, random: np.random.Generator) -> bytearray:
    at, size = int(random.integers(0, len(data))), int(random.integers(1, 5_000))
    to = int(random.integers(0, len(data)))
    return data[:to] + data[at : at + size] + data[to:]


MUTATIONS: tuple[Mutation, ...] = (
    _flip_header, _flip_header, _flip_anywhere, _extreme, _extreme, _cut_off, _blank, _shuffled,
)  # fmt: skip


def _judge(path: Path, scan: bool) -> str:
    """What became of it. Raises RuntimeError for a bad sentence, and what probe raises."""
    original = Original(path)
    try:
        if path.suffix in imagefiles.SUFFIXES:
            return _shown(path)
        answer = probe.ask(original)
        footage = probe.read(answer, path)
        if not scan:
            return "probed"
        with tempfile.TemporaryDirectory() as scratch:
            settings = load()
            video = probe.picture(answer)
            sounds = tuple((0, int(s["index"]), int(s["channels"])) for s in probe.sound(answer))
            plan = Decoding(
                original, Path(scratch), footage, int(video["index"]) if video else None, sounds,
                Proxies.of(settings), settings.shots,
            )  # fmt: skip
            decode(plan, LIMIT)
        return "scanned"
    except Rejected as error:
        if not str(error).startswith(path.name) or len(str(error).splitlines()) != 1:
            raise RuntimeError(f"no sentence about {path.name}: {error}") from error
        return "rejected"


def _picture(path: Path) -> Path:
    command = ["ffmpeg", "-v", "error", "-nostdin", "-f", "lavfi", "-i", "testsrc2=s=160x90"]
    subprocess.run([*command, "-frames:v", "1", str(path)], check=True)
    return path


def _shown(path: Path) -> str:
    """What becomes of a picture that is dropped."""
    with tempfile.TemporaryDirectory() as name, dropped(path, Path(name)) as work:
        for stage in (Checksum(), Probe(), Scan()):
            keep(work, stage.run(work))
    return "picture shown"


if __name__ == "__main__":
    raise SystemExit(main())
