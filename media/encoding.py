"""How a picture is encoded, as ffmpeg's options: codec, quality, key frames, software or hardware.

Everything that is cut without being encoded again must be encoded alike, so these options are
made here and nowhere else.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Codec(StrEnum):
    """What a browser plays, and what editing systems take without a second thought."""

    H264 = "h264"
    PRORES = "prores"  # ProRes 422 Proxy
    DNXHR = "dnxhr"  # DNxHR LB


class Encoder(StrEnum):
    """What encodes H.264. All but the first need a device that this machine may not have."""

    SOFTWARE = "software"
    NVENC = "nvenc"
    QSV = "qsv"
    VAAPI = "vaapi"


@dataclass(frozen=True)
class Encoding:
    """`quality`: as x264's crf, 0 to 51, lower is better; `key_distance`: frames from one key
    frame to the next at most, 1 = every frame is one; `max_mbit`: 10^6 bits a second at most,
    0 = as the quality asks; `threads`: 0 = one per core. H.264 alone looks at all of them.
    """

    codec: Codec = Codec.H264
    preset: str = "superfast"
    quality: int = 23
    key_distance: int = 25
    max_mbit: float = 0
    threads: int = 0


VAAPI_DEVICE = "/dev/dri/renderD128"
_PICTURES = {Codec.H264: "yuv420p", Codec.PRORES: "yuv422p10le", Codec.DNXHR: "yuv422p"}
_INTERMEDIATE: dict[Codec, dict[str, Any]] = {
    Codec.PRORES: {"vcodec": "prores_ks", "profile:v": "proxy", "vendor": "apl0"},
    Codec.DNXHR: {"vcodec": "dnxhd", "profile:v": "dnxhr_lb"},
}
_BT709 = {"colorspace": "bt709", "color_primaries": "bt709", "color_trc": "bt709"}


def options(encoding: Encoding, encoder: Encoder = Encoder.SOFTWARE) -> dict[str, Any]:
    """ffmpeg-python's options of an output in BT.709 at limited range."""
    common = {**_BT709, "color_range": "tv"}
    if encoding.codec is not Codec.H264:
        return {**_INTERMEDIATE[encoding.codec], **_threads(encoding), **common}
    return {**_H264[encoder](encoding), "g": encoding.key_distance, **_capped(encoding), **common}


def prepared(stream: Any, codec: Codec, encoder: Encoder = Encoder.SOFTWARE) -> Any:
    """The last filters before the encoder: its kind of picture, in the memory that it reads."""
    if codec is not Codec.H264 or encoder is Encoder.SOFTWARE:
        return stream.filter("format", _PICTURES[codec])
    stream = stream.filter("format", "nv12")
    return stream.filter("hwupload") if encoder is Encoder.VAAPI else stream


def device(encoder: Encoder) -> tuple[str, ...]:
    """What the command line says once, before everything else."""
    return ("-vaapi_device", VAAPI_DEVICE) if encoder is Encoder.VAAPI else ()


def _x264(encoding: Encoding) -> dict[str, Any]:
    return {
        "vcodec": "libx264", "profile:v": "high", "preset": encoding.preset,
        "crf": encoding.quality, **_threads(encoding),
    }  # fmt: skip


def _nvenc(encoding: Encoding) -> dict[str, Any]:
    return {
        "vcodec": "h264_nvenc", "profile:v": "high", "preset": "p4", "rc": "vbr",
        "cq": encoding.quality, "b:v": 0, "bf": 0,
    }  # fmt: skip


def _qsv(encoding: Encoding) -> dict[str, Any]:
    return {
        "vcodec": "h264_qsv", "profile:v": "high", "preset": "veryfast",
        "global_quality": encoding.quality, "bf": 0,
    }  # fmt: skip


def _vaapi(encoding: Encoding) -> dict[str, Any]:
    return {"vcodec": "h264_vaapi", "profile:v": "high", "qp": encoding.quality, "bf": 0}


_H264 = {
    Encoder.SOFTWARE: _x264, Encoder.NVENC: _nvenc, Encoder.QSV: _qsv, Encoder.VAAPI: _vaapi,
}  # fmt: skip


def _threads(encoding: Encoding) -> dict[str, Any]:
    return {"threads": encoding.threads} if encoding.threads else {}


def _capped(encoding: Encoding) -> dict[str, Any]:
    if not encoding.max_mbit:
        return {}
    return {"maxrate": f"{encoding.max_mbit}M", "bufsize": f"{2 * encoding.max_mbit}M"}
