"""Where everything lies: the sequence as spans on tracks, the view that all formats share."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from media.timecode import rescale
from renderers.sequence import Alternate, Event, Sequence, Source, source_length


@dataclass(frozen=True)
class Span:
    """A span of a source on a track. Half-open; source frames from its first picture (0).

    `dissolve_in`, `dissolve_out`: frames of the dissolve at either end, 0 for a cut; the
    span itself ends at the cut, in the middle of the dissolve.
    """

    event: Event  # that it is, or is an alternate of
    source: Source | None  # None: nothing, a gap
    in_frame: int
    out_frame: int
    record_in: int
    record_out: int
    dissolve_in: int = 0
    dissolve_out: int = 0
    speed: Fraction = Fraction(1)
    alternate: Alternate | None = None

    @property
    def duration(self) -> int:
        """Record frames."""
        return self.record_out - self.record_in

    @property
    def frozen(self) -> bool:
        """Whether its one source frame stands for all record frames."""
        return self.speed == 0


def pictures(sequence: Sequence) -> list[Span]:
    """V1: every event, in record order without holes; sources without picture are gaps."""
    events = sequence.events
    following = [event.dissolve for event in events[1:]] + [0]
    return [
        _span(event, event.source and event.source.has_picture, event.dissolve, after)
        for event, after in zip(events, following, strict=True)
    ]


def sounds(sequence: Sequence) -> list[Span]:
    """A1: every event with its sound where split edits put it, without holes; freeze frames are
    silent."""
    events = sequence.events
    shifts = [0, *(event.split for event in events[1:]), 0]
    found = []
    for event, (first, last) in zip(events, pairwise(shifts), strict=True):
        span = _span(event, event.source and event.source.has_sound and not event.frozen)
        if first or last:
            span = _shifted(span, first, last, sequence.rate)
        found.append(span)
    return found


def over(sequence: Sequence) -> list[list[Span]]:
    """The picture tracks above V1, lowest first, with what is cut in on them."""
    return [[_span(event, True) for event in track.events] for track in sequence.tracks]


def lanes(sequence: Sequence) -> list[list[Span]]:
    """The alternates, each from where its event begins, in as few tracks as they need.

    What would run past the end of the sequence ends there.
    """
    found: list[list[Span]] = []
    for event in sequence.events:
        for alternate in event.alternates:
            span = _offered(event, alternate, sequence)
            free = (lane for lane in found if lane[-1].record_out <= span.record_in)
            lane = next(free, None)
            if lane is None:
                lane = []
                found.append(lane)
            lane.append(span)
    return found


def widest(spans: Iterable[Span]) -> int:
    """The most channels of sound of any source."""
    return max((span.source.channels for span in spans if span.source), default=0)


def _span(event: Event, present: object, dissolve_in: int = 0, dissolve_out: int = 0) -> Span:
    return Span(
        event=event,
        source=event.source if present else None,
        in_frame=event.in_frame,
        out_frame=event.out_frame,
        record_in=event.record_in,
        record_out=event.record_out,
        dissolve_in=dissolve_in,
        dissolve_out=dissolve_out,
        speed=event.speed,
    )


def _shifted(span: Span, first: int, last: int, rate: Fraction) -> Span:
    """With other record ends, and the source frames nearest to them."""
    ahead = behind = Fraction(0)
    if span.source:
        ahead, behind = (source_length(span.event, rate, shift) for shift in (first, last))
    return Span(
        event=span.event,
        source=span.source,
        in_frame=span.in_frame + _nearest(ahead),
        out_frame=span.out_frame + _nearest(behind),
        record_in=span.record_in + first,
        record_out=span.record_out + last,
        speed=span.speed,
    )


def _nearest(frames: Fraction) -> int:
    return int(frames + Fraction(1, 2)) if frames >= 0 else -int(Fraction(1, 2) - frames)


def _offered(event: Event, alternate: Alternate, sequence: Sequence) -> Span:
    length = min(alternate.length, sequence.duration - event.record_in)
    out_frame = alternate.out_frame
    if length < alternate.length:
        source_frames = rescale(length, sequence.rate, alternate.source.rate)
        out_frame = min(out_frame, alternate.in_frame + max(1, source_frames))
    return Span(
        event=event,
        source=alternate.source,
        in_frame=alternate.in_frame,
        out_frame=out_frame,
        record_in=event.record_in,
        record_out=event.record_in + length,
        alternate=alternate,
    )
