"""The clip cache: which clips stay, and what a cut and its pictures cost from each tier.

    python -m benchmarks.cache [--quick] [--check]

1. Hit ratios of people's accesses over generated days of newsrooms (caching/traces.py), whose seeds
   the policy was not built on: ours, LRU (through which everything goes), LRU that leaves bulk
   work out, and the optimum (Belady: who is needed last goes first).
2. A rough cut of 60 events over long-GOP 1080p: from originals that a loopback HTTP server
   delivers at 100 MB/s, all readers together; with the cache cold (filled from proxies); from the
   disk tier. Every time with the movie's own renderer, except for the originals: one ffmpeg an
   event, scaled and encoded as cheaply as the movie's pieces are.
3. Pictures of 100 clips, ready for a vision model: from the memory tier against the disk tier.
"""

import argparse
import heapq
import os
import resource
import shutil
import statistics
import subprocess
import tempfile
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import numpy as np
from sqlmodel import Session

from benchmarks.caching.slow import served
from benchmarks.caching.traces import KINDS, Access, trace
from catalog.cache import Cache, Excerpt, Whole
from catalog.cache.policy import Policy
from catalog.database import Catalog
from catalog.models import Item, Kind, Rendition, Story
from config.settings import Settings, load
from media.files import fingerprint
from renderers import look, near
from renderers.kept import Kept
from renderers.proxies import open_proxies
from renderers.render import Recipe, render
from renderers.sequence import Event, Source
from renderers.sequence import Sequence as Cut

GOALS = {100: 1.6, 1000: 1.08}
FASTER = 5.0
FIRST_SEED = 1000  # the policy was built on 0 to 2
RATE = Fraction(25)
SPEED = 100e6  # bytes a second
NEVER = 1 << 60


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--check", action="store_true", help="exit 1 when a goal is missed")
    options = parser.parse_args()
    missed = policies(1 if options.quick else 4)
    with tempfile.TemporaryDirectory() as name:
        missed |= cuts(Path(name), 2 if options.quick else 10, 1 if options.quick else 3)
    return 1 if missed and options.check else 0


def policies(seeds: int) -> bool:
    missed = False
    print("| clips | newsroom | LRU | LRU, bulk left out | ours | optimum | ours : LRU |")
    print("|---|---|---|---|---|---|---|")
    for clips, goal in GOALS.items():
        ratios = []
        for kind in KINDS:
            found = [_all(trace(kind, FIRST_SEED + seed), clips) for seed in range(seeds)]
            means = [statistics.mean(column) for column in zip(*found, strict=True)]
            each = [ours / lru for lru, _, ours, _ in found]
            ratios += each
            shown = " | ".join(f"{100 * mean:.1f} %" for mean in means)
            print(f"| {clips} | {kind} | {shown} | {min(each):.2f} to {max(each):.2f} |")
        mean = statistics.geometric_mean(ratios)
        print(f"| {clips} | all | | | | | {mean:.2f}, goal {goal} |")
        missed |= mean < goal
    return missed


def _all(days: list[Access], clips: int) -> tuple[float, float, float, float]:
    return lru(days, clips), lru(days, clips, bulk=False), ours(days, clips), optimum(days, clips)


def ours(days: list[Access], clips: int) -> float:
    policy, hits, asked = Policy(clips, NEVER), 0, 0
    for access in days:
        key = str(access.key)
        if access.bulk:
            continue
        asked += 1
        if policy.use(key):
            hits += 1
        else:
            policy.admit(key, access.size, lambda _key: True)
    return hits / asked


def lru(days: list[Access], clips: int, *, bulk: bool = True) -> float:
    held: OrderedDict[int, None] = OrderedDict()
    hits = asked = 0
    for access in days:
        if access.bulk and not bulk:
            continue
        asked += not access.bulk
        if access.key in held:
            held.move_to_end(access.key)
            hits += not access.bulk
        else:
            held[access.key] = None
            if len(held) > clips:
                held.popitem(last=False)
    return hits / asked


