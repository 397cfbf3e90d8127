"""Where other judges plug in. Nothing here runs unless one is given to the match stage."""

from collections.abc import Sequence
from typing import Protocol

from indexers.matching.meaning import Scores
from indexers.matching.shown import Shown


class Vision(Protocol):
    """Someone who compares words with pictures, such as CLIP."""

    def likeness(self, lines: Sequence[str], clips: Sequence[Shown]) -> Scores:
        """Lines × clips, 0 to 1; 0 where there is no picture to compare.

        On the scale of `Meaning.likeness`: about 0.35 is as like as unrelated texts are.
        """


class Verifier(Protocol):
    """Someone who reads, such as a language model. Asked about weak takes only."""

    def delivers(self, line: str, heard: Sequence[str]) -> Sequence[bool]:
        """For each text that was heard, whether it delivers the script line."""
