"""Source spans in time that are exactly as long as their record frames.

Formats that name a start and a length (FCPXML, OpenTimelineIO) need the two to agree, though
at another rate than the sequence's the plan's whole source frames are only the nearest.
"""

from fractions import Fraction

from renderers.exports.layout import Span
from renderers.sequence import Sequence


def exact(span: Span, sequence: Sequence) -> tuple[Fraction, Fraction]:
    """First source frame, counted from the first picture, and length in source frames.

    Where the span would run past the end of the media, by less than a record frame and only at
    another rate, it begins so much earlier: a clip outside its media can't be relinked.
    """
    assert span.source is not None
    length = span.duration * span.speed * span.source.rate / sequence.rate
    first = min(Fraction(span.in_frame), span.source.frames - length)
    return first, length
