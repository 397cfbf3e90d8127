"""Where another judge plugs in. Nothing here runs unless it is given to the match stage."""

from collections.abc import Sequence
from typing import Protocol


class Verifier(Protocol):
    """Someone who reads, such as a language model. Asked about weak takes only."""

    def delivers(self, line: str, heard: Sequence[str]) -> Sequence[bool]:
        """For each text that was heard, whether it delivers the script line."""
