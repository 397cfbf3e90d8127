"""Source spans on the record's grid, and how long a text takes to read."""

from fractions import Fraction

from catalog.words import is_han, tokens
from media.timecode import rescale, seconds_to_frames
from renderers.sequence import Source

_SHORTEST_GAP = 1.0  # second: a missing "Yes." must be seen too
_HAN_PER_WORD = 1.5  # characters are read 1.5 times as fast as words


def on_grid(span: tuple[int, int], source: Source, rate: Fraction) -> tuple[int, int, int]:
    """The source in and out nearest to `span` that fill whole frames at `rate`, and how many.

    The source length is the record length at the source's rate, rounded; it ends inside the
    asset. A source of the same rate keeps its span.
    """
    start = min(max(0, span[0]), source.frames - 1)
    length = max(1, rescale(max(1, span[1] - start), source.rate, rate))
    while length > 1 and start + length * source.rate / rate > source.frames:
        length -= 1  # exactly, not rounded: 10 frames at 24 last a little less than 10 at 23.976
    end = start + max(1, rescale(length, rate, source.rate))
    return start, min(end, source.frames), length


def gap_frames(text: str, words_per_minute: int, rate: Fraction) -> int:
    """How long it takes to read `text` aloud, in frames; one second at least."""
    found = tokens(text)
    han = sum(map(is_han, found))
    minutes = (len(found) - han + han / _HAN_PER_WORD) / words_per_minute
    return max(1, seconds_to_frames(max(_SHORTEST_GAP, minutes * 60), rate))
