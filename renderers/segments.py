"""The picture of a cut in pieces that show one thing, or one dissolve, from end to end."""

from bisect import bisect_right
from dataclasses import dataclass
from itertools import pairwise

from renderers.sequence import Event, Sequence


@dataclass(frozen=True)
class Segment:
    """Record frames [record_in, record_out) that show `event`.

    `under`: the event that it dissolves from, None outside dissolves. The dissolve as a whole
    begins at record frame `dissolve_in`; both events are seen past their own ends in it.
    """

    event: Event
    record_in: int
    record_out: int
    under: Event | None = None
    dissolve_in: int = 0

    @property
    def duration(self) -> int:
        """Record frames."""
        return self.record_out - self.record_in

    def weight(self, offset: int) -> float:
        """How much of `event` is seen `offset` frames after the segment's beginning, 0 to 1.

        Even steps that leave out 0 and 1, so that every frame of a dissolve shows both.
        """
        return (self.record_in + offset - self.dissolve_in + 1) / (self.event.dissolve + 1)


def segments(sequence: Sequence) -> list[Segment]:
    """All of them in record order, without holes. The highest track that has an event is seen."""
    edges = {0, sequence.duration}
    for event in sequence.events:
        if event.dissolve:
            edges |= {event.record_in - event.dissolve_lead, event.record_in + event.dissolve_rest}
        else:
            edges.add(event.record_in)
    over = [event for track in reversed(sequence.tracks) for event in track.events]
    for event in over:
        edges |= {event.record_in, event.record_out}
    begins = [event.record_in for event in sequence.events]
    return [
        _segment(sequence, over, begins, first, last) for first, last in pairwise(sorted(edges))
    ]


def _segment(
    sequence: Sequence, over: list[Event], begins: list[int], first: int, last: int
) -> Segment:
    for event in over:
        if event.record_in <= first < event.record_out:
            return Segment(event, first, last)
    index = bisect_right(begins, first) - 1
    for at in (index, index + 1):  # the dissolve behind a cut, or the one ahead of it
        if 0 < at < len(begins) and sequence.events[at].dissolve:
            event = sequence.events[at]
            begin = event.record_in - event.dissolve_lead
            if begin <= first < begin + event.dissolve:
                return Segment(event, first, last, sequence.events[at - 1], begin)
    return Segment(sequence.events[index], first, last)
