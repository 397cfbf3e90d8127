"""How fast and how surely new files are noticed, ours beside others.

    python -m benchmarks.watch [--target ours …] [--scenario latency …] [--seed 1 …] [--quick]

Prints one JSON line per scenario, target and seed, then a table; `--check` exits 1 when a goal of
ours is missed. watchfiles, chokidar and unmanic are installed into a cache of their own when they
are asked for. `flaps`, `flaps-shared` and `shared` mount, and need root. Other programs say that a
file is there as soon as they see it (unmanic: when it is queued); ours says so when it is complete,
accepted and queued.
"""

import argparse
import json
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.watching.scenarios import SCENARIOS, Bench
from benchmarks.watching.targets import NAMES, Figures, Missing

# Scenario → figure → the most that ours may have.
GOALS = {
    "latency": {"lost": 0, "p50 s": 0.5, "p99 s": 2},
    "polled": {"lost": 0, "p50 s": 6},
    "burst-10k": {"lost": 0, "twice": 0, "after last close s": 20},
    "burst-50k": {"lost": 0, "twice": 0},
    "trees": {"cp lost": 0, "mv lost": 0, "tar lost": 0, "rsync lost": 0},
    "stalls": {"lost": 0, "told while half": 0},
    "hostile": {"lost": 0},
    "killed": {"lost": 0, "twice": 0, "watching again s": 3},
    "shared": {"lost": 0},
    "flaps": {"lost": 0, "twice": 0, "new file s": 15},
    "flaps-shared": {"lost": 0, "twice": 0, "new file s": 15},
    "urgent": {"first stage s": 10, "heavy stage s": 10},
    "polling-100k": {"over base MB": 20, "CPU %": 2},
    "polling-1m": {"over base MB": 150, "CPU %": 2},
    "idle-100k": {"over base MB": 20, "CPU %": 2},
    "idle-1m": {"over base MB": 150, "CPU %": 2},
}
LONG = ("burst-50k", "polling-1m", "idle-1m")  # only when they are named


def main() -> int:
    """Run it; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--target", nargs="*", choices=NAMES, default=NAMES[:3])
    usual = [name for name in SCENARIOS if name not in LONG]
    parser.add_argument("--scenario", nargs="*", choices=list(SCENARIOS), default=usual)
    parser.add_argument("--seed", nargs="*", type=int, default=[1])
    parser.add_argument("--folder", type=Path, help="where to work; a local disk")
    parser.add_argument("--quick", action="store_true", help="small numbers, a minute or two")
    parser.add_argument("--check", action="store_true", help="exit 1 when a goal is missed")
    options = parser.parse_args()
    rows, missed = [], []
    for scenario in options.scenario:
        for target in options.target:
            for seed in options.seed:
                figures = measure(scenario, target, seed, options)
                rows.append((scenario, target, seed, figures))
                head = {"scenario": scenario, "target": target, "seed": seed}
                print(json.dumps(head | figures, ensure_ascii=False), flush=True)
                missed += misses(scenario, figures) if target == "ours" else []
    show(rows)
    for each in missed:
        print(f"missed: {each}")
    return 1 if options.check and missed else 0


def measure(scenario: str, target: str, seed: int, options: argparse.Namespace) -> Figures:
    """The figures of one run, or why there are none."""
    home = Path(tempfile.mkdtemp(prefix="stringout-watch-", dir=options.folder))
    try:
        bench = Bench(target, home, movie(home), seed, options.quick)
        return SCENARIOS[scenario](bench)
    except Missing as why:
        return {"not measured": str(why)}
    finally:
        shutil.rmtree(home, ignore_errors=True)


def movie(folder: Path) -> bytes:
    """A small whole MP4."""
    target = folder / "movie.mp4"
    source = ["-f", "lavfi", "-i", "testsrc2=s=64x64:d=0.2", "-preset", "ultrafast"]
    subprocess.run(["ffmpeg", "-v", "error", "-nostdin", *source, target], check=True)
    return target.read_bytes()


def misses(scenario: str, figures: Figures) -> list[str]:
    """The goals that ours has missed, in words."""
    found = []
    for name, most in GOALS[scenario].items():
        value = figures.get(name, "nothing")
        if not isinstance(value, int | float) or value > most:
            found.append(f"{scenario}: {name} is {value}, at most {most} was promised")
    return found


def show(rows: list[tuple[str, str, int, Figures]]) -> None:
    """One line per figure, the targets beside each other; the median over seeds is left to you."""
    console = Console(width=140)
    console.print(f"{platform.platform()}, Python {platform.python_version()}")
    table = Table("scenario", "target", "seed", "figures")
    for scenario, target, seed, figures in rows:
        said = ", ".join(f"{k} {v:.3g}" if isinstance(v, float) else f"{k} {v}"
                         for k, v in figures.items())  # fmt: skip
        table.add_row(scenario, target, str(seed), said)
    console.print(table)


if __name__ == "__main__":
    sys.exit(main())
