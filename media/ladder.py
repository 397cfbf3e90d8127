"""An HLS ladder: one picture in several qualities, of which a player takes what its line carries.

CMAF: fragmented MP4, picture and sound apart, one file a rung with byte ranges, so that ten
minutes are a dozen files and not a thousand. Key frames of all rungs fall together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import ffmpeg

from media.timecode import nominal

MASTER = "master.m3u8"
_SOUND_KBIT = 128
_BUFFER = 2  # seconds at a rung's most bits


@dataclass(frozen=True)
class Rung:
    """One quality: even pixels, and 10^6 bits a second at most."""

    width: int
    height: int
    max_mbit: float


@dataclass(frozen=True)
class Shape:
    """What all rungs share."""

    rate: Fraction
    segment_seconds: float
    crf: int
    preset: str
    threads: int = 0


def fitted(width: int, height: int, wanted: Mapping[int, float]) -> list[Rung]:
    """Rungs for a picture, from the lowest. `wanted`: pixels of the shorter side → 10^6 bits a
    second at most; what is higher than the picture is left out, but not the lowest."""
    shorter = min(width, height)
    chosen = [each for each in sorted(wanted) if each <= shorter] or [min(wanted)]
    scales = {each: min(Fraction(1), Fraction(each, shorter)) for each in chosen}
    return [
        Rung(_even(width * scale), _even(height * scale), wanted[each])
        for each, scale in scales.items()
    ]


def output(
    picture: Any, sound: Any | None, rungs: Sequence[Rung], shape: Shape, folder: Path
) -> Any:
    """An ffmpeg-python output that writes MASTER and what it names into `folder`, which is made.

    `picture` has the frames of the highest rung or more, at `shape.rate` and BT.709.
    """
    folder.mkdir()
    copies = picture.filter_multi_output("split")
    shown = [
        copies[n].filter("scale", rung.width, rung.height).filter("format", "yuv420p")
        for n, rung in enumerate(rungs)
    ]
    group = ",agroup:sound" if sound is not None else ""
    names = [f"v:{n}{group},name:{rung.height}" for n, rung in enumerate(rungs)]
    heard = {}
    if sound is not None:
        names.append("a:0,agroup:sound,name:sound")
        heard = {"acodec": "aac", "b:a": f"{_SOUND_KBIT}k", "ac": 2}
    return ffmpeg.output(
        *shown, *([] if sound is None else [sound]), f"file:{folder}/%v.m3u8", format="hls",
        hls_segment_type="fmp4", hls_playlist_type="vod", hls_time=shape.segment_seconds,
        hls_flags="single_file+independent_segments", hls_segment_options="movflags=+cmaf",
        master_pl_name=MASTER, var_stream_map=" ".join(names),
        **_picture(shape), **_caps(rungs), **heard,
    )  # fmt: skip


def _even(pixels: Fraction) -> int:
    return max(2, 2 * round(pixels / 2))


def _picture(shape: Shape) -> dict[str, Any]:
    distance = max(1, round(shape.segment_seconds * nominal(shape.rate)))
    threads = {"threads": shape.threads} if shape.threads else {}
    return {
        "vcodec": "libx264", "profile:v": "high", "preset": shape.preset, "crf": shape.crf,
        "g": distance, "keyint_min": distance, "sc_threshold": 0, "r": str(shape.rate),
        "fps_mode": "cfr", "colorspace": "bt709", "color_primaries": "bt709",
        "color_trc": "bt709", "color_range": "tv", "map_metadata": -1, **threads,
    }  # fmt: skip


def _caps(rungs: Sequence[Rung]) -> dict[str, Any]:
    """The muxer tells players what `b:v` says; x264 keeps to `maxrate`."""
    caps: dict[str, Any] = {}
    for n, rung in enumerate(rungs):
        caps[f"maxrate:v:{n}"] = f"{rung.max_mbit}M"
        caps[f"bufsize:v:{n}"] = f"{_BUFFER * rung.max_mbit}M"
    return caps
