"""The stringout: every take of every line in script order, as a sequence of its own.

What the rough cut chose and what it did not, in the order in which it was shot, nothing left
out: the material for a changed mind. Lines that nobody said keep their gap.
"""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from renderers.sequence import Alternate, Event, Sequence

NAME = "stringout"
CHOSEN = "chosen for the rough cut"  # the reason that marks what V1 of the rough cut has


def stringout(cut: Sequence) -> Sequence:
    """All takes of a rough cut, one after the other, straight cuts only."""
    events: list[Event] = []
    at = 0
    for event in cut.events:
        for take in _takes(event):
            placed = replace(
                take, number=len(events) + 1, record_in=at, record_out=at + take.duration
            )
            events.append(placed)
            at = placed.record_out
    return replace(cut, title=f"{cut.title} {NAME}", events=tuple(events), tracks=(), markers=())


def _takes(event: Event) -> Iterator[Event]:
    """The takes of one event in the order of shooting, the chosen one marked as such."""
    plain = replace(event, dissolve=0, split=0, alternates=())
    if event.source is None:
        offered = [_event(plain, other) for other in event.alternates]
        yield from sorted(offered, key=_shot) or [plain]
        return
    marked = replace(plain, reasons=(CHOSEN, *event.reasons))
    yield from sorted([marked, *(_event(plain, other) for other in event.alternates)], key=_shot)


def _event(of: Event, other: Alternate) -> Event:
    return replace(
        of,
        source=other.source,
        in_frame=other.in_frame,
        out_frame=other.out_frame,
        record_out=of.record_in + other.length,
        heard=other.heard,
        emotion=other.emotion,
        feelings={},
        score=other.score,
        reasons=other.reasons,
        clip_key=other.clip_key,
        speed=Fraction(1),
        gain=0.0,
    )


def _shot(event: Event) -> tuple[str, int]:
    assert event.source is not None
    return event.source.path, event.in_frame
