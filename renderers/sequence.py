"""A cut independent of any format: whole frames, exact rates, reasons.

Every export is a view of a Sequence. Spans are half-open. Source frames count at the
source's own rate from the first frame of its picture (0), record frames at the sequence's
rate from the sequence's first frame (0); timecodes are added where labels are printed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from pathlib import PurePosixPath
from typing import Any

from pydantic import TypeAdapter

from media import imagefiles
from media.numbered import LISTED
from media.timecode import Timecode


@dataclass(frozen=True)
class Part:
    """One of the files of a source that is several: `in_frame` of the source is its first."""

    name: str
    path: str
    in_frame: int
    frames: int
    start_frame: int  # of its own timecode


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
    channels: int  # of sound, all streams together; 0 without sound
    width: int  # 0 without picture
    height: int
    proxy: str  # relative to the output folder
    interlaced: bool = False
    parts: tuple[Part, ...] = ()  # in order; none of a source that is one file

    @property
    def has_sound(self) -> bool:
        """Whether there is anything to hear."""
        return self.channels > 0

    @property
    def has_picture(self) -> bool:
        """Whether there is anything to see."""
        return self.width > 0

    @property
    def still(self) -> bool:
        """Whether it is one picture, all of whose frames are alike; image sequences are not."""
        suffix = PurePosixPath(self.name).suffix.lower()
        return suffix in imagefiles.SUFFIXES and not LISTED.search(self.name)

    def timecode(self, frame: int) -> Timecode:
        """The label of a frame of this source."""
        return Timecode(self.start_frame + frame, self.rate, self.drop_frame)


@dataclass(frozen=True)
class Alternate:
    """Another take of an event's script line. `length`: its record frames, when cut in."""

    source: Source
    in_frame: int
    out_frame: int
    length: int
    heard: str = ""
    emotion: str = ""
    score: float = 0.0
    reasons: tuple[str, ...] = ()
    clip_key: str = ""


@dataclass(frozen=True)
class Tone:
    """Frames [in, out) of a source in which only the room is heard."""

    source: Source
    in_frame: int
    out_frame: int


@dataclass(frozen=True)
class Event:
    """One entry of a cut: a span of a source, or a gap (source None) that shows what is missing.

    `in_frame`, `out_frame`: of the source at its rate; 0 and 0 for a gap.
    `record_in`, `record_out`: of the sequence at its rate.
    `dissolve`: record frames of the cross dissolve from the event before, 0 for a cut. It is
    centred: `dissolve_lead` frames before `record_in`, which show this source ahead of
    `in_frame`, and `dissolve_rest` after it, which show the one before past its `out_frame`.
    `split`: record frames by which its sound begins before its picture (J cut, < 0) or after it
    (L cut, > 0); the sound of the event before ends there.
    `speed`: source time per record time; 1/2 is half as fast. 0 is a freeze frame: one source frame
    stands as long as the event lasts, in silence.
    `gain`: dB that the movie adds to its sound; originals and exports keep theirs.
    `tone`: of a gap, what the movie repeats under it; in exports a gap is silent.
    `feelings`: probabilities by label, the strongest of which is `emotion`; empty: not known.
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
    scene: str = ""  # heading of its scene
    dissolve: int = 0
    split: int = 0
    speed: Fraction = Fraction(1)
    gain: float = 0.0
    tone: Tone | None = None
    alternates: tuple[Alternate, ...] = ()  # best first
    feelings: Mapping[str, float] = field(default_factory=dict)

    @property
    def duration(self) -> int:
        """Frames of the sequence."""
        return self.record_out - self.record_in

    @property
    def frozen(self) -> bool:
        """Whether it is a freeze frame."""
        return self.speed == 0

    @property
    def dissolve_lead(self) -> int:
        """Record frames of the dissolve before the cut."""
        return self.dissolve // 2

    @property
    def dissolve_rest(self) -> int:
        """Record frames of the dissolve after the cut."""
        return self.dissolve - self.dissolve_lead


@dataclass(frozen=True)
class Track:
    """A picture track over the main one, such as B-roll on V2: where it has an event it is
    seen. Silent. Events in record order; between them the track below shows."""

    name: str  # "V2", "V3" …
    events: tuple[Event, ...]


class MarkerKind(StrEnum):
    """What a marker is about. Script lines and emotions are told by the events themselves."""

    MUSIC = "music"  # a suggestion: what could be heard under this span
    TRANSITION = "transition"  # a turning point: how to go from one emotion to the next
    PEAK = "peak"  # where an emotion is strongest


@dataclass(frozen=True)
class Marker:
    """A note on a span of the record. `bpm`: slowest and fastest tempo of a music suggestion."""

    kind: MarkerKind
    in_frame: int
    out_frame: int
    text: str  # one line, in English
    emotion: str = ""
    bpm: tuple[int, int] | None = None


@dataclass(frozen=True)
class Sequence:
    """Events in record order without holes: each begins where the one before ends (V1)."""

    title: str
    rate: Fraction
    drop_frame: bool
    start_frame: int  # record timecode of frame 0
    width: int
    height: int
    events: tuple[Event, ...]
    tracks: tuple[Track, ...] = ()  # above V1, lowest first
    markers: tuple[Marker, ...] = ()  # in record order

    @property
    def duration(self) -> int:
        """Frames of the sequence."""
        return self.events[-1].record_out if self.events else 0

    def timecode(self, frame: int) -> Timecode:
        """The record timecode of a frame."""
        return Timecode(self.start_frame + frame, self.rate, self.drop_frame)

    def sources(self) -> tuple[Source, ...]:
        """Each source that is cut in, on any track, once, in order of first use."""
        tracks = (self.events, *(track.events for track in self.tracks))
        return _unique(event.source for events in tracks for event in events)

    def heard_sources(self) -> tuple[Source, ...]:
        """The same, and after them those whose room is heard."""
        return _unique((*self.sources(), *(e.tone.source for e in self.events if e.tone)))

    def all_sources(self) -> tuple[Source, ...]:
        """The same, and after them those that only alternates use."""
        others = (other.source for event in self.events for other in event.alternates)
        return _unique((*self.sources(), *others))


def source_length(event: Event, rate: Fraction, frames: int) -> Fraction:
    """Source frames that `frames` record frames of `event` take, exactly. `rate`: the record's."""
    assert event.source is not None
    return frames * event.speed * event.source.rate / rate


def to_json(sequence: Sequence) -> dict[str, Any]:
    """A lossless form for the catalog: rates become "30000/1001"."""
    return dict(_JSON.dump_python(sequence, mode="json"))


def from_json(data: Mapping[str, Any]) -> Sequence:
    """The inverse of `to_json`; reads what earlier versions stored, too."""
    return _JSON.validate_python(_renewed(data))


def _renewed(data: Any) -> Any:
    """Sources once only said whether they have sound: two channels then."""
    if isinstance(data, Mapping):
        found = {key: _renewed(value) for key, value in data.items()}
        if "has_sound" in found:
            found["channels"] = 2 if found.pop("has_sound") else 0
        return found
    return [_renewed(value) for value in data] if isinstance(data, list | tuple) else data


def _unique(sources: Iterable[Source | None]) -> tuple[Source, ...]:
    found: dict[int, Source] = {}
    for source in sources:
        if source:
            found.setdefault(source.asset_id, source)
    return tuple(found.values())


_JSON = TypeAdapter(Sequence)
