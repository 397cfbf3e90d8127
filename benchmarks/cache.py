"""The clip cache: which clips stay, and what a cut and its pictures cost from each tier.

    python -m benchmarks.cache [--quick] [--check]

1. Hit ratios of people's accesses over generated days of newsrooms (caching/traces.py), whose seeds
   the policy was not built on: ours, LRU (through which everything goes), LRU that leaves bulk
   work out, and the optimum (Belady: who is needed last goes first); and over two families of
   traces from the literature, which have no bulk work.
2. A rough cut over long-GOP 1080p: from originals that a loopback HTTP server delivers at 100 MB/s,
   all readers together; from the browser's proxies without a cache; with the cache cold (filled
   from proxies); from the disk tier. Every time with the movie's own renderer, except for the
   originals: one ffmpeg an event, scaled and encoded as cheaply as the movie's pieces are.
3. Pictures of 100 clips, ready for a vision model: from the memory tier against the disk tier.
4. One picture of the cut, and the filmstrip of a clip, from the service, as distributions, against
   a process of its own.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import tempfile
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

from sqlmodel import Session

from benchmarks.caching.policies import policies
from benchmarks.caching.previews import previews
from benchmarks.caching.slow import served
from benchmarks.caching.story import RATE, cataloged, cut_of, ffmpeg, original, proxy
from benchmarks.caching.timing import timed
from catalog.cache import Cache, Excerpt, Whole
from config.settings import Settings, load
from media.files import fingerprint
from renderers import look, near
from renderers.crew import Crew
from renderers.kept import Kept
from renderers.proxies import open_proxies
from renderers.render import Recipe, render
from renderers.sequence import Event
from renderers.sequence import Sequence as Cut

FASTER = 5.0
SPEED = 100e6  # bytes a second
_SECONDS = 4  # of each original


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--check", action="store_true", help="exit 1 when a goal is missed")
    parser.add_argument("--part", choices=("policy", "media"), help="one half alone")
    options = parser.parse_args()
    missed = False
    if options.part != "media":
        missed |= policies(1 if options.quick else 4)
    if options.part != "policy":
        size = (2, 6, 1) if options.quick else (6, 60, 3)
        with tempfile.TemporaryDirectory() as name:
            missed |= media(Path(name), *size)
    return 1 if missed and options.check else 0


def media(folder: Path, sources: int, events: int, runs: int) -> bool:
    """Parts 2 to 4."""
    originals = [original(folder, number, _SECONDS) for number in range(sources)]
    proxies = [proxy(path) for path in originals]
    settings = load(
        folders={"state": folder, "output": folder, "state_floor_gb": 0.0},
        watch=[{"name": "drop", "path": str(folder / "in")}],
    )
    cut = cut_of(proxies, _SECONDS, events)
    with served(folder, SPEED) as url, cataloged(folder, proxies, cut) as session:
        took = _cuts(cut, originals, proxies, settings, (session, url, runs))
        missed = _table(took, cut, sources, runs)
        _pictures(proxies, settings, 12 if runs == 1 else 100)
        return missed | previews(settings, cut, 6 if runs == 1 else 60)


def _cuts(
    cut: Cut,
    originals: list[Path],
    proxies: list[Path],
    settings: Settings,
    how: tuple[Session, str, int],
) -> dict[str, list[tuple[float, float]]]:
    """Wall and CPU seconds of each way."""
    session, url, runs = how
    folder = originals[0].parent
    took: dict[str, list[tuple[float, float]]] = {}
    steps: dict[str, Callable[[], None]] = {
        "originals at 100 MB/s": lambda: _direct(cut, originals, url, folder),
        "proxies, no cache": lambda: _near(cut, proxies, settings, session, Cache(None)),
        "cache cold": lambda: _near(cut, proxies, settings, session, Cache.of(settings)),
        "disk tier": lambda: _near(cut, proxies, settings, session, Cache.of(settings)),
    }
    for _ in range(runs):
        shutil.rmtree(folder / "cache", ignore_errors=True)
        for name, step in steps.items():
            took.setdefault(name, []).append(timed(step))
    return took


def _table(took: dict[str, list[tuple[float, float]]], cut: Cut, sources: int, runs: int) -> bool:
    count, frames = len(cut.events), cut.duration
    print(f"\n{count} events, {frames} frames, {sources} sources; medians of {runs}\n")
    print("| a rough cut from | wall s | CPU s | faster than originals: wall, CPU |")
    print("|---|---|---|---|")
    rows = {
        name: [statistics.median(column) for column in zip(*each, strict=True)]
        for name, each in took.items()
    }
    base = rows["originals at 100 MB/s"]
    for name, (wall, cpu) in rows.items():
        print(
            f"| {name} | {wall:.1f} | {cpu:.1f} | {base[0] / wall:.1f} ×, {base[1] / cpu:.1f} × |"
        )
    faster = base[0] / rows["disk tier"][0]
    print(f"\ndisk tier: {faster:.1f} × faster than originals, goal {FASTER}")
    return bool(faster < FASTER)


def _pictures(proxies: list[Path], settings: Settings, count: int) -> None:
    cache = Cache.of(settings)
    frames = int(_SECONDS * RATE)
    clips = []
    for number in range(count):
        path = proxies[number % len(proxies)]
        whole = Whole(path, fingerprint(path), RATE, frames, True, True)
        first = number * 37 % (frames - 50)
        clips.append(Excerpt(whole, first, first + 50))
    for clip in clips:
        cache.prefetch(clip)
    disk, memory = (timed(lambda: [cache.frames(clip) for clip in clips]) for _ in range(2))
    print(f"\n| 16 pictures of each of {count} clips from | wall s | CPU s |\n|---|---|---|")
    print(f"| disk tier | {disk[0]:.2f} | {disk[1]:.2f} |")
    print(f"| memory tier | {memory[0]:.4f} | {memory[1]:.4f} |")
    print(f"\n{len(cache.memory)} clips, {cache.memory.size / 1e6:.0f} MB in memory")


def _near(
    cut: Cut, proxies: list[Path], settings: Settings, session: Session, cache: Cache
) -> None:
    """As the movie stage does it, with nothing kept from the last time."""
    folder = proxies[0].parent
    shutil.rmtree(folder / "kept", ignore_errors=True)
    opened = open_proxies(cut.sources(), lambda source: proxies[source.asset_id])
    published = {
        number: near.Published(proxies[number].name, proxy) for number, proxy in opened.items()
    }
    with near.clips(cut, published, cache, session) as found:
        chosen = look.choose(cut, found, settings.playing)
        kept, crew = Kept(folder / "kept", 10**9), Crew(folder / "crew", os.cpu_count() or 1)
        render(Recipe(chosen, found, 480, kept, crew), folder / "movie.mp4")


def _direct(cut: Cut, originals: list[Path], url: str, folder: Path) -> None:
    """A piece an event, two at once as the renderer would on two cores; joined; sound encoded."""
    pieces = [folder / f"piece {event.number}.mov" for event in cut.events]

    def command(event: Event, piece: Path) -> list[str]:
        assert event.source
        begin = float((event.in_frame - Fraction(1, 2)) / RATE)
        original = f"{url}/{originals[event.source.asset_id].name}"
        return [
            "ffmpeg", "-v", "error", "-y", "-ss", f"{max(0.0, begin):.6f}",
            "-i", original, "-frames:v", str(event.duration),
            "-vf", "scale=-2:540", "-c:v", "libx264", "-preset", "ultrafast", "-crf", "23",
            "-g", "1", "-c:a", "pcm_s16le", "-t", f"{float(event.duration / RATE):.6f}", str(piece),
        ]  # fmt: skip

    cores = os.cpu_count() or 1
    waiting = list(zip(cut.events, pieces, strict=True))
    for at in range(0, len(waiting), cores):
        some = [subprocess.Popen(command(*each)) for each in waiting[at : at + cores]]
        assert not any(process.wait() for process in some)
    script = folder / "pieces.ffconcat"
    script.write_text("ffconcat version 1.0\n" + "".join(f"file '{p}'\n" for p in pieces))
    ffmpeg("-f", "concat", "-safe", "0", "-i", str(script), "-c:v", "copy", "-c:a", "aac",
            "-b:a", "192k", str(folder / "direct.mp4"))  # fmt: skip


if __name__ == "__main__":
    raise SystemExit(main())
