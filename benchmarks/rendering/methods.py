"""Ways to make the movie of a cut: ours, and those that people use."""

import os
import subprocess
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path
from typing import NoReturn

from catalog.models import Footage
from catalog.places import proxy_name
from config.footage import Profile
from config.settings import load
from renderers import look
from renderers.crew import Crew
from renderers.kept import Kept
from renderers.master.render import Order
from renderers.master.render import render as mastered
from renderers.master.sources import take
from renderers.proxies import open_proxies
from renderers.render import Recipe, render
from renderers.sequence import Event, Sequence, Source

HEIGHT = 540
_SETTINGS = load()
_PROFILE = _SETTINGS.playing
_MASTER = _SETTINGS.profiles["master"]
assert isinstance(_MASTER, Profile)
_CROSSFADE = 480  # samples

Method = Callable[[Sequence, Path], None]


def copied(cut: Sequence, target: Path) -> None:
    """Ours, from the all-intra proxies of the ingest."""
    _ours(cut, target, proxy_name("edit", plays=False), _PROFILE)


def from_browser(cut: Sequence, target: Path) -> None:
    """Ours, from the proxies that browsers play."""
    _ours(cut, target, "proxy.mp4", _PROFILE)


def filters(cut: Sequence, target: Path) -> None:
    """One filter_complex: a trim for every event, concat."""
    _filters(cut, target, HEIGHT, _PROFILE)


def master(cut: Sequence, target: Path) -> None:
    """Ours, in full quality from the originals."""
    every = {
        source.asset_id: (source, _known(source), Path(_original(source.proxy)))
        for source in cut.sources()
    }
    taken = take(every, _no_proxy)
    kept, crew = (
        Kept(target.parent / "kept", 10**10),
        Crew(target.parent / "crew", os.cpu_count() or 1),
    )
    order = Order(cut, taken, _MASTER, _SETTINGS.movie, kept, crew)
    made = mastered(order, target.with_suffix(""))
    print(f"{made.copied} of {cut.duration} frames copied")


def filters_full(cut: Sequence, target: Path) -> None:
    """The same at full size, encoded like our master."""
    _filters(cut, target, cut.height, _MASTER)


def selected(cut: Sequence, target: Path) -> None:
    """select and aselect over all sources one after the other."""
    frames = cut.sources()[0].frames
    spans = [(e.in_frame + _at(e, cut) * frames, e.out_frame + _at(e, cut) * frames - 1)
             for e in cut.events]  # fmt: skip
    inputs = [word for source in cut.sources() for word in ("-i", _original(source.proxy))]
    count, rate = len(cut.sources()), cut.rate
    seen = "+".join(f"between(n,{first},{last})" for first, last in spans)
    heard = "+".join(
        f"between(t,{float(first / rate)},{float((last + 1) / rate)})" for first, last in spans
    )
    streams = "".join(f"[{n}:v][{n}:a]" for n in range(count))
    graph = (
        f"{streams}concat=n={count}:v=1:a=1[v][a];[v]select='{seen}',setpts=N/{rate}/TB,"
        f"scale=-2:{HEIGHT}[vo];[a]aselect='{heard}',asetpts=N/SR/TB[ao]"
    )
    _ffmpeg(inputs, graph, target, _PROFILE)


def _ours(cut: Sequence, target: Path, proxy: str, profile: Profile) -> None:
    proxies = open_proxies(cut.sources(), lambda source: Path(source.proxy).parent / proxy)
    chosen = look.choose(cut, proxies, profile)
    kept, crew = (
        Kept(target.parent / "kept", 10**10),
        Crew(target.parent / "crew", os.cpu_count() or 1),
    )
    render(Recipe(chosen, proxies, _CROSSFADE, kept, crew), target)


def _known(source: Source) -> Footage:
    return Footage(
        asset_id=source.asset_id, rate_num=source.rate.numerator, rate_den=source.rate.denominator,
        drop_frame=False, start_frame=0, has_timecode=False, frames=source.frames,
        picture_offset=0, variable_rate=False, has_picture=True, has_sound=True,
        width=source.width, height=source.height, interlaced=False, video_codec="h264",
        audio_codec="aac", audio_channels=source.channels, reel="", warnings=[],
    )  # fmt: skip


def _no_proxy(source: Source) -> NoReturn:
    raise AssertionError(source.name)


def _filters(cut: Sequence, target: Path, height: int, profile: Profile) -> None:
    inputs, parts, order = [], [], []
    for number, (source, some) in enumerate(_by_source(cut)):
        events = list(some)
        inputs += ["-i", _original(source)]
        labels = [f"{number}x{n}" for n in range(len(events))]
        for kind, split in (("v", "split"), ("a", "asplit")):
            outs = "".join(f"[{kind}{label}]" for label in labels)
            parts.append(f"[{number}:{kind}]{split}={len(labels)}{outs}")
        for label, event in zip(labels, events, strict=True):
            first, end = (round(f * 48000 / cut.rate) for f in (event.in_frame, event.out_frame))
            parts.append(
                f"[v{label}]trim=start_frame={event.in_frame}:end_frame={event.out_frame},"
                f"setpts=PTS-STARTPTS,scale=-2:{height}[vo{label}]"
            )
            parts.append(
                f"[a{label}]atrim=start_sample={first}:end_sample={end},"
                f"asetpts=PTS-STARTPTS[ao{label}]"
            )
            order.append(f"[vo{label}][ao{label}]")
    parts.append(f"{''.join(order)}concat=n={len(order)}:v=1:a=1[vo][ao]")
    _ffmpeg(inputs, ";".join(parts), target, profile)


def _by_source(cut: Sequence) -> Iterator[tuple[str, Iterator[Event]]]:
    return groupby(cut.events, lambda event: event.source.proxy if event.source else "")


def _at(event: Event, cut: Sequence) -> int:
    assert event.source is not None
    return cut.sources().index(event.source)


def _original(proxy: str) -> str:
    return str(Path(proxy).with_name("camera.mp4"))


def _ffmpeg(inputs: list[str], graph: str, target: Path, profile: Profile) -> None:
    script = target.with_suffix(".graph")
    script.write_text(graph)
    command = [
        "ffmpeg", "-v", "error", "-nostdin", "-y", *inputs, "-filter_complex_script", str(script),
        "-map", "[vo]", "-map", "[ao]", "-c:v", "libx264", "-preset", profile.preset,
        "-crf", str(profile.crf), "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "160k",
        "-movflags", "+faststart", str(target),
    ]  # fmt: skip
    subprocess.run(command, check=True)
