"""Sections of what is made of footage."""

from typing import Annotated, Literal

from pydantic import Field

from config.section import Section


class Proxy(Section):
    """The browser-playable copy of an original."""

    height: Annotated[int, Field(ge=90, le=2160)]
    crf: Annotated[int, Field(ge=0, le=51)]
    preset: Literal["ultrafast", "superfast", "veryfast", "faster", "fast", "medium"]
    threads: Annotated[int, Field(ge=0, le=64)]


class Shots(Section):
    """Hard cuts in the picture, from ffmpeg's scdet scores (0 to 100)."""

    threshold: Annotated[float, Field(gt=0, le=100)]
    ratio: Annotated[float, Field(ge=1)]
    minimum_frames: Annotated[int, Field(ge=1)]
