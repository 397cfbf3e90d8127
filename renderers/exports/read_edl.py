"""Reading a CMX3600 list back, without a word of how it was written."""

import re
from collections.abc import Iterator, Mapping
from collections.abc import Sequence as Many
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from pathlib import Path

from config.cutting import Transition
from media.errors import Rejected
from media.timecode import Timecode, nominal
from renderers.exports.delivery import Delivery
from renderers.exports.layout import Span, over, pictures, sounds
from renderers.exports.proof import Found, Track
from renderers.exports.reels import fits
from renderers.sequence import Sequence, Source

_LABEL = r"(\d\d:\d\d:\d\d[:;]\d\d)"
_EVENT = re.compile(
    rf"^(\d{{3}}) {{2}}(\S+) +(V|A|AA|B|AA/V) +(?:(C)|(D|W\d{{3}}) +(\d{{3}})) +"
    rf"{_LABEL} {_LABEL} {_LABEL} {_LABEL}$"
)
_MOTION = re.compile(r"^M2 +(\S+) +(-?\d+\.\d+) +(\S+)$")
_AUDIO = re.compile(r"^AUD +3( +4)?$")
_TWO_DIGITS, _COUNTED = 100, 60  # SMPTE ST 12-3: above 100 labels count groups of up to 60


@dataclass(frozen=True)
class Entry:
    """One line of a list. `speed`: of its M2 line, frames a second; `channels`: of sound."""

    number: int
    reel: str
    picture: bool
    channels: int
    dissolve: int | None  # None: a cut
    labels: tuple[str, str, str, str]  # source in, out, record in, out
    speed: Fraction | None = None
    how: str = ""  # code of the transition; of a cut none

    @property
    def frozen(self) -> bool:
        """Whether its M2 line lets one frame stand."""
        return self.speed == 0


def read(path: Path) -> tuple[bool, list[Entry]]:
    """Whether the record side is drop-frame, and the events. Raises Rejected on odd lines."""
    lines = path.read_text(encoding="utf-8").splitlines()
    if len(lines) < 2 or not re.fullmatch(r"TITLE: [ -~]{1,70}", lines[0]):
        raise Rejected(f"{path.name}: the first line is not a title of 70 ASCII characters")
    if lines[1] not in ("FCM: DROP FRAME", "FCM: NON-DROP FRAME"):
        raise Rejected(f"{path.name}: the second line does not say how frames are numbered")
    entries: list[Entry] = []
    for number, line in enumerate(lines[2:], 3):
        found, motion = _EVENT.match(line), _MOTION.match(line)
        if found:
            entries.append(_entry(found))
        elif motion and entries and motion[1] == entries[-1].reel:
            entries[-1] = replace(entries[-1], speed=Fraction(motion[2]))
        elif (audio := _AUDIO.match(line)) and entries and entries[-1].channels == 2:
            entries[-1] = replace(entries[-1], channels=4 if audio[1] else 3)
        elif not (line.startswith("* ") and entries):
            raise Rejected(f"{path.name}, line {number}: {line!r} is not a CMX3600 statement")
    return lines[1] == "FCM: DROP FRAME", entries


def prove(delivery: Delivery, paths: Many[Path]) -> None:
    """Every reel, channel and timecode equals the plan. Raises Rejected."""
    sequence = delivery.sequence
    for reel in delivery.reels.values():
        if not fits(reel, delivery.reel_length):
            raise Rejected(f"{reel!r} is not a reel of length {delivery.reel_length}")
    lists: dict[str, list[Entry]] = {}
    for name in ("", *(track.name for track in sequence.tracks)):
        pattern = re.compile(rf"{re.escape(_stem(paths))}{f'_{name}' if name else ''}(_\d\d)?\.edl")
        lists[name] = [
            entry
            for path in paths
            if pattern.fullmatch(path.name)
            for entry in _counted(path, sequence)
        ]
    reader = _Reader(delivery, paths[0].name)
    reader.prove_main(lists.pop(""))
    for track, spans in zip(sequence.tracks, over(sequence), strict=True):
        found = [read for _, read in reader.pictures(lists[track.name])]
        reader.track(track.name).prove(spans, found)


