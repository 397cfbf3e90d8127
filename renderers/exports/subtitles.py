"""The subtitles of the cut: what is heard, at the time at which it is heard in the movie.

Rows and pages are those of renderers/captions.py: two rows of 42 narrow or 18 wide
characters. A line stays for as long as it takes to read it where the next one leaves room.
"""

from bisect import bisect_left
from collections.abc import Sequence as Many
from dataclasses import replace
from fractions import Fraction
from html import unescape
from itertools import pairwise
from pathlib import Path

import pysubs2

from catalog.words import folded, is_chinese, tokens
from media.errors import Rejected
from renderers.captions import Cue, write_srt, write_vtt
from renderers.exports.delivery import Delivery
from renderers.sequence import Event, Sequence

# Characters a second that adults read (Netflix, Timed Text Style Guides: English 20,
# Simplified Chinese 9), and the shortest time that an eye takes note of, 5/6 s.
_ENGLISH_SPEED, _CHINESE_SPEED = 20, 9
_SHORTEST = Fraction(5, 6)
_MILLISECOND = Fraction(1, 1000)


def cues(sequence: Sequence) -> list[Cue]:
    """One cue per event that says something, in seconds from the movie's first frame.

    A gap shows the missing line in brackets, so that the story can be read through.
    """
    found = []
    for event in sequence.events:
        text = said(event)
        if text:
            start, end = event.record_in / sequence.rate, event.record_out / sequence.rate
            found.append(Cue(start, end, text, event.character))
    return _held(found, sequence.duration / sequence.rate)


def said(event: Event) -> str:
    """What is shown of an event; the script's own spelling where its words are heard."""
    if event.source is None:
        return f"[{event.text.strip()}]" if event.text.strip() else ""
    same = folded(event.heard) == folded(event.text)
    return event.text.strip() if same else event.heard.strip()


def hurried(sequence: Sequence) -> list[Event]:
    """Events whose text is on the screen for less time than people take to read it."""
    return [
        event
        for event in sequence.events
        if event.source
        and said(event)
        and event.duration / sequence.rate < reading_time(said(event))
    ]


def reading_time(text: str) -> Fraction:
    """Seconds that a text takes to read; 5/6 at least."""
    speed = _CHINESE_SPEED if is_chinese(text) else _ENGLISH_SPEED
    return max(_SHORTEST, Fraction(len(text.replace("\n", "")), speed))


def write_subrip(delivery: Delivery, target: Path) -> list[Path]:
    """Write SRT; return the one file."""
    write_srt(cues(delivery.sequence), target)
    return [target]


def write_webvtt(delivery: Delivery, target: Path) -> list[Path]:
    """Write WebVTT; return the one file."""
    write_vtt(cues(delivery.sequence), target)
    return [target]


def prove(delivery: Delivery, paths: Many[Path]) -> None:
    """Read with pysubs2: in order, without overlap, inside the movie, each event's words at its
    time, two rows at most. Raises Rejected."""
    (path,) = paths
    sequence = delivery.sequence
    read = pysubs2.load(str(path), encoding="utf-8").events
    times = [(Fraction(cue.start, 1000), Fraction(cue.end, 1000)) for cue in read]
    end = sequence.duration / sequence.rate + _MILLISECOND
    if any(first >= last or last > end for first, last in times):
        raise Rejected(f"{path.name}: a subtitle is empty or ends after the movie")
    if any(before[1] > after[0] for before, after in pairwise(times)):
        raise Rejected(f"{path.name}: two subtitles overlap")
    rows = [cue.text.replace("\\N", "\n") for cue in read]
    if path.suffix == ".vtt":
        rows = [unescape(row) for row in rows]
    if any(len(row.strip().splitlines()) > 2 for row in rows):
        raise Rejected(f"{path.name}: a subtitle has more than two rows")
    shown = [(first, row) for (first, _), row in zip(times, rows, strict=True)]
    for event in sequence.events:
        if said(event) and not _is_shown(event, shown, sequence.rate):
            raise Rejected(f"{path.name}: event {event.number} is not shown at its time")


def _is_shown(event: Event, shown: Many[tuple[Fraction, str]], rate: Fraction) -> bool:
    begin, end = (frame / rate - _MILLISECOND for frame in (event.record_in, event.record_out))
    first, last = (bisect_left(shown, (at,)) for at in (begin, end))  # in order: proved before
    words = tokens(" ".join(text for _, text in shown[first:last]))
    # Letter by letter: a word that is longer than a row stands on two.
    return "".join(words).endswith("".join(tokens(said(event))))


def _held(found: list[Cue], end: Fraction) -> list[Cue]:
    """Each cue for as long as it takes to read, if the next one leaves room."""
    starts = [*(cue.start for cue in found), end][1:]
    return [
        replace(cue, end=max(cue.end, min(following, cue.start + reading_time(cue.text))))
        for cue, following in zip(found, starts, strict=True)
    ]
