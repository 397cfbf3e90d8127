"""The one decoding pass: an ffmpeg graph that makes and measures everything at once.

picture ─ upright, deinterlaced, scaled ─┬─ proxies (encodes.py)
                                         └─ small ─ pipe: shots, thumbnails, quality (pictures/)
sound ── aligned with the picture ── loudness ─┬─ sound of the proxies
                                               └─ 16 kHz mono ─ silence ─ WAV

Decoding is 70 % of the cost, so everything hangs on one decoder; detection works on the
picture that was scaled for the proxy, scaled again.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import ffmpeg

from catalog.models import Footage
from catalog.places import SOUND_PROXY
from config.footage import Shots
from indexers import encodes, stills
from indexers.encodes import AAC, Proxies
from indexers.shape import proxy_size, small_size
from media import encoding
from media.colour import Colour, shown
from media.ffmpeg import open_original
from media.original import Original

SOUND_NAME = "sound.wav"
THUMBNAILS = "thumbs"

_SOUND_HERTZ = 48_000
_PAD_FRAMES = 2  # a variable rate's last frame may fall short of the rounded length


@dataclass(frozen=True)
class Decoding:
    """What to decode: streams of `original`, and what probe said of it."""

    original: Original
    folder: Path  # where to write
    footage: Footage
    video: int | None
    sounds: tuple[tuple[int, int, int], ...]  # (input, stream index, channels)
    proxies: Proxies
    shots: Shots
    pace: Mapping[str, float] = field(default_factory=dict)  # how fast to read (media/pace.py)
    camera: bool = False  # whether a camera wrote it, and not an editing system
    colour: Colour = field(default_factory=Colour)

    @property
    def source(self) -> Path:
        """The file that the original is called by."""
        return self.original.path


def graph(work: Decoding) -> Any:
    """The ffmpeg-python outputs; all of them are written by one process."""
    threads = {"threads": work.proxies.threads} if work.proxies.threads else {}
    turned = {"noautorotate": None} if work.footage.still else {}  # stills.upright turns all kinds
    nodes = open_original(work.original, **threads, **work.pace, **turned)
    heard = _copies(_aligned(nodes, work), "asplit") if work.sounds else None
    if work.video is not None:
        outputs = _pictures(nodes[0][str(work.video)], heard, work)
    else:
        assert heard is not None
        outputs = [ffmpeg.output(next(heard), f"file:{work.folder / SOUND_PROXY}", **AAC)]
    if heard is not None:
        outputs.append(_speech(next(heard), work))
    arguments = ("-nostats", *encoding.device(work.proxies.encoder))
    return ffmpeg.merge_outputs(*outputs).global_args(*arguments)


def _pictures(decoded: Any, heard: Iterator[Any] | None, work: Decoding) -> list[Any]:
    """The proxies, and the small pictures that are looked at; each size is scaled once."""
    outputs = []
    sizes: dict[int, Iterator[Any]] = {}
    copies = _copies(decoded, "split")
    for name, profile in work.proxies.every:
        height = encodes.height_of(profile, work.footage)
        if height not in sizes:
            sizes[height] = _copies(_upright(next(copies), work, height), "split")
        sound = None if heard is None else next(heard)
        shown = encodes.Streams(next(sizes[height]), sound, work.footage)
        outputs.append(encodes.output(shown, profile, work.folder / name, work.proxies))
    outputs.append(_seen(next(sizes[work.proxies.playing.height]), work))
    return outputs


def _copies(stream: Any, split: str) -> Iterator[Any]:
    """The same stream again and again; ffmpeg is told how often when all are taken."""
    node = stream.filter_multi_output(split)
    return (node[number] for number in count())


def thumbnail_name(frame: int) -> str:
    """Where the thumbnail of a frame is, under the asset's folder."""
    return f"{THUMBNAILS}/{frame:06}.jpg"


