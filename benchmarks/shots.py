"""Shot detection against films whose transitions are known, beside PySceneDetect and scdet.

    pip install --no-deps -r benchmarks/requirements.txt
    python -m benchmarks.shots [--quick] [--check] [--seeds N] [CLIP …]

Three kinds of film (benchmarks/scenes.py): hard cuts; cuts with dissolves, fades and wipes;
cuts with flashes, shaking, whip pans and speed. The scenes are generated, or cut from the clips
that are named, none of which may have a cut in it. A transition is found when one boundary is
at most two frames off it; CPU is that of the detection alone, against the proxy's encode.
"""

import argparse
import re
import resource
import subprocess
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from benchmarks import scenes
from config.settings import load
from indexers.pictures.features import measure
from indexers.shots import boundaries

GOALS = {"cuts": 0.98, "gradual": 0.90, "trouble": 0.95}
CPU_GOAL = 0.05  # of the proxy's encode of the same footage at 1080p
FIRST_SEED = 1000  # the detector was built on others

Detector = Callable[[Path], list[int]]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clips", nargs="*", type=Path)
    parser.add_argument("--quick", action="store_true", help="one short film of each kind")
    parser.add_argument("--check", action="store_true", help="exit 1 when a goal is missed")
    parser.add_argument("--seeds", type=int, default=4)
    options = parser.parse_args()
    seeds, count = (1, 10) if options.quick else (options.seeds, 26)
    totals: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(FIRST_SEED, FIRST_SEED + seeds):
            for kind in GOALS:
                film = _film(kind, options.clips, count, np.random.default_rng(seed))
                path = scenes.write(film, Path(folder) / "film.mp4")
                for name, detect in DETECTORS.items():
                    counted = scenes.score(film.truths, detect(path))
                    totals[name, kind] = [
                        a + b for a, b in zip(totals[name, kind], counted, strict=True)
                    ]
        part = _cpu(Path(folder))
    return _report(totals, part, options.check)


def ours(path: Path) -> list[int]:
    return boundaries(measure(scenes.blocks(path)), load().shots, camera=False)


def scdet(path: Path) -> list[int]:
    """At its default threshold of 10."""
    command = ["ffmpeg", "-nostdin", "-i", str(path), "-vf", "scdet=t=10", "-f", "null", "-"]
    log = subprocess.run(command, capture_output=True, check=True).stderr.decode()
    return [round(float(t) * scenes.RATE) for t in re.findall(r"lavfi\.scd\.time: ([\d.]+)", log)]


def pyscenedetect(name: str) -> Detector:
    def detect(path: Path) -> list[int]:
        import scenedetect

        found = scenedetect.detect(str(path), getattr(scenedetect, name)(min_scene_len=3))
        return [scene[0].get_frames() for scene in found[1:]]

    return detect


DETECTORS: dict[str, Detector] = {
    "ours": ours,
    "scdet": scdet,
    "PySceneDetect Content": pyscenedetect("ContentDetector"),
    "PySceneDetect Adaptive": pyscenedetect("AdaptiveDetector"),
}


def _film(kind: str, clips: Sequence[Path], count: int, random: np.random.Generator) -> scenes.Film:
    lively = kind == "trouble"
    source = scenes.generated(random, lively)
    if clips:
        source = scenes.clipped(clips, random, lively)
    return (scenes.mixed if kind == "gradual" else scenes.cuts)(source, count, random)


def _cpu(folder: Path) -> float:
    """CPU of our detection over that of the proxy's encode, for 10 s of 1080p."""
    source = folder / "1080.mp4"
    film = scenes.cuts(scenes.generated(np.random.default_rng(1)), 5, np.random.default_rng(1))
    small = scenes.write(film, folder / "small.mp4")
    _run("-i", str(small), "-vf", "scale=1920:1080", "-c:v", "libx264", "-preset", "ultrafast",
         "-b:v", "50M", str(source))  # fmt: skip
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    _run("-i", str(source), "-vf", "scale=-2:540", "-c:v", "libx264", "-preset", "veryfast",
         str(folder / "proxy.mp4"))  # fmt: skip
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    encode = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    pictures = list(scenes.blocks(source))
    started = time.process_time()
    boundaries(measure(pictures), load().shots, camera=False)
    return (time.process_time() - started) / encode


def _run(*arguments: str) -> None:
    subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-y", *arguments], check=True)


def _report(totals: dict[tuple[str, str], list[int]], part: float, check: bool) -> int:
    print(f"{'F1':24}" + "".join(f"{kind:>24}" for kind in GOALS))
    scores = {key: 2 * h / max(1, 2 * h + m + w) for key, (h, m, w) in totals.items()}
    for name in DETECTORS:
        cells = [
            f"{scores[name, kind]:.3f} ({m} missed, {w} wrong)"
            for kind in GOALS
            for _, m, w in [totals[name, kind]]
        ]
        print(f"{name:24}" + "".join(f"{cell:>24}" for cell in cells))
    print(f"CPU of our detection: {part:.1%} of the proxy's encode (goal {CPU_GOAL:.0%})")
    missed = [f"{kind} {scores['ours', kind]:.3f} < {goal}" for kind, goal in GOALS.items()
              if scores["ours", kind] < goal]  # fmt: skip
    missed += [f"CPU {part:.1%} > {CPU_GOAL:.0%}"] if part > CPU_GOAL else []
    print("missed: " + "; ".join(missed) if missed else "all goals reached")
    return int(check and bool(missed))


if __name__ == "__main__":
    raise SystemExit(main())
