"""How one event goes over into the next: straight on, a dissolve, or sound before picture.

A dissolve and a split edit use frames beyond the cut. They are never longer than the pause
there: no word is clipped, and none that was not chosen is heard.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

from config.cutting import Cut, Split
from media.timecode import seconds_to_frames
from renderers.sequence import Event

_SHORTEST = 2  # frames of a dissolve
_CLOSED = Fraction(1)  # second: a pause inside one take up to this long is kept, not cut out


@dataclass(frozen=True)
class Stretch:
    """A word and where it is said. Half-open."""

    text: str
    in_frame: int
    out_frame: int


Words = Mapping[int, Sequence[Stretch]]  # of an asset, in order of time


def closed(events: Sequence[Event], words: Words) -> list[Event]:
    """Events with the pause between two lines of one take left in, where it is short: cutting
    it out would be a jump in the picture. Source frames only; record frames are not set yet."""
    found = list(events)
    for at, (before, after) in enumerate(pairwise(events)):
        source = before.source
        if source is None or after.source != source:
            continue
        pause = after.in_frame - before.out_frame
        if 0 < pause <= _CLOSED * source.rate and free_after(before, words) >= pause:
            found[at] = replace(before, out_frame=after.in_frame)
    return found


def joined(events: Sequence[Event], words: Words, cut: Cut, rate: Fraction) -> list[Event]:
    """The events with their dissolves and splits. `rate`: of the record."""
    dissolve = seconds_to_frames(cut.dissolve_seconds, rate)
    split = seconds_to_frames(cut.split_seconds, rate) if cut.split != Split.NONE else 0
    found = list(events[:1])
    for event in events[1:]:
        before = found[-1]
        if dissolve and before.scene != event.scene:
            event = replace(event, dissolve=_dissolve(before, event, dissolve, words, rate))
        elif split and before.scene == event.scene:
            event = replace(event, split=_split(before, event, cut.split, split, words, rate))
        found.append(event)
    return found


def free_before(event: Event, words: Words) -> int:
    """Source frames before the event in which nothing is said."""
    spoken = [w.out_frame for w in _words(event, words) if w.in_frame < event.in_frame]
    return max(0, event.in_frame - max(spoken, default=0))


def free_after(event: Event, words: Words) -> int:
    """Source frames after the event in which nothing is said."""
    assert event.source is not None
    spoken = [w.in_frame for w in _words(event, words) if w.out_frame > event.out_frame]
    return max(0, min(spoken, default=event.source.frames) - event.out_frame)


def _head(event: Event, words: Words) -> int:
    """Source frames of the event before its first word."""
    spoken = [w.in_frame for w in _words(event, words) if w.out_frame > event.in_frame]
    return max(0, min(spoken, default=event.out_frame) - event.in_frame)


def _tail(event: Event, words: Words) -> int:
    """Source frames of the event after its last word."""
    spoken = [w.out_frame for w in _words(event, words) if w.in_frame < event.out_frame]
    return max(0, event.out_frame - max(spoken, default=event.in_frame))


def _words(event: Event, words: Words) -> Sequence[Stretch]:
    assert event.source is not None
    return words.get(event.source.asset_id, ())


def _record(event: Event, frames: int, rate: Fraction) -> int:
    """Whole record frames inside this many source frames."""
    assert event.source is not None
    return int(frames * rate / event.source.rate)


def _goes_on(before: Event, event: Event) -> bool:
    return before.source == event.source and before.out_frame == event.in_frame


def _dissolve(before: Event, event: Event, wanted: int, words: Words, rate: Fraction) -> int:
    """Frames of the dissolve; 0 where there is no picture, or no room for it."""
    for one in (before, event):
        if one.source is None or not one.source.has_picture:
            return 0
    lead = _record(event, free_before(event, words), rate)
    rest = _record(before, free_after(before, words), rate)
    room = before.duration - before.dissolve_rest
    length = min(wanted, 2 * lead + 1, 2 * rest, event.duration, room)
    return length if length >= _SHORTEST else 0


def _split(
    before: Event, event: Event, kind: Split, wanted: int, words: Words, rate: Fraction
) -> int:
    """Frames by which the sound comes first (negative) or last; inside the pauses of both."""
    if before.source is None or event.source is None or _goes_on(before, event):
        return 0
    if kind == Split.J:
        inside, beyond = _tail(before, words), free_before(event, words)
        room = before.duration - max(0, before.split) - 1
        early = min(_record(before, inside, rate), _record(event, beyond, rate), wanted, room)
        return -max(0, early)
    inside, beyond = _head(event, words), free_after(before, words)
    late = min(_record(event, inside, rate), _record(before, beyond, rate), wanted)
    return max(0, min(late, event.duration - 1))
