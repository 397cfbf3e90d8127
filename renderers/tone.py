"""Room tone: what a room sounds like when nobody speaks, so that a gap is no hole in the sound."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from media import sound
from renderers.joins import Words
from renderers.sequence import Event, Tone

_LONG = Fraction(1, 2)  # second: what is shorter is heard as a beat when it comes again and again
_REACH = 30  # seconds around the take beside the gap in which its room is looked for


def toned(events: Sequence[Event], words: Words, heard: Mapping[int, Path]) -> list[Event]:
    """The events with room tone in the gaps: of the take before, else of the one after.

    `heard`: by asset, its 16 kHz sound. A gap stays silent where no take beside it has a pause.
    """
    found = list(events)
    for at, event in enumerate(events):
        if event.source:
            continue
        before = next((e for e in reversed(events[:at]) if e.source), None)
        after = next((e for e in events[at + 1 :] if e.source), None)
        for beside in sorted(filter(None, (before, after)), key=lambda e: e.scene != event.scene):
            tone = _tone(beside, words, heard)
            if tone:
                found[at] = replace(event, tone=tone, gain=beside.gain)
                break
    return found


def _tone(beside: Event, words: Words, heard: Mapping[int, Path]) -> Tone | None:
    """The quietest half second near a take in which nobody speaks."""
    source = beside.source
    assert source is not None
    path = heard.get(source.asset_id)
    if path is None or not source.has_sound:
        return None
    length, reach = round(_LONG * source.rate), round(_REACH * source.rate)
    first, end = max(0, beside.in_frame - reach), min(source.frames, beside.out_frame + reach)
    levels = sound.levels(sound.read(path, first / source.rate, end / source.rate), sound.WINDOW)
    spoken = [(w.in_frame, w.out_frame) for w in words.get(source.asset_id, ())]
    loudness = {
        at: _loudest(levels, (at - first) / source.rate)
        for at in range(first, end - length + 1, max(1, length // 5))
        if all(out <= at or at + length <= in_ for in_, out in spoken)
    }
    # Digital silence is no room: a camera's microphone was off, or the file begins late.
    rooms = {at: level for at, level in loudness.items() if level > sound.SILENT}
    if not rooms:
        return None
    at = min(rooms, key=lambda frame: rooms[frame])
    return Tone(source, at, at + length)


def _loudest(levels: NDArray[np.float64], begin: Fraction) -> float:
    """The loudest 30 ms of a half second from `begin`: a cough in it rules it out."""
    per_second = Fraction(sound.HERTZ, sound.WINDOW)
    span = levels[int(begin * per_second) : int((begin + _LONG) * per_second)]
    return float(span.max()) if len(span) else sound.SILENT
