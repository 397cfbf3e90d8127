"""From takes to a sequence: script order, breath around the words, whole frames, visible gaps.

Pure: no database.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from fractions import Fraction

import xxhash

from catalog.models import ScriptLine, Take
from catalog.words import is_han, tokens
from config import cutting
from media.timecode import rescale, seconds_to_frames
from renderers import format as form
from renderers import sequence
from renderers.sequence import Alternate, Event, Source

_SHORTEST_GAP = 1.0  # second: a missing "Yes." must be seen too
_HAN_PER_WORD = 1.5  # characters are read 1.5 times as fast as words
# What an event says of itself that nobody sees or hears in the cut: new footage changes the
# scores of all lines, and must not make a new version of the same cut.
_UNSEEN = ("reasons", "score", "heard", "emotion", "clip_key")
_HAN_SPACE = re.compile(r"(?<=[\u3000-\u9fff\uff00-\uffef]) (?=[\u3000-\u9fff\uff00-\uffef])")


@dataclass(frozen=True)
class Stretch:
    """A stretch of speech and what is known of it: a word, or a line's emotion. Half-open."""

    text: str
    in_frame: int
    out_frame: int


@dataclass(frozen=True)
class Material:
    """An asset to cut from, with its words and the emotions of its lines, in order of time."""

    source: Source
    words: tuple[Stretch, ...] = ()
    emotions: tuple[Stretch, ...] = ()


def assemble(
    lines: Sequence[ScriptLine],
    takes: Sequence[Take],
    materials: Mapping[int, Material],
    cut: cutting.Cut,
    title: str,
) -> sequence.Sequence:
    """Cut the take of rank 0 of every line (all are dialogue), or a gap where there is none.

    `materials`: by asset. A take of an asset that is not in it is a gap. Raises Misconfigured.
    """
    chosen = {t.number: t for t in takes if t.rank == 0 and t.asset_id in materials}
    used = [materials[chosen[line.number].asset_id] for line in lines if line.number in chosen]
    look = form.choose(
        [material.source for material in used], [m.source for m in materials.values()], cut
    )
    others: dict[int, list[Take]] = {}
    for other in sorted(takes, key=lambda take: take.rank):
        if other is not chosen.get(other.number) and other.asset_id in materials:
            others.setdefault(other.number, []).append(other)
    heard_only = {take.number for take in takes} - set(chosen)
    events: list[Event] = []
    record = 0
    for number, line in enumerate(lines, start=1):
        take = chosen.get(line.number)
        event = (
            _event(line, take, materials[take.asset_id], look.rate, cut.handle_seconds)
            if take
            else _gap(line, look.rate, cut.words_per_minute, line.number in heard_only)
        )
        out = record + event.duration
        alternates = tuple(
            _alternate(other, materials[other.asset_id], look.rate, cut.handle_seconds)
            for other in others.get(line.number, ())
        )
        events.append(
            replace(
                event,
                number=number,
                record_in=record,
                record_out=out,
                scene=line.scene,
                alternates=alternates,
            )
        )
        record = out
    return sequence.Sequence(title=title, events=tuple(events), **asdict(look))


def breath(span: tuple[int, int], material: Material, handle: int) -> tuple[int, int]:
    """`span` with up to `handle` frames more on both sides, inside the asset.

    It goes half way into a shorter pause at most, so that a neighbouring word is never heard.
    """
    start, end = span
    before = max((w.out_frame for w in material.words if w.in_frame < start), default=None)
    after = min((w.in_frame for w in material.words if w.in_frame >= end), default=None)
    ahead = handle if before is None else min(handle, max(0, start - before) // 2)
    behind = handle if after is None else min(handle, max(0, after - end) // 2)
    return max(0, start - ahead), min(material.source.frames, end + behind)


def on_grid(span: tuple[int, int], source: Source, rate: Fraction) -> tuple[int, int, int]:
    """The source in and out nearest to `span` that fill whole frames at `rate`, and how many.

    The source length is the record length at the source's rate, rounded; it ends inside the
    asset. A source of the same rate keeps its span.
    """
    start = min(max(0, span[0]), source.frames - 1)
    length = max(1, rescale(max(1, span[1] - start), source.rate, rate))
    while length > 1 and start + length * source.rate / rate > source.frames:
        length -= 1  # exactly, not rounded: 10 frames at 24 last a little less than 10 at 23.976
    end = start + max(1, rescale(length, rate, source.rate))
    return start, min(end, source.frames), length


def gap_frames(text: str, words_per_minute: int, rate: Fraction) -> int:
    """How long it takes to read `text` aloud, in frames; one second at least."""
    found = tokens(text)
    han = sum(map(is_han, found))
    minutes = (len(found) - han + han / _HAN_PER_WORD) / words_per_minute
    return max(1, seconds_to_frames(max(_SHORTEST_GAP, minutes * 60), rate))


def digest(edit: sequence.Sequence) -> str:
    """Equal for cuts that look and sound the same and offer the same takes: xxh3-128 of the
    canonical JSON. How alternates are ranked makes no difference."""
    data = sequence.to_json(edit)
    for event in data["events"]:
        for key in _UNSEEN:
            del event[key]
        event["alternates"] = sorted(
            [other["source"]["path"], other["in_frame"], other["out_frame"]]
            for other in event["alternates"]
        )
    text = json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return xxhash.xxh3_128_hexdigest(text.encode())


def _event(
    line: ScriptLine, take: Take, material: Material, rate: Fraction, handle_seconds: float
) -> Event:
    used = _alternate(take, material, rate, handle_seconds)
    return Event(
        number=0,
        line=line.number,
        text=line.text,
        character=line.character,
        source=used.source,
        in_frame=used.in_frame,
        out_frame=used.out_frame,
        record_in=0,
        record_out=used.length,
        heard=used.heard,
        emotion=used.emotion,
        score=used.score,
        reasons=used.reasons,
        clip_key=used.clip_key,
    )


def _alternate(take: Take, material: Material, rate: Fraction, handle_seconds: float) -> Alternate:
    """A take as it would be cut in."""
    source = material.source
    span = (take.in_frame, take.out_frame)
    handle = seconds_to_frames(handle_seconds, source.rate)
    start, end, length = on_grid(breath(span, material, handle), source, rate)
    said = [word.text for word in material.words if _shared(word, span)]
    felt = max(material.emotions, key=lambda line: _shared(line, span), default=None)
    return Alternate(
        source=source,
        in_frame=start,
        out_frame=end,
        length=length,
        heard=_HAN_SPACE.sub("", " ".join(said)),
        emotion=felt.text if felt and _shared(felt, span) else "",
        score=take.score,
        reasons=tuple(take.reasons),
        clip_key=take.clip_key,
    )


def _gap(line: ScriptLine, rate: Fraction, words_per_minute: int, heard_only: bool) -> Event:
    length = gap_frames(line.text, words_per_minute, rate)
    reason = "only heard without picture" if heard_only else "nobody says this line"
    return Event(
        number=0,
        line=line.number,
        text=line.text,
        character=line.character,
        source=None,
        in_frame=0,
        out_frame=0,
        record_in=0,
        record_out=length,
        reasons=(reason,),
    )


def _shared(stretch: Stretch, span: tuple[int, int]) -> int:
    """Frames of the stretch inside the span."""
    return max(0, min(stretch.out_frame, span[1]) - max(stretch.in_frame, span[0]))
