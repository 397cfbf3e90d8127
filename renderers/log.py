"""log.json: everything that is known of one asset, for people's own tools.

Schema `stringout.log/1`. Spans are half-open, in frames of the asset's rate from its first
picture (`in_frame`, `out_frame`), and as the asset's timecode (`in`, `out`). Keys are
sorted and no moment of the work is told, so the same facts give the same bytes.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, TypeVar

from sqlmodel import Session, col, select

from catalog.models import (
    CHINESE,
    Asset,
    AssetFact,
    Clip,
    Embedding,
    Emotion,
    Flag,
    Footage,
    Item,
    Line,
    PictureFlag,
    Rendition,
    Scan,
    Shot,
    SoundSpan,
    Story,
)
from catalog.words import counted
from catalog.work import Facts, File, Queue, Work
from media.timecode import Timecode
from renderers.curve import Felt, curve

SCHEMA = "stringout.log/1"
_NAME = "log.json"
_Row = TypeVar("_Row", bound=AssetFact)


@dataclass(frozen=True)
class Known:
    """The rows behind one log."""

    item: Item
    story: Story
    asset: Asset
    footage: Footage
    scan: Scan
    shots: Sequence[Shot]
    sounds: Sequence[SoundSpan]
    lines: Sequence[Line]
    emotions: Sequence[Emotion]
    flags: Sequence[Flag]
    sights: Sequence[PictureFlag]
    clips: Sequence[Clip]
    embeddings: Sequence[Embedding]
    renditions: Sequence[Rendition]


class Log:
    """Writes log.json when all that can be learned of an asset is known."""

    name = "log"
    needs = ("index", "captions")
    queue = Queue.IO
    version = 3
    limit = 60.0
    makes = ()

    def run(self, work: Work) -> Facts:
        """Gather, write, tell how much there is."""
        known = gather(work.session, work.item, work.asset_id)
        text = json.dumps(describe(known), ensure_ascii=False, indent=2, sort_keys=True)
        (work.scratch / _NAME).write_text(f"{text}\n", encoding="utf-8")
        found = (known.shots, "shot"), (known.lines, "line"), (known.clips, "clip")
        counts = ", ".join(counted(len(rows), noun) for rows, noun in found)
        return Facts(message=f"all that is known: {counts}", files=[File(_NAME, "log")])


def gather(session: Session, item: Item, asset_id: int) -> Known:
    """Read the facts of an asset. `item` is the one whose runs work on it."""
    renditions = session.exec(
        select(Rendition)
        .where(Rendition.item_id == item.id, Rendition.stage != Log.name)
        .order_by(Rendition.path)
    )
    return Known(
        item=item,
        story=session.get_one(Story, item.story_id),
        asset=session.get_one(Asset, asset_id),
        footage=session.get_one(Footage, asset_id),
        scan=session.get_one(Scan, asset_id),
        shots=_rows(session, Shot, asset_id),
        sounds=_rows(session, SoundSpan, asset_id),
        lines=_rows(session, Line, asset_id),
        emotions=_rows(session, Emotion, asset_id),
        flags=_rows(session, Flag, asset_id),
        sights=_rows(session, PictureFlag, asset_id),
        clips=_rows(session, Clip, asset_id),
        embeddings=_rows(session, Embedding, asset_id),
        renditions=renditions.all(),
    )


def describe(known: Known) -> dict[str, Any]:
    """The log as plain data."""
    footage = known.footage
    return {
        "schema": SCHEMA,
        "story": known.story.name,
        "file": _file(known),
        "footage": _footage(footage),
        "scan": _scan(known.scan, footage),
        "shots": [_shot(shot, footage) for shot in known.shots],
        "sounds": [
            _span(one.in_frame, one.out_frame, footage) | {"kind": one.kind} for one in known.sounds
        ],
        "lines": [_line(line, footage) for line in known.lines],
        "speakers": _speakers(known.lines, footage),
        "emotions": [_emotion(emotion) for emotion in known.emotions],
        "emotion_curve": curve(_felt(known), footage.rate).as_data(),
        "sensitive": [
            flag.model_dump(exclude={"asset_id", "number", "key"}) for flag in known.flags
        ],
        "sensitive_pictures": [
            flag.model_dump(exclude={"asset_id", "number", "key"})
            | _span(flag.in_frame, flag.out_frame, footage)
            for flag in known.sights
        ],
        "clips": _clips(known),
        "renditions": [
            rendition.model_dump(
                include={"path", "stage", "kind", "size", "checksum", "provenance"}
            )
            for rendition in known.renditions
        ],
    }


def _rows(session: Session, table: type[_Row], asset_id: int) -> Sequence[_Row]:
    """The asset's rows of a numbered table, in order."""
    number = col(table.number)  # type: ignore[attr-defined]
    return session.exec(select(table).where(table.asset_id == asset_id).order_by(number)).all()


