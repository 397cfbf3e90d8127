"""A clip ready to cut: every frame a key frame, the sound as samples, in a file of its own."""

import re
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import ffmpeg
import xxhash

from catalog.cache.excerpt import Excerpt, Whole
from media import encoding
from media.encoding import Encoding
from media.errors import Rejected
from media.ffmpeg import beginning, open_input, probe, run
from media.timecode import rescale

_RATE = Fraction(48_000)
_PREROLL = 1  # seconds decoded before the first sample: AAC needs the frames before
_LIMIT = 120.0  # seconds
_BITS_PER_PIXEL = 1.5  # at most; noise, which is the worst, needs as much
_COUNT = re.compile(r"frame=\s*(\d+)")
_VERSION = 2  # of what is written here


@dataclass(frozen=True)
class Format:
    """How clips are encoded: every frame alone. `height`: the most pixels of the shorter side.

    A published file whose frames stand alone already is copied as it is.
    """

    encoding: Encoding
    height: int

    @property
    def name(self) -> str:
        """Eight hex digits that change with everything that changes the file."""
        return xxhash.xxh32_hexdigest(repr((_VERSION, self)).encode())


def largest(excerpt: Excerpt, size: tuple[int, int]) -> int:
    """Bytes that its file may have. `size`: width and height of the picture."""
    picture = size[0] * size[1] * excerpt.frames * _BITS_PER_PIXEL / 8
    sound = samples(excerpt) * 4 if excerpt.whole.sound else 0
    return int(picture + sound) + 65_536


def samples(excerpt: Excerpt) -> int:
    """Of its sound, at 48 kHz: joins lie at the sample nearest to the frame's time."""
    first, end = (
        rescale(frame, excerpt.whole.rate, _RATE) for frame in (excerpt.in_frame, excerpt.out_frame)
    )
    return end - first


@dataclass(frozen=True)
class Opened:
    """What ffprobe says of a published file: where frame 0 is (s) and how large pictures are."""

    zero: Fraction
    size: tuple[int, int]


def open_whole(whole: Whole) -> Opened:
    """Raises Rejected when it is gone or damaged."""
    answer = probe(whole.path)
    start = Fraction(answer["format"].get("start_time", "0"))
    for stream in answer["streams"]:
        if stream["codec_type"] == "video":
            zero = Fraction(stream.get("start_time", "0")) - start
            return Opened(zero, (int(stream["width"]), int(stream["height"])))
    return Opened(Fraction(0), (0, 0))


def cut(excerpt: Excerpt, opened: Opened, form: Format, target: Path) -> None:
    """Write the clip. Raises Rejected when it lacks frames, or is larger than `largest`."""
    streams = _streams(excerpt, opened, form)
    options = _picture(excerpt.whole, form) if excerpt.whole.picture else {}
    limit = largest(excerpt, opened.size)
    log = run(
        ffmpeg.output(
            *streams, f"file:{target}", format="mov", acodec="pcm_s16le", fs=limit,
            map_metadata=-1, **options,
        ),
        _LIMIT,
        excerpt.whole.path,
    )  # fmt: skip
    counts = _COUNT.findall(log)
    if excerpt.whole.picture and (not counts or int(counts[-1]) != excerpt.frames):
        raise Rejected(
            f"{excerpt.whole.path.name} gave {counts[-1] if counts else 0} of {excerpt.frames} "
            f"frames from {excerpt.in_frame} on: it is shorter than the original, or takes more "
            f"than {limit / 1e6:.0f} MB"
        )


def _picture(whole: Whole, form: Format) -> dict[str, Any]:
    """The picture's options. Times so fine that every frame has the same length."""
    fine = 1 if whole.rate.numerator >= 1000 else 1000
    scale, ticks = whole.rate.numerator * fine, whole.rate.denominator * fine
    if not whole.stands_alone:
        timed = {"video_track_timescale": scale, "fps_mode": "passthrough"}
        return {**encoding.options(form.encoding), **timed}
    counted = f"setts=ts=N*{ticks}:duration={ticks}:time_base=1/{scale}"
    return {"vcodec": "copy", "bsf:v": counted, "video_track_timescale": scale}


def _streams(excerpt: Excerpt, opened: Opened, form: Format) -> list[Any]:
    whole, streams = excerpt.whole, []
    if whole.picture:
        streams.append(
            _copied(excerpt, opened) if whole.stands_alone else _shown(excerpt, opened, form)
        )
    if whole.sound:
        streams.append(_sound(excerpt, opened))
    return streams


def _copied(excerpt: Excerpt, opened: Opened) -> Any:
    """From the frame at or before a quarter of a frame after the first, to half of one after the
    last: times between two frames are read alike by all who round."""
    rate = excerpt.whole.rate
    seek = opened.zero + (excerpt.in_frame + Fraction(1, 4)) / rate
    length = (excerpt.frames - Fraction(1, 2)) / rate
    options = {"ss": f"{float(seek):.6f}", "t": f"{float(length):.6f}"}
    return open_input(excerpt.whole.path, **options)["v:0"]


def _shown(excerpt: Excerpt, opened: Opened, form: Format) -> Any:
    options = beginning(excerpt.in_frame, excerpt.whole.rate, opened.zero)
    stream = open_input(excerpt.whole.path, **options)["v:0"]
    numbered = stream.filter("settb", str(1 / excerpt.whole.rate)).filter("setpts", "N")
    counted = numbered.filter("trim", end_frame=excerpt.frames)
    shorter = min(opened.size)
    if shorter > form.height:
        scale = Fraction(form.height, shorter)
        counted = counted.filter("scale", *(max(2, 2 * round(n * scale / 2)) for n in opened.size))
    return encoding.prepared(counted, form.encoding.codec)


def _sound(excerpt: Excerpt, opened: Opened) -> Any:
    whole = excerpt.whole
    begin = opened.zero + excerpt.in_frame / whole.rate
    wanted = int(begin * _RATE + Fraction(1, 2))
    seek = max(0, int(wanted / _RATE) - _PREROLL)
    first, length = wanted - int(seek * _RATE), samples(excerpt)
    return (
        open_input(whole.path, ss=seek, t=f"{float((first + length) / _RATE) + 1:.3f}")["a:0"]
        .filter("aresample", int(_RATE), **{"async": 1, "first_pts": 0})
        .filter("aformat", channel_layouts="stereo")
        .filter("apad", whole_len=first + length)
        .filter("atrim", start_sample=first, end_sample=first + length)
        .filter("asetpts", "PTS-STARTPTS")
    )
