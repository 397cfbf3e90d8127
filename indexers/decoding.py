"""The one decoding pass: an ffmpeg graph that makes and measures everything at once.

picture ─ upright, deinterlaced, scaled ─┬─ H.264 proxy
                                         └─ small ─ pipe: shots, thumbnails, quality (pictures/)
sound ── aligned with the picture ── loudness ─┬─ AAC of the proxy
                                               └─ 16 kHz mono ─ silence ─ WAV

Decoding is 70 % of the cost, so everything hangs on one decoder; detection works on the
picture that was scaled for the proxy, scaled again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import ffmpeg

from catalog.models import Footage
from catalog.places import PICTURE_PROXY, SOUND_PROXY
from config.footage import Proxy, Shots
from indexers.colour import Colour, shown
from media.ffmpeg import open_original
from media.original import Original
from media.timecode import Timecode, nominal

SOUND_NAME = "sound.wav"
THUMBNAILS = "thumbs"

_SOUND_HERTZ = 48_000
_SMALL = 180  # pixels of the shorter side, for detection and thumbnails
_PAD_FRAMES = 2  # a variable rate's last frame may fall short of the rounded length


@dataclass(frozen=True)
class Decoding:
    """What to decode: streams of `original`, and what probe said of it."""

    original: Original
    folder: Path  # where to write
    footage: Footage
    video: int | None
    sounds: tuple[tuple[int, int, int], ...]  # (input, stream index, channels)
    proxy: Proxy
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
    nodes = open_original(work.original, **_threads(work.proxy), **work.pace)
    outputs = []
    heard = _aligned(nodes, work) if work.sounds else None
    for_proxy = for_speech = None
    if heard is not None:
        split = heard.filter_multi_output("asplit")
        for_proxy, for_speech = split[0], split[1]
    if work.video is not None:
        upright = _upright(nodes[0][str(work.video)], work).filter_multi_output("split")
        outputs.append(_picture_proxy(upright[0], for_proxy, work))
        outputs.append(_seen(upright[1], work))
    else:
        outputs.append(ffmpeg.output(for_proxy, f"file:{work.folder / SOUND_PROXY}", **_aac()))
    if for_speech is not None:
        outputs.append(_speech(for_speech, work))
    return ffmpeg.merge_outputs(*outputs).global_args("-nostats")


def proxy_size(footage: Footage, height: int) -> tuple[int, int]:
    """Width and height of the proxy: square pixels, even, the shorter side at most `height`."""
    scale = min(Fraction(1), Fraction(height, min(footage.width, footage.height)))
    return _even(footage.width * scale), _even(footage.height * scale)


def small_size(footage: Footage) -> tuple[int, int]:
    """Width and height of the pictures that are looked at: the shorter side 180, both even."""
    scale = Fraction(_SMALL, min(footage.width, footage.height))
    return _even(footage.width * scale), _even(footage.height * scale)


def thumbnail_name(frame: int) -> str:
    """Where the thumbnail of a frame is, under the asset's folder."""
    return f"{THUMBNAILS}/{frame:06}.jpg"


def _even(pixels: Fraction) -> int:
    return max(2, 2 * round(pixels / 2))


def _threads(proxy: Proxy) -> dict[str, int]:
    return {"threads": proxy.threads} if proxy.threads else {}


def _upright(stream: Any, work: Decoding) -> Any:
    """Frame n of what comes out is frame n of the footage, at n / rate seconds.

    ffmpeg itself turns rotated pictures before the first filter.
    """
    footage, rate = work.footage, work.footage.rate
    width, height = proxy_size(footage, work.proxy.height)
    if footage.interlaced and footage.height >= 2 * height:
        stream = stream.filter("field", "top")  # as many lines as needed, at half the cost
    elif footage.interlaced:
        stream = stream.filter("bwdif", mode="send_frame")
    if footage.variable_rate:
        stream = stream.filter("fps", fps=str(rate), start_time=f"{footage.picture_offset:.6f}")
        stream = stream.filter("tpad", stop=_PAD_FRAMES, stop_mode="clone")
        stream = stream.filter("trim", end_frame=footage.frames)
    stream = stream.filter("settb", str(1 / rate)).filter("setpts", "N")  # no rounding
    return shown(stream, work.colour, width, height).filter("setsar", "1")


def _picture_proxy(shown: Any, heard: Any, work: Decoding) -> Any:
    footage, proxy = work.footage, work.proxy
    options: dict[str, Any] = {
        "vcodec": "libx264", "preset": proxy.preset, "crf": proxy.crf, "profile:v": "high",
        "g": key_distance(footage, proxy), "r": str(footage.rate), "fps_mode": "cfr",
        "video_track_timescale": footage.rate.numerator, "movflags": "+faststart",
        "map_metadata": -1, "colorspace": "bt709", "color_primaries": "bt709",
        "color_trc": "bt709", "color_range": "tv", **_threads(proxy),
    }  # fmt: skip
    if proxy.max_mbit:
        options |= {"maxrate": f"{proxy.max_mbit}M", "bufsize": f"{2 * proxy.max_mbit}M"}
    if footage.has_timecode:
        options["timecode"] = str(_start(footage))
    if proxy.burn_timecode:
        shown = _burnt(shown, work)
    streams = [shown] if heard is None else [shown, heard]
    sound = {} if heard is None else _aac()
    return ffmpeg.output(*streams, f"file:{work.folder / PICTURE_PROXY}", **options, **sound)


def key_distance(footage: Footage, proxy: Proxy) -> int:
    """Frames from one key frame to the next at most."""
    return max(1, round(proxy.key_seconds * nominal(footage.rate)))


def _start(footage: Footage) -> Timecode:
    return Timecode(footage.start_frame, footage.rate, footage.drop_frame)


def _burnt(shown: Any, work: Decoding) -> Any:
    """The timecode of every picture, white on black at its lower edge."""
    size = proxy_size(work.footage, work.proxy.height)[1] // 18
    return shown.filter(
        "drawtext", timecode=str(_start(work.footage)), rate=str(work.footage.rate),
        font="DejaVu Sans Mono", fontsize=size, fontcolor="white", box=1, boxcolor="black@0.6",
        boxborderw=size // 4, x="(w-tw)/2", y="h-2*th",
    )  # fmt: skip


def _aac() -> dict[str, Any]:
    return {"acodec": "aac", "b:a": "128k", "ac": 2}


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
