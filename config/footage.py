"""Sections of what is made of footage."""

from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag, field_validator

from config.section import Section
from media.encoding import Codec, Encoding
from media.timecode import exact_rate

Preset = Literal["ultrafast", "superfast", "veryfast", "faster", "fast", "medium"]
Height = Annotated[int, Field(ge=90, le=2160)]
Crf = Annotated[int, Field(ge=0, le=51)]
Megabits = Annotated[float, Field(ge=0, le=200)]


class Proxy(Section):
    """Which profiles the decoding pass makes, and with what."""

    profile: str
    also: tuple[str, ...]
    encoder: Literal["software", "nvenc", "qsv", "vaapi", "auto"]
    threads: Annotated[int, Field(ge=0, le=64)]


class Profile(Section):
    """One kind of copy of an original: a file."""

    codec: Codec = Codec.H264
    height: Height = 540
    crf: Crf = 23
    preset: Preset = "superfast"
    key_seconds: Annotated[float, Field(ge=0, le=10)] = 1
    max_mbit: Megabits = 0
    burn_timecode: bool = False
    sound: Literal["aac", "pcm"] = "aac"

    @property
    def plays(self) -> bool:
        """Whether a browser plays it; else it is for editing systems, as QuickTime."""
        return self.codec is Codec.H264 and self.sound == "aac"

    @property
    def stands_alone(self) -> bool:
        """Whether every frame of it can be joined with others without being encoded again."""
        return self.codec is Codec.H264 and not self.key_seconds

    def encoding(self, rate: int, threads: int = 0) -> Encoding:
        """For a picture of nominally `rate` frames a second."""
        distance = max(1, round(self.key_seconds * rate))
        return Encoding(self.codec, self.preset, self.crf, distance, self.max_mbit, threads)


class Rung(Section):
    """One quality of a ladder."""

    height: Height
    max_mbit: Annotated[float, Field(gt=0, le=200)]


class Ladder(Section):
    """One kind of copy in several qualities, of which a player takes what its line carries."""

    rungs: Annotated[tuple[Rung, ...], Field(min_length=1, max_length=8)]
    crf: Crf = 23
    preset: Preset = "veryfast"
    segment_seconds: Annotated[float, Field(ge=1, le=20)] = 4

    @property
    def wanted(self) -> dict[int, float]:
        """Pixels of the shorter side → 10^6 bits a second at most."""
        return {rung.height: rung.max_mbit for rung in self.rungs}


def _kind(value: object) -> str:
    ladder = isinstance(value, Ladder) or (isinstance(value, dict) and "rungs" in value)
    return "ladder" if ladder else "profile"


AnyProfile = Annotated[
    Annotated[Profile, Tag("profile")] | Annotated[Ladder, Tag("ladder")], Discriminator(_kind)
]


class Stills(Section):
    """How long a picture is shown, and how fast an image sequence runs that does not say it."""

    seconds: Annotated[float, Field(gt=0, le=3600)]
    rate: str

    @field_validator("rate")
    @classmethod
    def _is_a_rate(cls, value: str) -> str:
        exact_rate(value)
        return value


class Shots(Section):
    """Where shots begin; unlikeness is 0 (the same picture) to 1."""

    threshold: Annotated[float, Field(gt=0, le=1)]
    ratio: Annotated[float, Field(ge=1)]
    gradual: Literal["auto", "on", "off"]
    minimum_frames: Annotated[int, Field(ge=1)]
