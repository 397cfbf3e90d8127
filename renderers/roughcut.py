"""From takes to a sequence: script order, breath around the words, whole frames, visible gaps.

No database; of files only the takes' sound is read, to cut in its quiet and to weigh it.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from pathlib import Path

import xxhash

from catalog.models import ScriptLine, Take
from config import cutting
from media.timecode import seconds_to_frames
from renderers import format as form
from renderers import sequence
from renderers.coverage import covered
from renderers.curve import Felt, mean
from renderers.edges import Pause, edges
from renderers.grid import gap_frames, on_grid
from renderers.joins import Stretch, closed, joined
from renderers.loudness import gain
from renderers.mood import markers
from renderers.sequence import Alternate, Event, Source
from renderers.tone import toned

# What an event says of itself that nobody sees or hears in the cut: new footage changes the
# scores of all lines, and must not make a new version of the same cut.
_UNSEEN = ("reasons", "score", "heard", "emotion", "feelings", "clip_key")
_HAN_SPACE = re.compile(r"(?<=[\u3000-\u9fff\uff00-\uffef]) (?=[\u3000-\u9fff\uff00-\uffef])")


@dataclass(frozen=True)
class Material:
    """An asset to cut from, with its words and the feelings of its lines, in order of time."""

    source: Source
    words: tuple[Stretch, ...] = ()
    feelings: tuple[Felt, ...] = ()
    sound: Path | None = None  # 16 kHz mono, from the first frame of the picture


def assemble(
    script: Sequence[ScriptLine],
    takes: Sequence[Take],
    materials: Mapping[int, Material],
    cut: cutting.Cut,
    title: str,
) -> sequence.Sequence:
    """Cut the take of rank 0 of every dialogue line, or a gap where there is none.

    `script`: all its lines. `materials`: by asset. A take of an asset that is not in it is a
    gap. Raises Misconfigured.
    """
    lines = [line for line in script if line.kind == "dialogue"]
    takes = [take for take in takes if take.asset_id in materials]
    chosen = {take.number: take for take in takes if take.rank == 0}
    used = [materials[chosen[line.number].asset_id] for line in lines if line.number in chosen]
    look = form.choose([m.source for m in used], [m.source for m in materials.values()], cut)
    words = {asset: material.words for asset, material in materials.items()}
    bench = _Bench(takes, materials, cut, look.rate)
    events = closed([bench.event(line) for line in lines], words)
    events = joined(bench.placed(events), words, cut, look.rate)
    if cut.room_tone:
        sounds = {asset: one.sound for asset, one in materials.items() if one.sound}
        events = toned(events, words, sounds)
    sources = {asset: material.source for asset, material in materials.items()}
    tracks = covered(script, takes, events, sources, words, look.rate) if cut.broll else ()
    return sequence.Sequence(
        title=title,
        events=tuple(events),
        tracks=tracks,
        markers=markers(events, look.rate),
        **asdict(look),
    )


@dataclass(frozen=True)
class _Bench:
    """What events are made from. `rate`: of the record."""

    takes: Sequence[Take]
    materials: Mapping[int, Material]
    cut: cutting.Cut
    rate: Fraction

    def event(self, line: ScriptLine) -> Event:
        """The line's best take with its alternates, or a gap; not placed in the record yet."""
        takes = sorted((t for t in self.takes if t.number == line.number), key=lambda t: t.rank)
        chosen = takes[0] if takes and takes[0].rank == 0 else None
        others = tuple(self._alternate(take) for take in takes if take is not chosen)
        event = self._taken(line, chosen) if chosen else self._gap(line, bool(takes))
        return replace(event, scene=line.scene, alternates=others)

    def placed(self, events: Sequence[Event]) -> list[Event]:
        """The events one after the other, each with its number, length and gain."""
        found: list[Event] = []
        record = 0
        for number, event in enumerate(events, start=1):
            length = event.duration
            if event.source:
                span = (event.in_frame, event.out_frame)
                start, end, length = on_grid(span, event.source, self.rate)
                event = replace(event, in_frame=start, out_frame=end, gain=self._gain(event))
            event = replace(event, number=number, record_in=record, record_out=record + length)
            record = event.record_out
            found.append(event)
        return found

    def _gain(self, event: Event) -> float:
        source = event.source
        heard = self.materials[source.asset_id].sound if source else None
        if source is None or heard is None or not self.cut.loudness:
            return 0.0
        return gain(heard, source, (event.in_frame, event.out_frame), self.cut.loudness)

    def _taken(self, line: ScriptLine, take: Take) -> Event:
        used = self._alternate(take)
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
            feelings=self._feelings(take),
        )

    def _feelings(self, take: Take) -> dict[str, float]:
        return mean(self.materials[take.asset_id].feelings, (take.in_frame, take.out_frame))

    def _alternate(self, take: Take) -> Alternate:
        """A take as it would be cut in."""
        material = self.materials[take.asset_id]
        source, span = material.source, (take.in_frame, take.out_frame)
        handle = seconds_to_frames(self.cut.handle_seconds, source.rate)
        wide = edges(span, _pause(span, material), handle, source.rate, material.sound)
        start, end, length = on_grid(wide, source, self.rate)
        said = [word.text for word in material.words if word.text and _shared(word, span)]
        felt = self._feelings(take)
        return Alternate(
            source=source,
            in_frame=start,
            out_frame=end,
            length=length,
            heard=_HAN_SPACE.sub("", " ".join(said)),
            emotion=max(felt, key=felt.__getitem__, default=""),
            score=take.score,
            reasons=tuple(take.reasons),
            clip_key=take.clip_key,
        )

    def _gap(self, line: ScriptLine, heard_only: bool) -> Event:
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
            record_out=gap_frames(line.text, self.cut.words_per_minute, self.rate),
            reasons=(reason,),
        )


def _pause(span: tuple[int, int], material: Material) -> Pause:
    """The room around the words of a take, up to the words beside it and inside the asset."""
    start, end = span
    before = max((w.out_frame for w in material.words if w.in_frame < start), default=None)
    after = min((w.in_frame for w in material.words if w.in_frame >= end), default=None)
    frames = material.source.frames
    # Beside no word there is room for all of the handle: twice what half a pause gives.
    return Pause(
        before=-start if before is None else before,
        after=2 * frames - end if after is None else after,
    )


def digest(edit: sequence.Sequence) -> str:
    """Equal for cuts that look and sound the same and offer the same takes: xxh3-128 of the
    canonical JSON. How alternates are ranked makes no difference."""
    data = sequence.to_json(edit)
    del data["markers"]  # suggestions: nobody sees or hears them
    for event in data["events"]:
        for key in _UNSEEN:
            del event[key]
        event["alternates"] = sorted(
            [other["source"]["path"], other["in_frame"], other["out_frame"]]
            for other in event["alternates"]
        )
    text = json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return xxhash.xxh3_128_hexdigest(text.encode())


def _shared(stretch: Stretch, span: tuple[int, int]) -> int:
    """Frames of the stretch inside the span."""
    return max(0, min(stretch.out_frame, span[1]) - max(stretch.in_frame, span[0]))
