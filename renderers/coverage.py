"""B-roll: silent clips of the story that show what an action line describes, laid on V2.

Each clip covers once. What an A/V script writes beside a line goes over that line; an action
between lines goes over the next one of its scene, or over a gap if there is one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from catalog.models import ScriptLine, Take
from media.timecode import seconds_to_frames
from renderers.grid import on_grid
from renderers.joins import Words
from renderers.sequence import Event, Source, Track

_SHORTEST = Fraction(1)  # second
_LONGEST = 6.0  # seconds of one picture


def covered(
    script: Sequence[ScriptLine],
    takes: Sequence[Take],
    events: Sequence[Event],
    sources: Mapping[int, Source],
    words: Words,
    rate: Fraction,
) -> tuple[Track, ...]:
    """V2 with what covers the events, in record order; none when nothing fits.

    `script`: all lines. `takes`: of action lines, too. `rate`: of the record.
    """
    by_line: dict[int, list[Take]] = {}
    for one in sorted(takes, key=lambda one: one.rank):
        by_line.setdefault(one.number, []).append(one)
    actions = [line for line in script if line.kind == "action" and line.number in by_line]
    used: set[tuple[int, int]] = set()
    taken: set[int] = set()
    laid: list[Event] = []
    for line in actions:
        event = _under(line, script, [e for e in events if e.number not in taken])
        silent = [t for t in by_line[line.number] if (t.asset_id, t.in_frame) not in used]
        take = next((t for t in silent if _is_silent(t, sources, words)), None)
        if event and take:
            over = _over(line, take, event, sources[take.asset_id], rate)
            if over:
                laid.append(over)
                used.add((take.asset_id, take.in_frame))
                taken.add(event.number)
    laid.sort(key=lambda each: each.record_in)
    numbered = tuple(replace(each, number=number) for number, each in enumerate(laid, start=1))
    return (Track("V2", numbered),) if numbered else ()


def _under(line: ScriptLine, script: Sequence[ScriptLine], events: Sequence[Event]) -> Event | None:
    """The event that an action covers."""
    rows = {each.number: each.source_line for each in script}
    beside = [e for e in events if rows.get(e.line) == line.source_line]
    scene = [e for e in events if e.scene == line.scene]
    gaps = [e for e in scene if e.source is None]
    after = [e for e in scene if e.line > line.number]
    return next(iter([*beside, *gaps, *after, *scene[-1:]]), None)


def _is_silent(take: Take, sources: Mapping[int, Source], words: Words) -> bool:
    source = sources.get(take.asset_id)
    if source is None or not source.has_picture:
        return False
    return not any(
        word.in_frame < take.out_frame and take.in_frame < word.out_frame
        for word in words.get(take.asset_id, ())
    )


def _over(
    line: ScriptLine, take: Take, event: Event, source: Source, rate: Fraction
) -> Event | None:
    """The clip over the beginning of an event, as long as both last; None when too short."""
    longest = min(event.duration, seconds_to_frames(_LONGEST, rate))
    wanted = int(longest * source.rate / rate)
    start, end, length = on_grid(
        (take.in_frame, min(take.out_frame, take.in_frame + wanted)), source, rate
    )
    length = min(length, event.duration)
    if length < min(seconds_to_frames(_SHORTEST, rate), event.duration):
        return None
    return Event(
        number=0,
        line=line.number,
        text=line.text,
        character="",
        source=source,
        in_frame=start,
        out_frame=end,
        record_in=event.record_in,
        record_out=event.record_in + length,
        score=take.score,
        reasons=tuple(take.reasons),
        clip_key=take.clip_key,
        scene=line.scene,
    )
