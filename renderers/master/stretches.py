"""Making one stretch of a master as a QuickTime file without sound."""

import re
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import ffmpeg

from media.encoding import Codec, options, prepared
from media.errors import Rejected
from media.ffmpeg import open_input, run
from media.timecode import nominal
from renderers import copies, pieces
from renderers.look import Look
from renderers.master.forms import Form
from renderers.master.plan import Stretch
from renderers.proxies import Proxy
from renderers.render import ticks

_WRITTEN = re.compile(r"Output stream #0:0 \(video\): (\d+) packets muxed")
_COUNT = re.compile(r"frame=\s*(\d+)")
_SLICE, _IDR = range(1, 6), 5  # H.264 (ITU-T H.264 table 7-1): kinds of NAL units
_MARK = b"\0\0\1"


def make(
    stretch: Stretch, form: Form | None, seen: Mapping[int, Proxy], look: Look, target: Path
) -> None:
    """Write `target`. Raises Rejected when a frame of the plan is not there."""
    segment = stretch.segment
    is_copied = stretch.late is not None and _copied(stretch, form, seen, target)
    if not is_copied:
        shown = pieces.finished(segment, seen, look, target.parent)
        frames = segment.duration
        counts = _COUNT.findall(run(_encoded(shown, frames, form, look, target), pieces.LIMIT,
                                    target))  # fmt: skip
        written = int(counts[-1]) if counts else 0
        if written != frames:
            raise Rejected(pieces.too_short(segment.event, written, frames))


def _copied(stretch: Stretch, form: Form | None, seen: Mapping[int, Proxy], target: Path) -> bool:
    """Whether the packets could be taken out: not where a key frame doesn't clear the decoder,
    nor where a container doesn't seek to the frame."""
    segment = stretch.segment
    source = segment.event.source
    assert source is not None
    assert form is not None
    proxy = seen[source.asset_id]
    begin = proxy.zero + (copies.first(segment) + Fraction(1, 4)) / source.rate
    picture = open_input(proxy.path, ss=f"{float(begin):.6f}")["V:0"]
    scale, _ = ticks(source.rate)
    whole = ffmpeg.output(
        picture, f"file:{target}", format="mov", vcodec="copy", video_track_timescale=scale,
        **{"frames:v": segment.duration, "bsf:v": "setts=pts=PTS-STARTPTS:dts=DTS-STARTPTS"},
    )  # fmt: skip
    outputs = [whole]
    if not form.alone:
        first = target.with_suffix(".first")
        outputs.append(ffmpeg.output(picture, f"file:{first}", format="h264", vcodec="copy",
                                     **{"frames:v": 1}))  # fmt: skip
    told = run(ffmpeg.merge_outputs(*outputs).global_args("-loglevel", "verbose"), pieces.LIMIT,
               target)  # fmt: skip
    written = _WRITTEN.findall(told)
    right = bool(written) and int(written[-1]) == segment.duration
    return right and (form.alone or begins_anew(first.read_bytes()))


def begins_anew(packet: bytes) -> bool:
    """Whether the first picture in an H.264 byte stream is one that clears the decoder (IDR)."""
    at = packet.find(_MARK)
    while at >= 0 and at + len(_MARK) < len(packet):
        kind = packet[at + len(_MARK)] & 31
        if kind in _SLICE:
            return kind == _IDR
        at = packet.find(_MARK, at + len(_MARK))
    return False


def _encoded(picture: Any, frames: int, form: Form | None, look: Look, target: Path) -> Any:
    """Without B-frames; like the originals where every frame stands alone, else by the profile."""
    if form and form.alone:
        codec: dict[str, Any] = form.encoder()
        ready = picture.filter("format", form.pixels)
    else:
        codec = options(look.profile.encoding(nominal(look.sequence.rate), threads=1))
        ready = prepared(picture, look.profile.codec)
    ready = ready.filter("setsar", 1).filter(
        "setparams", range="tv", color_primaries="bt709", color_trc="bt709", colorspace="bt709"
    )
    scale, _ = ticks(look.sequence.rate)
    inter = look.profile.codec is Codec.H264 and not (form and form.alone)
    return ffmpeg.output(
        ready, f"file:{target}", format="mov", vsync="passthrough", video_track_timescale=scale,
        **{**codec, "threads": 1, "frames:v": frames, **({"bf": 0} if inter else {})},
    )  # fmt: skip
