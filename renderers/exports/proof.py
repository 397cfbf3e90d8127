"""Holding what a reader found in a file against the plan: the gate before it is published."""

from collections.abc import Callable, Iterator
from collections.abc import Sequence as Many
from dataclasses import dataclass
from fractions import Fraction

from media.errors import Rejected
from renderers.exports.layout import Span
from renderers.sequence import Sequence, Source

_ROUNDED = Fraction(1, 1000)  # frames: OTIO's times are doubles, whose sums miss a whole number


@dataclass(frozen=True)
class Found:
    """A span of a source as it was read from a file.

    `name` identifies the source as the format does (reel, path). Source frames count from its
    first picture, exactly; they may be a fraction at another rate than the sequence's.
    `dissolve`: frames of the dissolve that it begins with.
    """

    name: str
    in_frame: Fraction
    out_frame: Fraction
    record_in: Fraction
    record_out: Fraction
    dissolve: int = 0
    enabled: bool = True


@dataclass(frozen=True)
class Track:
    """What is planned for a track, and how a difference to it is told."""

    file: str
    name: str  # "V1", "A1", "alternates"
    sequence: Sequence
    called: Callable[[Source], str]

    def prove(self, planned: Many[Span], found: Many[Found]) -> None:
        """Raise Rejected with the first difference. Gaps are where nothing was found."""
        spans = [span for span in planned if span.source]
        if len(spans) != len(found):
            raise Rejected(f"{self.file}: {self.name} has {len(found)} clips, planned {len(spans)}")
        for span, read in zip(spans, found, strict=True):
            for fault in self._faults(span, read):
                raise Rejected(f"{self.file}: event {span.event.number} on {self.name} {fault}")

    def _faults(self, span: Span, read: Found) -> Iterator[str]:
        assert span.source is not None
        if read.name != self.called(span.source):
            yield f"is {read.name!r}, planned {self.called(span.source)!r}"
        if read.record_in != span.record_in or read.record_out != span.record_out:
            yield (
                f"lies at {read.record_in} to {read.record_out}, "
                f"planned {span.record_in} to {span.record_out}"
            )
        if read.dissolve != span.dissolve_in:
            yield f"begins with a dissolve of {read.dissolve}, planned {span.dissolve_in}"
        leeway = self._leeway(span)
        for what, is_at, planned in (
            ("begins", read.in_frame, span.in_frame),
            ("ends", read.out_frame, span.out_frame),
        ):
            if abs(is_at - planned) > leeway:
                yield f"{what} at source frame {float(is_at):.3f}, planned {planned}"
        if read.in_frame < -_ROUNDED or read.out_frame > span.source.frames + _ROUNDED:
            yield (
                f"takes {float(read.in_frame):.3f} to {float(read.out_frame):.3f} of "
                f"{span.source.name}, which has {span.source.frames} frames"
            )
        if read.enabled == (span.alternate is not None):
            yield f"is {'on' if read.enabled else 'off'}"

    def _leeway(self, span: Span) -> Fraction:
        """Source frames: none of a freeze frame and at the same rate and speed, else those of one
        record frame, and one that is lost in rounding; at a dissolve, whose half is, one more."""
        assert span.source is not None
        ratio = span.source.rate * span.speed / self.sequence.rate
        exactly = ratio == 0 or (ratio == 1 and span.speed == 1)
        dissolves = bool(span.dissolve_in or span.dissolve_out)
        return Fraction(0) if exactly else 1 + ratio + dissolves
