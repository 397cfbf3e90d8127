"""Sections of the way from a script to its cut."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, field_validator

from config.section import Seconds, Section
from media.timecode import exact_rate


class Match(Section):
    """How a script finds its takes."""

    wait_seconds: Seconds
    quiet_seconds: Seconds
    threshold: Annotated[float, Field(ge=0, le=1)]
    sure: Annotated[float, Field(ge=0, le=1)]
    lexicon: str


class Split(StrEnum):
    """Whether sound and picture change together."""

    NONE = "none"
    J = "j"  # the sound comes first
    L = "l"  # the sound stays longer


class Cut(Section):
    """The rough cut: its rate, where its record timecode starts, its breath, its joins."""

    rate: str
    start: Annotated[str, Field(pattern=r"^\d{2}:\d{2}:\d{2}[:;]\d{2}$")]
    handle_seconds: Annotated[float, Field(ge=0, le=5)]
    words_per_minute: Annotated[int, Field(ge=60, le=400)]
    loudness: Annotated[float, Field(ge=-40, le=0)]
    dissolve_seconds: Annotated[float, Field(ge=0, le=4)]
    split: Split
    split_seconds: Annotated[float, Field(ge=0, le=2)]
    broll: bool
    room_tone: bool

    @field_validator("rate")
    @classmethod
    def _is_a_rate(cls, value: str) -> str:
        if value != "auto":
            exact_rate(value)
        return value


class Transition(StrEnum):
    """How the plan's dissolves look in the movie, and what exports call them."""

    DISSOLVE = "dissolve"
    DIP_BLACK = "dip-black"
    DIP_WHITE = "dip-white"
    WIPE = "wipe"


class Movie(Section):
    """The cut as a movie: its joins, its colours, what is written over it."""

    crossfade_ms: Annotated[float, Field(ge=0, le=200)]
    transition: Transition
    lut: str
    subtitles: bool
    title: bool
    lower_thirds: bool
    ladder: str
    master: str
