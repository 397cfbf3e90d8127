"""The timecode and the reel that a camera wrote into its file."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from catalog.models import Footage
from indexers.timing import rate_of
from media.timecode import Timecode, rescale

_REEL_TAGS = (
    "reel_name", "com.apple.quicktime.reelname", "com.apple.proapps.reel", "reel", "tape_name",
    "tape", "reelname",
)  # fmt: skip
_CAMERA_TAGS = (
    *_REEL_TAGS, "make", "model", "com.apple.quicktime.make", "com.apple.quicktime.model",
    "com.android.version", "com.android.manufacturer", "camera", "modelname",
)  # fmt: skip


NONE_EMBEDDED = "no timecode embedded: it is counted from 00:00:00:00"


@dataclass(frozen=True)
class Start:
    """Where a recording's timecode begins; `found` is False when none is embedded."""

    timecode: Timecode
    found: bool
    warnings: tuple[str, ...] = ()


def start(answer: Mapping[str, Any], rate: Fraction) -> Start:
    """The embedded start timecode at `rate`: tmcd track, picture, container, sound recorder.

    A label that can't be read is a warning, and the next place is asked. Drop-frame is
    taken from the `;` only where it is defined (30 and 60).
    """
    warnings: list[str] = []
    for label, counted in _labels(answer):
        try:
            timecode = parse(label, counted, rate)
        except ValueError as error:
            warnings.append(f"embedded timecode ignored: {error}")
            continue
        return Start(timecode, True, tuple(warnings))
    samples = _tags(answer["format"]).get("time_reference", "0")
    hertz = next((s["sample_rate"] for s in answer["streams"] if "sample_rate" in s), "0")
    if samples.isdecimal() and int(samples) and int(hertz):
        frames = rescale(int(samples), Fraction(int(hertz)), rate)
        return Start(Timecode(frames, rate), True, tuple(warnings))
    warnings.append(NONE_EMBEDDED)
    return Start(Timecode(0, rate), False, tuple(warnings))


def reel(answer: Mapping[str, Any], path: Path) -> str:
    """The name of the card or tape, else of the file."""
    places = [*answer["streams"], answer["format"]]
    tags = [_tags(place) for place in places]
    names = (found[tag].strip() for tag in _REEL_TAGS for found in tags if tag in found)
    return next((name for name in names if name), path.stem)


def is_camera(answer: Mapping[str, Any], footage: Footage) -> bool:
    """Whether a camera wrote it: it names its maker or its reel, or its timecode runs.

    Programmes begin at a whole minute; a camera's time of day hardly ever does.
    """
    tags = [_tags(place) for place in (*answer["streams"], answer["format"])]
    if any(tag in found and found[tag].strip() for tag in _CAMERA_TAGS for found in tags):
        return True
    return footage.has_timecode and bool(footage.start_frame % round(60 * footage.rate))


def _labels(answer: Mapping[str, Any]) -> Iterator[tuple[str, Fraction | None]]:
    """Every timecode label, best first, with the rate it is counted at where that is known."""
    streams = answer["streams"]
    tracks = [s for s in streams if s.get("codec_tag_string") == "tmcd"]
    others = [s for s in streams if s.get("codec_type") in ("video", "data") and s not in tracks]
    for place in (*tracks, *others, answer["format"]):
        label = _tags(place).get("timecode")
        if label:
            yield label, rate_of(place, "avg_frame_rate") if place in tracks else None


def parse(label: str, counted: Fraction | None, rate: Fraction) -> Timecode:
    """50p and 60p cameras often count at half the rate of their pictures."""
    halved = counted is not None and counted * 2 == rate
    own = counted if counted is not None and halved else rate
    try:
        timecode = Timecode.parse(label, own)
    except ValueError:
        if round(own) % 30 == 0:
            raise
        timecode = Timecode.parse(label, own, drop_frame=False)
    return Timecode(rescale(timecode.frames, own, rate), rate, timecode.drop_frame)


def _tags(place: Mapping[str, Any]) -> dict[str, str]:
    return {key.lower(): str(value) for key, value in place.get("tags", {}).items()}
