"""What an export is made of, and how people want it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from config.cutting import Transition
from config.exporting import ReelLength
from renderers.exports.logged import LoggedClip
from renderers.exports.reels import reel_names
from renderers.exports.transitions import NAMES, Named
from renderers.sequence import Sequence, Source

Locate = Callable[[Source], Path]


@dataclass(frozen=True)
class Delivery:
    """One sequence on its way to editing systems. `locate` finds the original of a source."""

    sequence: Sequence
    locate: Locate
    reel_length: ReelLength = 8
    fcpxml_version: str = "1.10"
    fcpxml_dtds: str = ""  # folder of Apple's DTDs, called as in Final Cut Pro; "" without
    clips: tuple[LoggedClip, ...] = ()  # of the story, for logs
    transition: Transition = Transition.DISSOLVE  # what the plan's dissolves are

    @property
    def named(self) -> Named:
        """The transition as formats call it."""
        return NAMES[self.transition]

    @cached_property
    def reels(self) -> Mapping[int, str]:
        """The reel of each source by its asset: the same in every file of a delivery."""
        sources = (*self.sequence.all_sources(), *(clip.source for clip in self.clips))
        return reel_names(sources, self.reel_length)
