"""Clips: what is searched and cut in. Bounded by what is said and by the cuts in the picture.

Each spoken line is one clip, whole, however many shots it runs over: nobody wants half a
sentence. What lies between the lines is one clip per shot, unless it is shorter than a second.
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from typing import Any

from sqlmodel import col, select

from catalog.models import Asset, Clip, Cue, Emotion, Footage, Label, Line, Scan, Shot
from catalog.words import counted, is_chinese
from catalog.work import Facts, Queue, Work
from indexers.feeling.affect import affect
from indexers.feeling.wordless import wordless

NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "stringout/clip")  # never to change: keys are kept
SHORTEST = 1  # seconds of a clip in which nothing is said


@dataclass(frozen=True)
class Span:
    """[in, out) of a clip, with the numbers of the lines said in it and the shots it touches."""

    in_frame: int
    out_frame: int
    lines: tuple[int, ...]
    shots: tuple[int, ...]


class Clips:
    """Lines, shots and emotions in, clips out."""

    name = "clips"
    needs = ("scan", "transcript", "emotions")
    queue = Queue.IO
    version = 4
    limit = 60.0
    makes = (Clip,)

    def run(self, work: Work) -> Facts:
        """See Stage."""
        asset = work.session.get_one(Asset, work.asset_id)
        footage = work.session.get_one(Footage, work.asset_id)
        scan = work.session.get_one(Scan, work.asset_id)
        lines = self._rows(work, Line)
        shots = self._rows(work, Shot)
        feelings = {row.number: row for row in self._rows(work, Emotion)}
        spans = cut_clips(lines, shots, scan.decoded or footage.frames, footage.rate)
        rows = clip_rows(asset, spans, lines, feelings, pick_thumbnails(spans, shots, scan))
        _feel_wordless(rows, self._rows(work, Cue))
        spoken = sum(bool(row.lines) for row in rows)
        return Facts(f"{counted(len(rows), 'clip')}, {spoken} of them spoken", rows=rows)

    @staticmethod
    def _rows(work: Work, table: Any) -> Sequence[Any]:
        found = select(table).where(table.asset_id == work.asset_id).order_by(col(table.number))
        return work.session.exec(found).all()


def cut_clips(
    lines: Sequence[Line], shots: Sequence[Shot], frames: int, rate: Fraction
) -> list[Span]:
    """The clips of an asset of `frames` frames, in order of time.

    Every line is in exactly one clip. Lines of the same span (captions in two languages)
    share one; a line that reaches beyond the asset is cut to it. Without shots (sound only)
    nothing but lines makes clips.
    """
    spoken = [(_within(line, frames), line.number) for line in lines]
    spoken.sort()
    spans = [
        Span(first, end, tuple(number for _, number in group), _touched(shots, first, end))
        for (first, end), group in groupby(spoken, key=lambda one: one[0])
    ]
    silent = [
        Span(first, end, (), (shot.number,))
        for start, stop in _gaps([span for span, _ in spoken], frames)
        for shot in shots
        if (end := min(stop, shot.out_frame)) - (first := max(start, shot.in_frame))
        >= SHORTEST * rate
    ]
    return sorted([*spans, *silent], key=lambda span: (span.in_frame, span.out_frame))


def clip_key(checksum: str, in_frame: int, out_frame: int) -> str:
    """The same content and span have the same key, on every host and after every rerun."""
    return str(uuid.uuid5(NAMESPACE, f"{checksum}:{in_frame}:{out_frame}"))


def pick_thumbnails(spans: Sequence[Span], shots: Sequence[Shot], scan: Scan) -> list[str]:
    """For each span the thumbnail nearest to its middle, of its own shots if they have one."""
    bounds = {shot.number: (shot.in_frame, shot.out_frame) for shot in shots}
    return [
        _nearest(span, [bounds[number] for number in span.shots], scan.thumbnails) for span in spans
    ]


def clip_rows(
    asset: Asset,
    spans: Sequence[Span],
    lines: Sequence[Line],
    feelings: Mapping[int, Emotion],
    thumbnails: Sequence[str],
) -> list[Clip]:
    """The rows of `spans`, numbered in their order."""
    assert asset.id is not None
    said = {line.number: line for line in lines}
    return [
        Clip(
            asset_id=asset.id,
            number=number,
            key=clip_key(asset.checksum, span.in_frame, span.out_frame),
            in_frame=span.in_frame,
            out_frame=span.out_frame,
            text=" ".join(said[number].text for number in span.lines),
            lines=list(span.lines),
            shots=list(span.shots),
            **felt([feelings[line] for line in span.lines if line in feelings]),
            thumbnail=thumbnail,
            speaker=", ".join(dict.fromkeys(filter(None, (said[n].speaker for n in span.lines)))),
            doubt=_doubt([said[number] for number in span.lines]),
        )
        for number, (span, thumbnail) in enumerate(zip(spans, thumbnails, strict=True))
    ]


def _doubt(lines: Sequence[Line]) -> str:
    """Why nothing is cut on a clip; "" when one of its lines is sure."""
    return lines[0].doubt if lines and all(line.doubt for line in lines) else ""


def felt(emotions: Sequence[Emotion]) -> dict[str, Any]:
    """The emotion columns of a clip: the mean over its lines; nothing for one without words."""
    if not emotions:
        return {}
    scores = {
        label.value: round(sum(one.scores.get(label, 0.0) for one in emotions) / len(emotions), 4)
        for label in Label
    }
    return _columns(scores)


def _feel_wordless(rows: Sequence[Clip], cues: Sequence[Cue]) -> None:
    """Where nothing is said, what is heard instead may tell a feeling."""
    for row in rows if cues else ():
        scores = None if row.lines else wordless(row.in_frame, row.out_frame, cues)
        if scores:
            rounded = {label: round(value, 4) for label, value in scores.items()}
            for name, value in _columns(rounded).items():
                setattr(row, name, value)


def _columns(scores: Mapping[str, float]) -> dict[str, Any]:
    valence, arousal = affect(scores)
    strongest = Label(max(scores, key=scores.__getitem__))
    return {"emotion": strongest, "scores": scores, "valence": valence, "arousal": arousal}


def language_of(clip: Clip, lines: Mapping[int, Line]) -> str:
    """ISO 639-1 of what is said in a clip: its first line's, else told from the text."""
    for number in clip.lines:
        if number in lines and lines[number].language:
            return lines[number].language
    return "zh" if is_chinese(clip.text) else "en"


def _within(line: Line, frames: int) -> tuple[int, int]:
    """The line's span inside the asset: one frame at least."""
    first = min(max(line.in_frame, 0), frames - 1)
    return first, max(first + 1, min(line.out_frame, frames))


def _touched(shots: Sequence[Shot], first: int, end: int) -> tuple[int, ...]:
    return tuple(s.number for s in shots if s.in_frame < end and first < s.out_frame)


def _gaps(spoken: Sequence[tuple[int, int]], frames: int) -> Iterator[tuple[int, int]]:
    """What the sorted, perhaps overlapping spans leave of [0, frames)."""
    reached = 0
    for first, end in spoken:
        if first > reached:
            yield reached, first
        reached = max(reached, end)
    if reached < frames:
        yield reached, frames


def _nearest(
    span: Span, bounds: Sequence[tuple[int, int]], thumbnails: Sequence[Sequence[Any]]
) -> str:
    middle = (span.in_frame + span.out_frame) // 2
    own = [one for one in thumbnails if any(a <= one[0] < b for a, b in bounds)]
    found = min(own or thumbnails, key=lambda one: abs(one[0] - middle), default=(0, ""))
    return str(found[1])
