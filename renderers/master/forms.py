"""What pictures must have in common to stand in one stream, and how to encode like them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from media.colour import is_bt709

_ALONE = ("prores", "dnxhd")  # codecs of which every frame stands for itself
_PRORES = {"apco": 0, "apcs": 1, "apcn": 2, "apch": 3, "ap4h": 4, "ap4x": 5}
_DNXHR = {
    "DNXHR LB": "dnxhr_lb", "DNXHR SQ": "dnxhr_sq", "DNXHR HQ": "dnxhr_hq",
    "DNXHR HQX": "dnxhr_hqx", "DNXHR 444": "dnxhr_444",
}  # fmt: skip


@dataclass(frozen=True)
class Form:
    """`kind`: ProRes' tag, DNx' profile, else "". `bit_rate`: of DNxHD, whose frames all have
    the same size; else 0. `alone`: every frame stands for itself."""

    codec: str
    kind: str
    size: tuple[int, int]
    pixels: str
    bit_rate: int
    alone: bool

    def encoder(self) -> dict[str, Any]:
        """ffmpeg-python's options that encode alike, for forms whose frames stand alone."""
        if self.codec == "prores":
            return {"vcodec": "prores_ks", "profile:v": _PRORES[self.kind], "vendor": "apl0"}
        if self.codec == "dnxhd":
            profile = _DNXHR.get(self.kind, "dnxhd")
            return {"vcodec": "dnxhd", "profile:v": profile, "b:v": self.bit_rate}
        return {"vcodec": "libx264", "preset": "veryfast", "crf": 16, "g": 1}


def form_of(video: Mapping[str, Any], *, alone: bool) -> Form | None:
    """Of ffprobe's stream; None of what is never copied: other codecs, fields, turned pictures,
    pixels that are not square, colours that are not BT.709 at limited range."""
    codec = str(video["codec_name"])
    kind = {"prores": video.get("codec_tag_string", ""), "dnxhd": video.get("profile", "")}
    known = codec == "h264" or codec in _ALONE
    if not known or (codec == "prores" and kind[codec] not in _PRORES) or not _plain(video):
        return None
    fixed = codec == "dnxhd" and kind[codec] not in _DNXHR
    return Form(
        codec, str(kind.get(codec, "")), (int(video["width"]), int(video["height"])),
        str(video["pix_fmt"]), int(video.get("bit_rate", 0)) if fixed else 0,
        alone or codec in _ALONE,
    )  # fmt: skip


def _plain(video: Mapping[str, Any]) -> bool:
    turned = any("rotation" in data for data in video.get("side_data_list", ()))
    square = video.get("sample_aspect_ratio", "1:1") in ("1:1", "0:1", "N/A")
    progressive = video.get("field_order", "progressive") in ("progressive", "unknown")
    return square and progressive and not turned and is_bt709(video)
