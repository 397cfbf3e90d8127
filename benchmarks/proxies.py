"""Profiles of proxies against each other: size, quality, seeking, CPU.

    python -m benchmarks.proxies [--quick] [--check] [--clips FOLDER]

Each clip (natural footage in FOLDER; without it, generated scenes) is made into a camera's
original, 1080p H.264 at 50 Mb/s, and each profile is encoded from that by the code that scan uses.
Quality is VMAF (imageio-ffmpeg has it) and SSIM against the original scaled to that size; a seek
is the CPU time to one picture at a random place beyond that to the first; CPU is over that of the
bare encode (`-vf scale=-2:540 -c:v libx264 -preset veryfast`). The last row but one makes `browser`
and `edit` from one decoding, as scan does. Goal of the ladder: 15:1 at VMAF 90.
"""

import argparse
import re
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from pathlib import Path

import ffmpeg
import numpy as np

from benchmarks import scenes
from catalog.models import Footage
from config.footage import Ladder, Profile, Rung
from config.settings import load
from indexers import encodes, probe
from indexers.encodes import Proxies, Streams
from indexers.shape import proxy_size
from media.original import Original

RATIO_GOAL, VMAF_GOAL, SSIM_GOAL, SEEK_GOAL = 15.0, 90.0, 0.97, 20.0
_SEEKS = 12
_OTHERS = {
    "540p veryfast, 1 s": Profile(preset="veryfast"),
    "540p superfast crf 26, 1 s": Profile(crf=26),
    "540p superfast, 10 s": Profile(key_seconds=10),
    "720p superfast, 1 s": Profile(height=720),
    "540p all-intra ultrafast crf 20": Profile(preset="ultrafast", crf=20, key_seconds=0),
    "540p all-intra ultrafast crf 26": Profile(preset="ultrafast", crf=26, key_seconds=0),
    "540p all-intra superfast crf 23": Profile(preset="superfast", key_seconds=0),
}


@dataclass(frozen=True)
class Row:
    """Of one profile and clip; `vmaf` is NaN where no ffmpeg has it."""

    mbit: float
    ratio: float
    vmaf: float
    ssim: float
    seek: float
    cpu: float


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="our own profiles, one clip, 3 s")
    parser.add_argument("--check", action="store_true", help="exit 1 when a goal is missed")
    parser.add_argument("--clips", type=Path, help="a folder of natural footage")
    parser.add_argument("--seconds", type=int, default=8, help="of each clip")
    options = parser.parse_args()
    seconds = 3 if options.quick else options.seconds
    chosen = _profiles(others=not options.quick)
    found: dict[str, list[Row]] = {name: [] for name in chosen}
    both: list[float] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for clip in _clips(options.clips, folder)[: 1 if options.quick else None]:
            original = _original(clip, folder / "original.mp4", seconds)
            footage = probe.read(probe.ask(Original(original)), original)
            bare = _cpu(lambda source=original: _bare(source, folder / "bare.mp4"))
            for label, profile in chosen.items():
                found[label].append(_measure(original, footage, profile, folder, bare))
                print(f"{clip.name} {label}: {found[label][-1]}", file=sys.stderr)
            together = partial(_both, original, footage, folder)
            both.append(_cpu(together) / bare)
    print(f"browser and edit from one decoding: {statistics.median(both):.2f} of the bare encode")
    return _report(found, options.check)


def _profiles(others: bool) -> dict[str, Profile]:
    """Our own, the highest rung of the ladder as if it were a file, and others."""
    settings = load()
    own: dict[str, Profile] = {}
    for name, profile in settings.profiles.items():
        if isinstance(profile, Profile):
            own[name] = profile
        else:
            for rung in profile.rungs:
                own[f"{name} {rung.height}p"] = _as_file(profile, rung)
    return own | (_OTHERS if others else {})


def _as_file(ladder: Ladder, rung: Rung) -> Profile:
    return Profile(
        height=rung.height, max_mbit=rung.max_mbit, crf=ladder.crf, preset=ladder.preset,
        key_seconds=ladder.segment_seconds,
    )  # fmt: skip


def _measure(original: Path, footage: Footage, profile: Profile, folder: Path, bare: float) -> Row:
    target = folder / ("made.mp4" if profile.plays else "made.mov")
    width, height = proxy_size(footage, profile.height)

    def encode() -> None:
        picture = ffmpeg.input(str(original)).video.filter("scale", width, height)
        made = encodes.output(Streams(picture, None, footage), profile, target, Proxies(profile))
        _run(*made.get_args())

    cpu = _cpu(encode) / bare
    seconds = float(footage.frames / footage.rate)
    vmaf, ssim = _quality(original, target, width, height)
    size = target.stat().st_size
    return Row(
        size * 8 / 1e6 / seconds, original.stat().st_size / size, vmaf, ssim,
        _seek(target, footage.rate, footage.frames), cpu,
    )  # fmt: skip


