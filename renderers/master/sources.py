"""Where the master takes each source from: its original, or its proxy where that can't be read
frame by frame, which is said."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from catalog.models import Footage
from media.colour import Colour, is_bt709
from media.errors import Rejected
from media.ffmpeg import probe
from media.numbered import LISTED
from renderers.master.forms import Form, form_of
from renderers.proxies import Proxy, Shot
from renderers.sequence import Source

_TOLD = 24  # packets at the beginning: all of them key frames, so are the rest; the copy is counted
_ENTRIES = ("-show_streams", "-show_format", "-show_entries", "packet=stream_index,flags",
            "-read_intervals", f"%+#{_TOLD}")  # fmt: skip


@dataclass(frozen=True)
class Taken:
    """`seen` and `heard`: what is read. `form`: of an original; None = it is always encoded.
    `start`: of frame 0 in ticks of `tick` seconds. `why`: why its proxy is taken, "" if it isn't.
    """

    seen: Proxy
    heard: Proxy
    form: Form | None = None
    start: int = 0
    tick: Fraction = Fraction(1)
    why: str = ""


def take(
    every: Mapping[int, tuple[Source, Footage, Path]], proxy: Callable[[Source], Proxy]
) -> dict[int, Taken]:
    """For each asset. Raises Rejected when an original is gone or damaged, or a proxy that is
    needed."""

    def one(number: int) -> Taken:
        source, footage, path = every[number]
        return _take(source, footage, path, proxy)

    with ThreadPoolExecutor(4) as pool:
        return dict(zip(every, pool.map(one, every), strict=True))


def _take(source: Source, footage: Footage, path: Path, proxy: Callable[[Source], Proxy]) -> Taken:
    if source.parts:
        return _of_proxy(proxy(source), "it is several files")
    if footage.still or LISTED.search(source.name):
        return _of_proxy(proxy(source), "it is pictures")
    if not path.is_file():
        raise Rejected(
            f"the original of {source.name} is gone ({path}): put it back, then `stringout retry`"
        )
    answer = probe(path, *_ENTRIES)
    video, sounds = _streams(answer)
    alone = Proxy(path, None, sound=True)
    taken = _seen(answer, video, path, footage) if video else Taken(alone, alone)
    # Several streams are several microphones, which the proxy has mixed; so are files beside it.
    if source.has_sound and sounds != 1:
        return replace(taken, heard=proxy(source))
    return taken


def _of_proxy(proxy: Proxy, why: str) -> Taken:
    return Taken(proxy, proxy, why=why)


def _seen(
    answer: Mapping[str, Any], video: Mapping[str, Any], path: Path, footage: Footage
) -> Taken:
    begins = Fraction(video.get("start_time", "0"))
    zero = begins - Fraction(answer["format"].get("start_time", "0"))
    flags = [p["flags"] for p in answer.get("packets", ()) if p["stream_index"] == video["index"]]
    alone = bool(flags) and all("K" in each for each in flags)
    form = None if footage.variable_rate else form_of(video, alone=alone)
    sound = any(stream["codec_type"] == "audio" for stream in answer["streams"])
    colour = None if is_bt709(video) else Colour.of(video)
    seen = Proxy(path, zero, sound, shot=Shot(colour, footage.variable_rate))
    if form:
        seen = replace(seen, form=repr(form), size=form.size)
    return Taken(seen, seen, form, int(video.get("start_pts", 0)), Fraction(video["time_base"]))


def _streams(answer: Mapping[str, Any]) -> tuple[Mapping[str, Any] | None, int]:
    """The picture that is not a cover, and how many sounds."""
    of = [(each["codec_type"], each) for each in answer["streams"]]
    pictures = (
        each for kind, each in of
        if kind == "video" and not each.get("disposition", {}).get("attached_pic")
    )  # fmt: skip
    return next(pictures, None), sum(kind == "audio" for kind, _ in of)