def _file(known: Known) -> dict[str, Any]:
    return {
        "name": PurePosixPath(known.item.path).name,
        "path": f"{known.item.root}/{known.item.path}",
        "size": known.item.size,
        "checksum": known.asset.checksum,
        "checksum_kind": "xxh3-128",
    }


def _footage(footage: Footage) -> dict[str, Any]:
    """The row, with its rate as text and its timecode as people read it."""
    plain = footage.model_dump(exclude={"asset_id", "rate_num", "rate_den"})
    return plain | {
        "rate": f"{footage.rate_num}/{footage.rate_den}",
        "start_timecode": _label(0, footage),
        "end_timecode": _label(footage.frames, footage),
    }


def _scan(scan: Scan, footage: Footage) -> dict[str, Any]:
    def spans(found: list[list[int]]) -> list[dict[str, Any]]:
        return [_span(first, end, footage) for first, end in found]

    return {
        "loudness": scan.loudness,
        "true_peak": scan.true_peak,
        "black": spans(scan.black),
        "freeze": spans(scan.freeze),
        "silence": spans(scan.silence),
        "thumbnails": [{"frame": frame, "file": file} for frame, file in scan.thumbnails],
    }


def _shot(shot: Shot, footage: Footage) -> dict[str, Any]:
    span = _span(shot.in_frame, shot.out_frame, footage)
    return span | {"number": shot.number, "thumbnail": shot.thumbnail}


def _line(line: Line, footage: Footage) -> dict[str, Any]:
    plain = line.model_dump(exclude={"asset_id", "words"})
    words = [{"text": word} | _span(first, end, footage) for word, first, end in line.words]
    return plain | _span(line.in_frame, line.out_frame, footage) | {"words": words}


def _speakers(lines: Sequence[Line], footage: Footage) -> list[dict[str, Any]]:
    """Who speaks, in order of appearance: lines, seconds, who says so, and how surely (mean)."""
    found: dict[str, list[Line]] = {}
    for line in lines:
        if line.speaker:
            found.setdefault(line.speaker, []).append(line)
    return [
        {
            "name": name,
            "lines": len(own),
            "seconds": round(float(_frames(own) / footage.rate), 2),
            "by": sorted({line.speaker_by for line in own}),
            "confidence": round(sum(line.speaker_confidence for line in own) / len(own), 3),
        }
        for name, own in found.items()
    ]


def _frames(lines: Sequence[Line]) -> int:
    return sum(line.out_frame - line.in_frame for line in lines)


def _emotion(emotion: Emotion) -> dict[str, Any]:
    return {
        "line": emotion.number,
        "label": emotion.label,
        "chinese": CHINESE[emotion.label],
        "scores": emotion.scores,
        "valence": emotion.valence,
        "arousal": emotion.arousal,
        "reasons": emotion.reasons,
        "engine": emotion.engine,
    }


def _felt(known: Known) -> list[Felt]:
    felt = {emotion.number: emotion.scores for emotion in known.emotions}
    return [Felt(line.in_frame, line.out_frame, felt.get(line.number, {})) for line in known.lines]


def _clips(known: Known) -> list[dict[str, Any]]:
    """Vectors stay in the catalog; the log names who made them."""
    engines = {embedding.number: embedding.engine for embedding in known.embeddings}
    return [
        clip.model_dump(exclude={"asset_id"})
        | _span(clip.in_frame, clip.out_frame, known.footage)
        | {"embedding": engines.get(clip.number)}
        for clip in known.clips
    ]


def _span(first: int, end: int, footage: Footage) -> dict[str, Any]:
    return {
        "in_frame": first,
        "out_frame": end,
        "in": _label(first, footage),
        "out": _label(end, footage),
    }


def _label(frame: int, footage: Footage) -> str:
    return str(Timecode(footage.start_frame + frame, footage.rate, footage.drop_frame))