def optimum(days: list[Access], clips: int) -> float:
    keys = [access.key for access in days if not access.bulk]
    later, last = [NEVER] * len(keys), dict[int, int]()
    for at in range(len(keys) - 1, -1, -1):
        later[at] = last.get(keys[at], NEVER)
        last[keys[at]] = at
    held: dict[int, int] = {}
    order: list[tuple[int, int]] = []
    hits = 0
    for key, again in zip(keys, later, strict=True):
        hits += key in held
        held[key] = again
        heapq.heappush(order, (-again, key))
        while len(held) > clips:
            when, gone = heapq.heappop(order)
            if held.get(gone) == -when:
                del held[gone]
    return hits / len(keys)


def cuts(folder: Path, sources: int, runs: int) -> bool:
    """Parts 2 and 3."""
    seconds = 12
    originals = [_original(folder, number, seconds) for number in range(sources)]
    proxies = [_proxy(path) for path in originals]
    settings = load(
        folders={"state": folder / "state", "output": folder, "state_floor_gb": 0.0},
        watch=[{"name": "drop", "path": str(folder / "in")}],
    )
    cut = _cut(proxies, seconds)
    took: dict[str, list[tuple[float, float]]] = {}
    with served(folder, SPEED) as url, _catalog(folder, proxies) as session:
        for _ in range(runs):
            shutil.rmtree(folder / "state" / "cache", ignore_errors=True)
            steps: dict[str, Callable[[], None]] = {
                "originals at 100 MB/s": lambda: _direct(cut, originals, url, folder),
                "cache cold": lambda: _near(cut, proxies, settings, session, folder),
                "disk tier": lambda: _near(cut, proxies, settings, session, folder),
            }
            for name, step in steps.items():
                took.setdefault(name, []).append(_timed(step))
    print(
        f"\n{len(cut.events)} events, {cut.duration} frames, {sources} sources; medians of {runs}\n"
    )
    print("| a rough cut from | wall s | CPU s | faster than originals: wall, CPU |")
    print("|---|---|---|---|")
    base = [
        statistics.median(column) for column in zip(*took["originals at 100 MB/s"], strict=True)
    ]
    for name, rows in took.items():
        wall, cpu = (statistics.median(column) for column in zip(*rows, strict=True))
        print(
            f"| {name} | {wall:.1f} | {cpu:.1f} | {base[0] / wall:.1f} ×, {base[1] / cpu:.1f} × |"
        )
        faster = base[0] / wall
    _pictures(proxies, settings, seconds)
    print(f"\ndisk tier: {faster:.1f} × faster than originals, goal {FASTER}")
    return faster < FASTER


def _pictures(proxies: list[Path], settings: Settings, seconds: int) -> None:
    cache = Cache.of(settings)
    frames = int(seconds * RATE)
    clips = []
    for number in range(100):
        path = proxies[number % len(proxies)]
        whole = Whole(path, fingerprint(path), RATE, frames, True, True)
        first = number * 37 % (frames - 100)
        clips.append(Excerpt(whole, first, first + 100))
    for clip in clips:
        cache.prefetch(clip)
    near_, memory = (_timed(lambda: [cache.frames(clip) for clip in clips]) for _ in range(2))
    print("\n| 16 pictures of each of 100 clips from | wall s | CPU s |\n|---|---|---|")
    print(f"| disk tier | {near_[0]:.2f} | {near_[1]:.2f} |")
    print(f"| memory tier | {memory[0]:.4f} | {memory[1]:.4f} |")
    print(f"\n{len(cache.memory)} clips, {cache.memory.size / 1e6:.0f} MB in memory")


def _timed(step: Callable[[], object]) -> tuple[float, float]:
    """Wall and CPU seconds, those of child processes included."""
    begun, before = time.perf_counter(), _cpu()
    step()
    return time.perf_counter() - begun, _cpu() - before


def _cpu() -> float:
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


