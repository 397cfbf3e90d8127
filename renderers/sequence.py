"""A cut independent of any format: whole frames, exact rates, reasons.

Every export is a view of a Sequence. Spans are half-open. Source frames count at the
source's own rate from the first frame of its picture (0), record frames at the sequence's
rate from the sequence's first frame (0); timecodes are added where labels are printed.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from typing import Any

from media.timecode import Timecode


@dataclass(frozen=True)
class Source:
    """The part of an asset's identity that a cut needs."""

    asset_id: int
    name: str  # file name with suffix, as dropped
    path: str  # of the original: watch folder name, "/", relative path
    reel: str  # as the camera or the file name gives it; exports make it fit their format
    rate: Fraction
    drop_frame: bool
    start_frame: int  # of its timecode
    frames: int  # length
    has_sound: bool
    width: int
    height: int
    proxy: str  # relative to the output folder

    def timecode(self, frame: int) -> Timecode:
        """The label of a frame of this source."""
        return Timecode(self.start_frame + frame, self.rate, self.drop_frame)


@dataclass(frozen=True)
class Event:
    """One entry of a cut: a span of a source, or a gap (source None) that shows what is missing.

    `in_frame`, `out_frame`: of the source at its rate; 0 and 0 for a gap.
    `record_in`, `record_out`: of the sequence at its rate.
    """

    number: int  # from 1
    line: int  # number of the script line
    text: str  # of the script line
    character: str
    source: Source | None
    in_frame: int
    out_frame: int
    record_in: int
    record_out: int
    heard: str = ""  # what is said in it
    emotion: str = ""
    score: float = 0.0
    reasons: tuple[str, ...] = ()
    clip_key: str = ""

    @property
    def duration(self) -> int:
        """Frames of the sequence."""
        return self.record_out - self.record_in


@dataclass(frozen=True)
class Sequence:
    """Events in record order without holes: each begins where the one before ends."""

    title: str
    rate: Fraction
    drop_frame: bool
    start_frame: int  # record timecode of frame 0
    width: int
    height: int
    events: tuple[Event, ...]

    @property
    def duration(self) -> int:
        """Frames of the sequence."""
        return self.events[-1].record_out if self.events else 0

    def timecode(self, frame: int) -> Timecode:
        """The record timecode of a frame."""
        return Timecode(self.start_frame + frame, self.rate, self.drop_frame)

    def sources(self) -> tuple[Source, ...]:
        """Each source once, in order of first use."""
        found: dict[int, Source] = {}
        for event in self.events:
            if event.source:
                found.setdefault(event.source.asset_id, event.source)
        return tuple(found.values())


def to_json(sequence: Sequence) -> dict[str, Any]:
    """A lossless form for the catalog: rates become "30000/1001"."""

    def plain(value: Any) -> Any:
        if isinstance(value, Fraction):
            return f"{value.numerator}/{value.denominator}"
        if isinstance(value, dict):
            return {key: plain(item) for key, item in value.items()}
        return [plain(item) for item in value] if isinstance(value, list | tuple) else value

    return dict(plain(asdict(sequence)))


def from_json(data: Mapping[str, Any]) -> Sequence:
    """The inverse of `to_json`."""
    events = tuple(_event(entry) for entry in data["events"])
    values = {**data, "rate": Fraction(data["rate"]), "events": events}
    return Sequence(**values)


def _event(data: Mapping[str, Any]) -> Event:
    source = data["source"]
    event = Event(**{**data, "source": None, "reasons": tuple(data["reasons"])})
    if source is None:
        return event
    return replace(event, source=Source(**{**source, "rate": Fraction(source["rate"])}))
