"""The section of what editing systems get."""

from typing import Literal

from config.section import Section

ReelLength = Literal[8, 32, 128, "full"]
REEL_LENGTHS: tuple[ReelLength, ...] = (8, 32, 128, "full")
FCPXML_VERSIONS = ("1.8", "1.9", "1.10", "1.11", "1.12", "1.13")


class Export(Section):
    """Which files are written beside a cut, and in which dialect. Names of formats are those of
    renderers/exports/registry.py, which refuses others."""

    formats: tuple[str, ...]
    stringout: bool
    reel_length: ReelLength
    fcpxml_version: Literal["1.8", "1.9", "1.10", "1.11", "1.12", "1.13"]
    fcpxml_dtds: str
