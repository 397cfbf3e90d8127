"""Sections of the way from a script to its cut."""

from typing import Annotated

from pydantic import Field, field_validator

from config.section import Seconds, Section
from media.timecode import exact_rate


class Match(Section):
    """How a script finds its takes."""

    wait_seconds: Seconds
    quiet_seconds: Seconds
    threshold: Annotated[float, Field(ge=0, le=1)]
    lexicon: str


class Cut(Section):
    """The rough cut: its rate, where its record timecode starts, its breath."""

    rate: str
    start: Annotated[str, Field(pattern=r"^\d{2}:\d{2}:\d{2}[:;]\d{2}$")]
    handle_seconds: Annotated[float, Field(ge=0, le=5)]
    words_per_minute: Annotated[int, Field(ge=60, le=400)]

    @field_validator("rate")
    @classmethod
    def _is_a_rate(cls, value: str) -> str:
        if value != "auto":
            exact_rate(value)
        return value
