"""What no recording is: absurd figures in a container that would take a day to find out.

A container is only a file that somebody wrote: a flipped bit makes a clip of 300 years, and a
few kilobytes can claim a million pictures of 16,000 × 16,000.
"""

from collections.abc import Mapping
from typing import Any

from catalog.models import Footage
from media.errors import Rejected
from media.formats import MOST_PIXELS

_LONGEST = 48 * 3600  # seconds: a day's surveillance twice over
_WIDEST = 16_384  # pixels: H.264 encoders and JPEG end there
_LEAST_BYTES = 2  # a frame: repeated pictures of H.264 take more
_RAW_TAGS = {"aprn": "ProRes RAW", "aprh": "ProRes RAW HQ"} | dict.fromkeys(
    ("brst", "brvn", "brs2", "brxq", "brxh"), "Blackmagic RAW"
)

Stream = Mapping[str, Any]


def refuse_raw(answer: Mapping[str, Any], name: str) -> None:
    """Raise Rejected for raw pictures inside of a container that ffmpeg can open.

    RED's first files have pictures that it takes for JPEG 2000 and can't decode.
    """
    red = str(answer.get("format", {}).get("format_name", "")) == "r3d"
    for stream in answer.get("streams", []):
        tag = str(stream.get("codec_tag_string", "")).lower()
        if kind := "RED raw" if red else _RAW_TAGS.get(tag):
            raise Rejected(
                f"{name} is {kind}, which ffmpeg can't decode: drop a transcode of it (ProRes 422 "
                "HQ, DNxHR HQX, H.264); the original is left where it is"
            )


def require_sane_size(video: Stream, name: str) -> None:
    """Raise Rejected for a picture that no camera takes."""
    width, height = int(video["width"]), int(video["height"])
    if max(width, height) > _WIDEST or width * height > MOST_PIXELS or min(width, height) < 2:
        raise Rejected(
            f"{name} says that its picture is {width}×{height}, which can't be decoded: check "
            f"the copy, or drop a version of at most {_WIDEST} pixels a side"
        )


def require_sane_length(footage: Footage, size: int, name: str) -> None:
    """Raise Rejected for what is longer than `size` bytes can hold, or than two days."""
    seconds = float(footage.frames / footage.rate)
    if seconds > _LONGEST:
        raise Rejected(
            f"{name} says that it lasts {seconds / 3600:.0f} hours: check the copy, or drop it in "
            "parts of at most two days"
        )
    if footage.has_picture and footage.frames * _LEAST_BYTES > size:
        raise Rejected(
            f"{name} says that it has {footage.frames} frames in {size} bytes: it is damaged, "
            "drop it again from the card"
        )
