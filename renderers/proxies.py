"""What a cut is made from: the proxy of each source, and how its streams begin."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path, PurePosixPath
from typing import Any

import ffmpeg

from catalog.places import proxy_name
from config.footage import AnyProfile, Profile
from media.colour import Colour
from media.errors import Rejected
from media.ffmpeg import open_input, probe, read
from renderers.sequence import Source

_TOLD = 12  # frames that are looked at: with key frames only, so is the rest of our own files
_AT_ONCE = 40  # files opened by one process; starting one costs 60 ms of a core
_LIMIT = 120  # seconds
_HEADER = re.compile(r"^#(\w+) (\d+): +(.+)$")


@dataclass(frozen=True)
class Proxy:
    """A proxy and where its streams begin, in seconds after the beginning of the file.

    `picture` is None where there is none. `form`: codec, size and parameter sets of a picture
    whose every frame stands for itself; frames of equal form can be joined without encoding
    them again. "" where frames depend on others.
    """

    path: Path
    picture: Fraction | None
    sound: bool
    form: str = ""
    size: tuple[int, int] = (0, 0)  # of `form`
    clips: tuple["Clip", ...] = ()  # what is nearer than the whole
    shot: "Shot | None" = None  # of an original: what the scan has made good in proxies

    @property
    def zero(self) -> Fraction:
        """The time of source frame 0."""
        return self.picture or Fraction(0)

    def near(self, first: int, end: int) -> "Proxy":
        """Where frames [first, end) of the source are read: a clip that has them all, or this."""
        holds = (clip.proxy for clip in self.clips if clip.first <= first and end <= clip.end)
        return next(holds, self)


@dataclass(frozen=True)
class Shot:
    """How an original is, besides its fields and pixels that are not square. `colour`: None where
    it is shown as it is. `varies`: its frames come when they like."""

    colour: Colour | None = None
    varies: bool = False


@dataclass(frozen=True)
class Clip:
    """Frames [first, end) of a source in a file of their own: `proxy.zero` is the time that frame
    0 would have there."""

    first: int
    end: int
    proxy: Proxy


def best_proxy(
    source: Source, profiles: Mapping[str, AnyProfile], published: Callable[[str], Path]
) -> str:
    """The published name of the proxy of which every frame stands alone, if one was made; else of
    the browser's."""
    folder = PurePosixPath(source.proxy).parent
    for name, profile in profiles.items():
        if isinstance(profile, Profile) and profile.stands_alone and source.has_picture:
            path = str(folder / proxy_name(name, profile.plays))
            if published(path).is_file():
                return path
    return source.proxy


def open_proxies(sources: Iterable[Source], locate: Callable[[Source], Path]) -> dict[int, Proxy]:
    """The proxies of all sources, by asset. Raises Rejected when one is gone or damaged."""
    every = [(source, locate(source)) for source in sources]
    for source, path in every:
        if not path.is_file():
            raise Rejected(
                f"the proxy of {source.name} is gone ({path}): "
                "drop the original again, or run `stringout retry`"
            )
    opened = open_files(every)
    return {source.asset_id: proxy for (source, _), proxy in zip(every, opened, strict=True)}


def open_files(every: Sequence[tuple[Source, Path]]) -> list[Proxy]:
    """How files that have the streams of a source begin. Raises Rejected when one is damaged."""
    found: list[Proxy] = []
    for first in range(0, len(every), _AT_ONCE):
        found += _together(every[first : first + _AT_ONCE])
    return found


def _together(some: Sequence[tuple[Source, Path]]) -> list[Proxy]:
    """All in one process; where that fails, one by one: then the one at fault is named."""
    try:
        told = _first_packets(some)
    except Rejected:
        return [_open(path) for _, path in some]
    proxies, stream = [], 0
    for source, path in some:
        picture = told[stream] if source.has_picture else None
        stream += source.has_picture + source.has_sound
        proxies.append(_proxy(path, picture, source.has_sound))
    return proxies


@dataclass
class _Stream:
    """What the framecrc muxer says of a stream and of its first packets."""

    said: dict[str, str]
    begins: list[int]
    intra: bool = True


def _first_packets(some: Sequence[tuple[Source, Path]]) -> dict[int, _Stream]:
    streams: list[Any] = []
    for source, path in some:
        node = open_input(path)
        streams += [node["V:0"]] * source.has_picture + [node["a:0"]] * source.has_sound
    asked = ffmpeg.output(
        *streams, "pipe:1", format="framecrc", codec="copy",
        **{"frames:v": _TOLD, "frames:a": 1},
    )  # fmt: skip
    found: defaultdict[int, _Stream] = defaultdict(lambda: _Stream({}, []))
    for line in read(asked, _LIMIT, some[0][1]).decode().splitlines():
        if header := _HEADER.match(line):
            found[int(header[2])].said[header[1]] = header[3]
        elif not line.startswith("#"):
            number, _, begin, *rest = line.split(",")
            found[int(number)].begins.append(int(begin))
            found[int(number)].intra &= not any("F=" in word for word in rest)
    return found


def _proxy(path: Path, picture: _Stream | None, sound: bool) -> Proxy:
    if picture is None or not picture.begins:
        return Proxy(path, None, sound)
    begins = min(picture.begins) * Fraction(picture.said["tb"])
    if not picture.intra or picture.said["codec_id"] != "h264":
        return Proxy(path, begins, sound)
    said = [picture.said.get(key, "") for key in ("codec_id", "dimensions", "sar", "extradata")]
    width, height = map(int, picture.said["dimensions"].split("x"))
    return Proxy(path, begins, sound, " ".join(said), (width, height))


def _open(path: Path) -> Proxy:
    answer = probe(path)
    start = Fraction(answer["format"].get("start_time", "0"))
    begins = {
        stream["codec_type"]: Fraction(stream.get("start_time", "0")) - start
        for stream in reversed(answer["streams"])
    }
    return Proxy(path, begins.get("video"), "audio" in begins)
