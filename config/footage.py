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
    key_seconds: Annotated[float, Field(ge=0, le=10)]
    max_mbit: Annotated[float, Field(ge=0, le=200)]
    burn_timecode: bool


class Shots(Section):
    """Where shots begin; unlikeness is 0 (the same picture) to 1."""

    threshold: Annotated[float, Field(gt=0, le=1)]
    ratio: Annotated[float, Field(ge=1)]
    gradual: Literal["auto", "on", "off"]
    minimum_frames: Annotated[int, Field(ge=1)]
