"""A story to cut: long-GOP originals, their proxies, a cut of many events, a catalog."""

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import numpy as np
from sqlmodel import Session

from catalog.database import Catalog
from catalog.models import Cut as Row
from catalog.models import Item, Kind, Rendition, Story
from media.files import fingerprint
from renderers.sequence import Event, Source, to_json
from renderers.sequence import Sequence as Cut

RATE = Fraction(25)


def original(folder: Path, number: int, seconds: int) -> Path:
    """1080p, long GOP, about 50 Mb/s: moving patterns with camera noise."""
    path = folder / f"A{number:03}.mp4"
    ffmpeg(
        "-f", "lavfi", "-i", f"testsrc2=s=1920x1080:r=25:d={seconds},noise=alls=14:allf=t",
        "-f", "lavfi", "-i", f"sine=f={300 + 40 * number}:r=48000:d={seconds}",
        "-c:v", "libx264", "-preset", "superfast", "-b:v", "50M", "-maxrate", "55M",
        "-bufsize", "50M", "-g", "50", "-bf", "2", "-pix_fmt", "yuv420p", "-c:a", "aac", str(path),
    )  # fmt: skip
    return path


def proxy(original: Path) -> Path:
    """As the scan makes it with the browser's profile."""
    path = original.with_name(f"proxy {original.stem}.mp4")
    ffmpeg(
        "-i", str(original), "-vf", "scale=-2:540", "-c:v", "libx264", "-preset", "superfast",
        "-crf", "23", "-g", "25", "-pix_fmt", "yuv420p", "-colorspace", "bt709",
        "-color_primaries", "bt709", "-color_trc", "bt709", "-c:a", "aac", "-ac", "2", str(path),
    )  # fmt: skip
    return path


def ffmpeg(*arguments: str) -> None:
    subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-y", *arguments], check=True)


def cut_of(proxies: Sequence[Path], seconds: int, count: int) -> Cut:
    rng = np.random.default_rng(7)
    sources = [
        Source(number, path.name, path.name, f"A{number:03}", RATE, False, 0, int(seconds * RATE),
               2, 1920, 1080, path.name)
        for number, path in enumerate(proxies)
    ]  # fmt: skip
    events, at = [], 0
    for number in range(count):
        source, length = sources[number % len(sources)], int(rng.integers(20, 65))
        first = int(rng.integers(0, source.frames - length - 5))
        events.append(
            Event(number + 1, number, "", "", source, first, first + length, at, at + length)
        )
        at += length
    return Cut("benchmark", RATE, False, 90_000, 1920, 1080, tuple(events))


@contextmanager
def cataloged(folder: Path, proxies: list[Path], cut: Cut) -> Iterator[Session]:
    """The catalog of the folder, with the story and its cut."""
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
        session.add(
            Row(
                story_id=story.id or 0, item_id=item.id or 0, name="a", version=1, digest="d",
                sequence=to_json(cut), changes=[], created_at=0,
            )
        )  # fmt: skip
        session.commit()
        yield session
    catalog.close()