def _both(original: Path, footage: Footage, folder: Path) -> None:
    settings = load()
    made = []
    decoded = ffmpeg.input(str(original)).video.filter("scale", *proxy_size(footage, 540))
    copies = decoded.filter_multi_output("split")
    for number, name in enumerate(("browser", "edit")):
        profile = settings.profiles[name]
        assert isinstance(profile, Profile)
        shown = Streams(copies[number], None, footage)
        made.append(encodes.output(shown, profile, folder / f"both.{name}.mov", Proxies(profile)))
    _run(*ffmpeg.merge_outputs(*made).get_args())


def _quality(original: Path, made: Path, width: int, height: int) -> tuple[float, float]:
    # Picture n is compared with picture n, whatever the times of either file are rounded to.
    scaled = (
        f"[1:v]settb=1/25,setpts=N,scale={width}:{height}:flags=bicubic,format=yuv420p[r];"
        "[0:v]settb=1/25,setpts=N,format=yuv420p[d];"
    )
    inputs = ("-i", str(made), "-i", str(original))
    log = _said("ffmpeg", *inputs, "-lavfi", f"{scaled}[d][r]ssim", "-f", "null", "-")
    ssim = float(re.findall(r"All:([\d.]+)", log)[-1])
    if not (able := _with_vmaf()):
        return float("nan"), ssim
    log = _said(able, *inputs, "-lavfi", f"{scaled}[d][r]libvmaf=n_subsample=3", "-f", "null", "-")
    return float(re.findall(r"VMAF score: ([\d.]+)", log)[-1]), ssim


def _with_vmaf() -> str:
    """An ffmpeg that has libvmaf, or ""."""
    try:
        import imageio_ffmpeg
    except ImportError:
        return ""
    return str(imageio_ffmpeg.get_ffmpeg_exe())


def _seek(path: Path, rate: Fraction, frames: int) -> float:
    """Milliseconds of CPU to a random picture beyond those to the first, in the mean."""
    random = np.random.default_rng(7)
    places = [float((int(at) + 0.5) / rate) for at in random.integers(1, frames - 1, _SEEKS)]

    def show(at: float) -> None:
        _run("-threads", "1", "-ss", f"{at:.4f}", "-i", str(path), "-frames:v", "1",
             "-f", "null", "-")  # fmt: skip

    first = statistics.median(_cpu(lambda: show(0)) for _ in places)
    return 1000 * (statistics.mean(_cpu(lambda at=at: show(at)) for at in places) - first)


def _clips(folder: Path | None, scratch: Path) -> list[Path]:
    if folder:
        return sorted(path for path in folder.iterdir() if path.suffix in (".mp4", ".mov", ".webm"))
    film = scenes.cuts(scenes.generated(np.random.default_rng(3)), 4, np.random.default_rng(3))
    return [scenes.write(film, scratch / "film.mp4", crf=12)]


def _original(clip: Path, target: Path, seconds: int) -> Path:
    shape = "scale=1920:1080:force_original_aspect_ratio=decrease,pad=1920:1080:-1:-1,fps=25"
    _run("-i", str(clip), "-t", str(seconds), "-an", "-vf", shape, "-c:v", "libx264", "-preset",
         "superfast", "-b:v", "50M", "-pix_fmt", "yuv420p", "-g", "50", str(target))  # fmt: skip
    return target


def _bare(source: Path, target: Path) -> None:
    _run("-i", str(source), "-vf", "scale=-2:540", "-c:v", "libx264", "-preset", "veryfast",
         str(target))  # fmt: skip


def _run(*arguments: str) -> None:
    subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-y", *arguments], check=True)


def _said(program: str, *arguments: str) -> str:
    command = [program, "-nostdin", "-hide_banner", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stderr


def _cpu(work: Callable[[], None]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    work()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _report(found: dict[str, list[Row]], check: bool) -> int:
    print(f"{'profile':34}{'Mb/s':>7}{'ratio':>8}{'VMAF':>7}{'SSIM':>8}{'seek ms':>9}{'CPU':>7}")
    middle: dict[str, Row] = {}
    for name, rows in found.items():
        row = middle[name] = _median(rows)
        print(f"{name:34}{row.mbit:7.2f}{row.ratio:7.1f}:1{row.vmaf:7.1f}{row.ssim:8.4f}"
              f"{row.seek:9.1f}{row.cpu:7.2f}")  # fmt: skip
    print(f"medians of {len(rows)} clips; CPU over that of the bare encode")
    best = middle["abr 720p"]
    missed = []
    if best.ratio < RATIO_GOAL or (best.vmaf < VMAF_GOAL and best.ssim < SSIM_GOAL):
        missed.append(f"abr 720p: {best.ratio:.0f}:1 at VMAF {best.vmaf:.1f}, SSIM {best.ssim:.3f}")
    if middle["browser"].seek > SEEK_GOAL:
        missed.append(f"browser: seeks in {middle['browser'].seek:.0f} ms > {SEEK_GOAL:.0f}")
    print("missed: " + "; ".join(missed) if missed else "all goals reached")
    return int(check and bool(missed))


def _median(rows: Sequence[Row]) -> Row:
    columns = zip(*((r.mbit, r.ratio, r.vmaf, r.ssim, r.seek, r.cpu) for r in rows), strict=True)
    return Row(*(statistics.median(column) for column in columns))


if __name__ == "__main__":
    raise SystemExit(main())
