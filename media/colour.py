"""Any picture as a browser shows it: BT.709, 8 bits, limited range, nothing transparent."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_HDR = ("smpte2084", "arib-std-b67")  # PQ and HLG
_PEAK = 203  # nits of diffuse white (ITU-R BT.2408)
_HD_LINES = 720  # what has as many and doesn't say its matrix is BT.709
_PLAIN = ("bt709", "unknown", "")
_MATRICES = {
    "bt709": "bt709", "smpte170m": "smpte170m", "bt470bg": "bt470bg", "bt2020nc": "bt2020",
    "bt2020c": "bt2020", "smpte240m": "smpte240m", "fcc": "fcc",
}  # fmt: skip
_RGB = ("rgb", "bgr", "gbr", "argb", "abgr", "pal8")
_ALPHA = ("yuva", "rgba", "bgra", "argb", "abgr", "gbrap", "ya8", "ya16", "ayuv", "pal8")


@dataclass(frozen=True)
class Colour:
    """What matters of a picture's colour. `matrix`: as the scale filter calls it."""

    matrix: str = "bt709"
    hdr: bool = False
    alpha: bool = False
    rgb: bool = False

    @classmethod
    def of(cls, video: Mapping[str, Any]) -> "Colour":
        """From ffprobe's stream."""
        guess = "bt709" if int(video.get("height", 0)) >= _HD_LINES else "smpte170m"
        return cls(
            matrix=_MATRICES.get(str(video.get("color_space", "")), guess),
            hdr=video.get("color_transfer") in _HDR,
            alpha=str(video.get("pix_fmt", "")).startswith(_ALPHA),
            rgb=str(video.get("pix_fmt", "")).startswith(_RGB),
        )


def is_bt709(video: Mapping[str, Any]) -> bool:
    """Whether ffprobe's stream may be used as it is: BT.709, or not said, at limited range."""
    said = [str(video.get(f"color_{what}", "")) for what in ("space", "transfer", "primaries")]
    return all(one in _PLAIN for one in said) and video.get("color_range", "tv") in (
        "tv",
        "unknown",
    )


def shown(stream: Any, colour: Colour, width: int, height: int) -> Any:
    """Scale to `width` × `height` yuv420p; what is transparent becomes black.

    High dynamic range is tone-mapped after scaling, where it costs an eighth. Of ffmpeg's curves
    mobius keeps mid grey where it is; hable makes it half as bright.
    """
    if colour.alpha:
        with_alpha = "gbrap" if colour.rgb else "yuva444p"
        stream = stream.filter("format", with_alpha).filter("premultiply", inplace=1)
    if colour.hdr:
        stream = stream.filter("scale", width, height).filter(
            "zscale", transfer="linear", npl=_PEAK
        )
        stream = stream.filter("format", "gbrpf32le").filter("zscale", primaries="bt709")
        stream = stream.filter("tonemap", tonemap="mobius", desat=0)
        stream = stream.filter("zscale", transfer="bt709", matrix="bt709", range="tv")
        return stream.filter("format", "yuv420p")
    return stream.filter(
        "scale", width, height, in_color_matrix=colour.matrix, out_color_matrix="bt709",
        out_range="tv",
    ).filter("format", "yuv420p")  # fmt: skip
