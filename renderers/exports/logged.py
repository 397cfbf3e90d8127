"""A clip as a logger would write it down: what an ALE holds a row of."""

from dataclasses import dataclass

from renderers.sequence import Source


@dataclass(frozen=True)
class LoggedClip:
    """A span [in, out) of a source, in its frames. What is not known is empty."""

    source: Source
    in_frame: int
    out_frame: int
    transcript: str = ""
    emotion: str = ""
    scene: str = ""
    take: int = 0  # from 1, in order of the recording; 0: delivers no script line
    script_line: str = ""
    character: str = ""
    score: float = 0.0
    chosen: bool = False
    speaker: str = ""  # who is heard; several with commas