def _upright(stream: Any, work: Decoding, height: int) -> Any:
    """Frame n of what comes out is frame n of the footage, at n / rate seconds.

    ffmpeg itself turns rotated pictures before the first filter.
    """
    footage, rate = work.footage, work.footage.rate
    width, height = proxy_size(footage, height)
    if footage.still:
        stream = shown(stills.upright(stream, work.source), work.colour, width, height)
        stream = stream.filter("loop", loop=footage.frames - 1, size=1)
        return stream.filter("settb", str(1 / rate)).filter("setpts", "N").filter("setsar", "1")
    if footage.interlaced and footage.height >= 2 * height:
        stream = stream.filter("field", "top")  # as many lines as needed, at half the cost
    elif footage.interlaced:
        stream = stream.filter("bwdif", mode="send_frame")
    if footage.variable_rate or work.original.row:  # of a row what can't be decoded is repeated
        stream = stream.filter("fps", fps=str(rate), start_time=f"{footage.picture_offset:.6f}")
        stream = stream.filter("tpad", stop=_PAD_FRAMES, stop_mode="clone")
        stream = stream.filter("trim", end_frame=footage.frames)
    stream = stream.filter("settb", str(1 / rate)).filter("setpts", "N")  # no rounding
    return shown(stream, work.colour, width, height).filter("setsar", "1")


def _seen(shown: Any, work: Decoding) -> Any:
    """The small pictures, at full range, for indexers/pictures."""
    small = shown.filter("scale", *small_size(work.footage), in_range="tv", out_range="pc")
    return ffmpeg.output(
        small, "pipe:1", format="rawvideo", pix_fmt="yuvj420p", fps_mode="passthrough"
    )


def _aligned(nodes: Sequence[Any], work: Decoding) -> Any:
    """All sound, beginning with the first picture and ending with the last, measured.

    One stream keeps its channels (more than two are folded to stereo in the proxy). Of several
    (four mono tracks of an MXF) all channels are mixed, so that no microphone is lost.
    """
    streams = [nodes[number][str(index)] for number, index, _ in work.sounds]
    total = sum(channels for _, _, channels in work.sounds)
    if len(streams) > 1:
        mono = [
            _mono(stream, channels, total)
            for stream, (_, _, channels) in zip(streams, work.sounds, strict=True)
        ]
        mixed = ffmpeg.filter(mono, "amix", inputs=len(mono), normalize=0)
    else:
        mixed = streams[0]
    offset = f"{max(0.0, work.footage.picture_offset):.6f}"
    samples = round(work.footage.frames / work.footage.rate * _SOUND_HERTZ)
    return (
        mixed.filter("atrim", start=offset)
        .filter("asetpts", f"PTS-{offset}/TB")
        .filter("aresample", _SOUND_HERTZ, **{"async": 1, "first_pts": 0})
        .filter("apad", whole_len=samples)
        .filter("atrim", end_sample=samples)
        .filter("ebur128", peak="true", framelog="verbose")
    )


def _speech(heard: Any, work: Decoding) -> Any:
    """16 kHz mono for speech recognition."""
    channels = work.sounds[0][2] if len(work.sounds) == 1 else 1
    mono = _mono(heard, channels, channels).filter("aresample", 16_000)
    return ffmpeg.output(
        mono.filter("silencedetect", noise="-50dB", d=0.5), f"file:{work.folder / SOUND_NAME}",
        acodec="pcm_s16le", map_metadata=-1,
    )  # fmt: skip


def _mono(stream: Any, channels: int, total: int) -> Any:
    """The sum of a stream's channels over √total: one live microphone among `total` stays
    audible, and independent ones keep their common level. What is too loud is clipped."""
    gain = total**-0.5
    if channels == 1:
        return stream.filter("volume", f"{gain:.6f}") if total > 1 else stream
    terms = "+".join(f"{gain:.6f}*c{channel}" for channel in range(channels))
    return stream.filter("pan", args=f"mono|c0={terms}")