def _stem(paths: Many[Path]) -> str:
    """V1 is written first: its name, without the number of its part where there are parts."""
    whole = re.sub(r"_01$", "", paths[0].stem)
    return whole if any(path.stem == f"{whole}_02" for path in paths) else paths[0].stem


def _counted(path: Path, sequence: Sequence) -> list[Entry]:
    """The events of one file, numbered from 1; the two lines of a dissolve share a number."""
    drop, entries = read(path)
    numbers = list(dict.fromkeys(entry.number for entry in entries))
    if drop != sequence.drop_frame or numbers != list(range(1, len(numbers) + 1)):
        raise Rejected(f"{path.name}: its numbering differs from the plan")
    return entries


@dataclass(frozen=True)
class _Reader:
    """From labels to frames of the plan."""

    delivery: Delivery
    file: str

    def track(self, name: str) -> Track:
        reels = self.delivery.reels
        return Track(self.file, name, self.delivery.sequence, lambda of: reels[of.asset_id])

    def prove_main(self, entries: Many[Entry]) -> None:
        sequence = self.delivery.sequence
        found = list(self.pictures(entries))
        planned, heard = pictures(sequence), sounds(sequence)
        self._black([entry for entry in entries if entry.reel == "BL"], planned, heard)
        self.track("V1").prove(planned, [read for _, read in found])
        spoken = [entry for entry in entries if entry.channels]
        self.track("A1").prove(heard, [self._found(entry, 0, 0) for entry in spoken])
        for entry in spoken:
            carried = min(4, self._source(entry).channels)
            if entry.channels != carried:
                raise Rejected(
                    f"{self.file}: event {entry.number} carries {entry.channels} channels of "
                    f"sound, planned {carried}"
                )

    def _black(self, entries: Many[Entry], seen: Many[Span], heard: Many[Span]) -> None:
        """Black stands where nothing is seen or heard, for as long."""
        sequence = self.delivery.sequence
        planned = [
            (str(sequence.timecode(picture.record_in)), str(sequence.timecode(picture.record_out)))
            for picture, sound in zip(seen, heard, strict=True)
            if picture.source is None and sound.source is None
        ]
        if [entry.labels[2:] for entry in entries] != planned:
            raise Rejected(f"{self.file}: its black events differ from the gaps of the plan")

    def pictures(self, entries: Many[Entry]) -> Iterator[tuple[Entry, Found]]:
        """The picture events with their cuts in the middle of dissolves, where the plan has
        them; the first line of a dissolve must go on where its source ended."""
        seen = [entry for entry in entries if entry.picture and entry.reel != "BL"]
        lines = [(entry, seen[at - 1] if at else None) for at, entry in enumerate(seen)]
        shown = [line for line in lines if not _is_outgoing(line[0])]
        tails = [*((entry.dissolve or 0) for entry, _ in shown[1:]), 0][: len(shown)]
        before: Entry | None = None
        for (entry, first), tail in zip(shown, tails, strict=True):
            if entry.dissolve is not None:
                self._joined(entry, before, first)
            yield entry, self._found(entry, entry.dissolve or 0, tail)
            before = entry

    def _joined(self, entry: Entry, before: Entry | None, first: Entry | None) -> None:
        """`first`: the line above the dissolve's own, which must be its other half."""
        good = (
            before is not None
            and first is not None
            and first.number == entry.number
            and (first.reel, first.labels[0]) == (before.reel, before.labels[1])
            and first.labels[0] == first.labels[1]
            and first.labels[2] == first.labels[3] == entry.labels[2] == before.labels[3]
            and entry.how == ("W001" if self.delivery.transition is Transition.WIPE else "D")
        )
        if not good:
            raise Rejected(
                f"{self.file}: event {entry.number} does not dissolve from where the event "
                "before ends"
            )

    def _found(self, entry: Entry, dissolve: int, tail: int) -> Found:
        sequence, source = self.delivery.sequence, self._source(entry)
        group = -(-nominal(source.rate) // _COUNTED) if nominal(source.rate) > _TWO_DIGITS else 1
        rate = source.rate / group
        first, end = (
            self._frames(label, rate, source.drop_frame, source.start_frame // group)
            for label in entry.labels[:2]
        )
        begin, stop = (
            self._frames(label, sequence.rate, sequence.drop_frame, sequence.start_frame)
            for label in entry.labels[2:]
        )
        self._plays(entry, end - first, stop - begin)
        moved = Fraction(end - first, stop - begin)  # source frames of a record frame
        if entry.speed is not None:  # told to more digits than a few frames have
            moved = entry.speed / nominal(sequence.rate)
        lead, rest = dissolve // 2, tail // 2
        offset = source.start_frame % group
        is_in = Fraction(first * group - offset) + lead * moved * group
        is_out = Fraction(end * group - offset) + rest * moved * group
        if group > 1:  # the groups at the edges hold frames that are not there
            is_in, is_out = max(is_in, Fraction(0)), min(is_out, Fraction(source.frames))
        return Found(
            name=entry.reel,
            in_frame=is_in,
            out_frame=is_out,
            record_in=Fraction(begin + lead),
            record_out=Fraction(stop + rest),
            dissolve=dissolve,
        )

    def _plays(self, entry: Entry, length: int, duration: int) -> None:
        """The M2 line, or its absence, gives the source length to the frame; one that stands."""
        fps = Fraction(nominal(self.delivery.sequence.rate))
        played = duration * (fps if entry.speed is None else entry.speed) / fps or Fraction(1)
        if abs(played - length) >= 1:
            raise Rejected(
                f"{self.file}: event {entry.number} takes {float(played):.2f} frames from its "
                f"source, its labels say {length}"
            )

    def _source(self, entry: Entry) -> Source:
        source = self._of_reel.get(entry.reel)
        if source is None:
            raise Rejected(
                f"{self.file}: event {entry.number} names {entry.reel!r}, which is no reel"
            )
        return source

    @cached_property
    def _of_reel(self) -> Mapping[str, Source]:
        reels = self.delivery.reels
        return {reels[one.asset_id]: one for one in self.delivery.sequence.all_sources()}

    def _frames(self, label: str, rate: Fraction, drop: bool, zero: int) -> int:
        """Frames from `zero`; labels begin anew after 24 hours."""
        try:
            read = Timecode.parse(label, rate)
        except ValueError as error:
            raise Rejected(f"{self.file}: {error}") from error
        if read.drop_frame != drop:
            raise Rejected(f"{self.file}: {label} is numbered in another way than its source")
        return (read.frames - zero) % _day(rate, drop)


def _entry(found: re.Match[str]) -> Entry:
    carried = found[3]
    channels = {"V": 0, "A": 1, "B": 1}.get(carried, 2)
    labels = (found[7], found[8], found[9], found[10])
    dissolve = None if found[4] else int(found[6])
    picture = carried in ("V", "B", "AA/V")
    how = found[5] or ""
    return Entry(int(found[1]), found[2], picture, channels, dissolve, labels, how=how)


def _is_outgoing(entry: Entry) -> bool:
    """Whether it is the first line of a dissolve: a cut of no length."""
    return entry.dissolve is None and entry.labels[2] == entry.labels[3]


def _day(rate: Fraction, drop: bool) -> int:
    """Frames of 24 hours of labels; drop-frame leaves out two (four at 60) in 1,296 minutes."""
    fps = nominal(rate)
    return 24 * 3600 * fps - (fps // 15 * (1440 - 144) if drop else 0)
