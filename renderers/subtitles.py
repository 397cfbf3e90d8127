"""The subtitles of the cut: what is heard, at the time at which it is heard in the movie."""

from pathlib import Path

from renderers.captions import Cue, write_srt
from renderers.cuts import Locate
from renderers.sequence import Sequence


def cues(sequence: Sequence) -> list[Cue]:
    """One cue per event that says something, in seconds from the movie's first frame.

    A gap shows the missing line in brackets, so that the story can be read through.
    """
    found = []
    for event in sequence.events:
        text = event.heard if event.source else f"[{event.text.strip()}]"
        if text.strip(" []"):
            start, end = event.record_in / sequence.rate, event.record_out / sequence.rate
            found.append(Cue(start, end, text, event.character))
    return found


def write(sequence: Sequence, target: Path, locate: Locate) -> list[Path]:
    """Write `cues` as SRT. `locate` is not needed: subtitles name no files."""
    write_srt(cues(sequence), target)
    return [target]
