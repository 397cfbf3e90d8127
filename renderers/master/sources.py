"""Where the master takes each source from: its original, or its proxy where that can't be read
frame by frame, which is said."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from catalog.models import Footage
from media.errors import Rejected
from media.ffmpeg import probe
from renderers.master.forms import Form, form_of, is_bt709
from renderers.proxies import Proxy
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
    every: Mapping[int, tuple[Source, Footage, Path]], proxies: Mapping[int, Proxy]
) -> dict[int, Taken]:
    """For each asset. Raises Rejected when an original is gone or damaged."""

    def one(number: int) -> Taken:
        source, footage, path = every[number]
        return _take(source, footage, path, proxies[number])

    with ThreadPoolExecutor(4) as pool:
        return dict(zip(every, pool.map(one, every), strict=True))


def _take(source: Source, footage: Footage, path: Path, proxy: Proxy) -> Taken:
    if not path.is_file():
        raise Rejected(
            f"the original of {source.name} is gone ({path}): put it back, or render from "
            "the proxies"
        )
    if source.parts:
        return Taken(proxy, proxy, why="it is several files")
    if not source.has_picture:
        return Taken(proxy, Proxy(path, None, sound=True))
    if footage.variable_rate:
        return Taken(proxy, proxy, why="its rate varies")
    answer = probe(path, *_ENTRIES)
    video, sounds = _streams(answer)
    if not is_bt709(video):
        return Taken(proxy, proxy, why="its colours are converted")
    return _from_original(answer, video, sounds, path, proxy)


def _from_original(
    answer: Mapping[str, Any], video: Mapping[str, Any], sounds: int, path: Path, proxy: Proxy
) -> Taken:
    begins = Fraction(video.get("start_time", "0"))
    zero = begins - Fraction(answer["format"].get("start_time", "0"))
    flags = [p["flags"] for p in answer.get("packets", ()) if p["stream_index"] == video["index"]]
    form = form_of(video, alone=bool(flags) and all("K" in each for each in flags))
    seen = Proxy(path, zero, sound=sounds > 0, original=True)
    if form:
        seen = replace(seen, form=repr(form), size=form.size)
    # Several streams are several microphones, which the proxy has mixed.
    heard = seen if sounds == 1 else proxy
    return Taken(seen, heard, form, int(video.get("start_pts", 0)), Fraction(video["time_base"]))


def _streams(answer: Mapping[str, Any]) -> tuple[Mapping[str, Any], int]:
    """The picture that is not a cover, and how many sounds."""
    of = [(each["codec_type"], each) for each in answer["streams"]]
    video = next(
        each for kind, each in of
        if kind == "video" and not each.get("disposition", {}).get("attached_pic")
    )  # fmt: skip
    return video, sum(kind == "audio" for kind, _ in of)