def _near(
    cut: Cut, proxies: list[Path], settings: Settings, session: Session, folder: Path
) -> None:
    """As the movie stage does it, with nothing kept from the last time."""
    shutil.rmtree(folder / "kept", ignore_errors=True)
    opened = open_proxies(cut.sources(), lambda source: proxies[source.asset_id])
    published = {
        number: near.Published(proxies[number].name, proxy) for number, proxy in opened.items()
    }
    with near.clips(cut, published, Cache.of(settings), session) as found:
        chosen = look.choose(cut, found, settings.playing)
        render(Recipe(chosen, found, 480, Kept(folder / "kept")), folder / "movie.mp4")


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
    _ffmpeg("-f", "concat", "-safe", "0", "-i", str(script), "-c:v", "copy", "-c:a", "aac",
            "-b:a", "192k", str(folder / "direct.mp4"))  # fmt: skip


def _original(folder: Path, number: int, seconds: int) -> Path:
    """1080p, long GOP, about 50 Mb/s: moving patterns with camera noise."""
    path = folder / f"A{number:03}.mp4"
    _ffmpeg(
        "-f", "lavfi", "-i", f"testsrc2=s=1920x1080:r=25:d={seconds},noise=alls=14:allf=t",
        "-f", "lavfi", "-i", f"sine=f={300 + 40 * number}:r=48000:d={seconds}",
        "-c:v", "libx264", "-preset", "superfast", "-b:v", "50M", "-maxrate", "55M",
        "-bufsize", "50M", "-g", "50", "-bf", "2", "-pix_fmt", "yuv420p", "-c:a", "aac", str(path),
    )  # fmt: skip
    return path


def _proxy(original: Path) -> Path:
    """As the scan makes it with the browser's profile."""
    path = original.with_name(f"proxy {original.stem}.mp4")
    _ffmpeg(
        "-i", str(original), "-vf", "scale=-2:540", "-c:v", "libx264", "-preset", "superfast",
        "-crf", "23", "-g", "25", "-pix_fmt", "yuv420p", "-colorspace", "bt709",
        "-color_primaries", "bt709", "-color_trc", "bt709", "-c:a", "aac", "-ac", "2", str(path),
    )  # fmt: skip
    return path


def _ffmpeg(*arguments: str) -> None:
    subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-y", *arguments], check=True)


def _cut(proxies: Sequence[Path], seconds: int) -> Cut:
    rng = np.random.default_rng(7)
    sources = [
        Source(number, path.name, path.name, f"A{number:03}", RATE, False, 0, int(seconds * RATE),
               2, 1920, 1080, path.name)
        for number, path in enumerate(proxies)
    ]  # fmt: skip
    events, at = [], 0
    for number in range(60):
        source, length = sources[number % len(sources)], int(rng.integers(20, 65))
        first = int(rng.integers(0, source.frames - length - 5))
        events.append(
            Event(number + 1, number, "", "", source, first, first + length, at, at + length)
        )
        at += length
    return Cut("benchmark", RATE, False, 90_000, 1920, 1080, tuple(events))


@contextmanager
def _catalog(folder: Path, proxies: list[Path]) -> Iterator[Session]:
    catalog = Catalog(f"sqlite:///{folder / 'catalog.db'}")
    catalog.migrate()
    with Session(catalog.engine) as session:
        story = Story(name="story", created_at=0)
        session.add(story)
        session.flush()
        item = Item(
            root="drop", path="story/a.mp4", size=1, mtime_ns=1, kind=Kind.FOOTAGE,
            story_id=story.id or 0, accepted_at=0,
        )  # fmt: skip
        session.add(item)
        session.flush()
        for path in proxies:
            session.add(
                Rendition(
                    path=path.name, item_id=item.id or 0, stage="scan", kind="proxy", size=1,
                    checksum=fingerprint(path), provenance={}, created_at=0,
                )
            )  # fmt: skip
        session.commit()
        yield session
    catalog.close()


if __name__ == "__main__":
    raise SystemExit(main())
