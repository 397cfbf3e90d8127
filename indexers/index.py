"""The points of the vector index: one for every clip in which something is said, or laughed.

A clip in which nothing is heard has nothing to be searched by, so it is not indexed.
"""

import uuid
from collections.abc import Mapping, Sequence

import numpy as np
from sqlmodel import Session, col, select

from catalog.models import Clip, Cue, Embedding, Emotion, Item, Line
from catalog.search import speakers_of
from catalog.words import counted
from catalog.work import Facts, Point, Queue, Work
from indexers.clips import language_of
from indexers.engines.sentence import choose
from indexers.tags import tags

NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "stringout/point")


class Index:
    """Clips and embeddings in, points out. Never skipped: its footage can now be cut in."""

    name = "index"
    needs = ("embeddings", "moderation", "vision")
    queue = Queue.IO
    version = 4
    limit = 120.0
    makes = ()

    def run(self, work: Work) -> Facts:
        """See Stage."""
        engine = choose(work.settings.embeddings).name
        found = select(Clip).where(Clip.asset_id == work.asset_id).order_by(col(Clip.number))
        every = work.session.exec(found).all()
        tagged = _tags(work, every)
        clips = [clip for clip in every if clip.text or tagged[clip.number]]
        names = {clip.number: point_id(clip, engine, self.version) for clip in clips}
        points = make_points(
            clips,
            tagged,
            names,
            _vectors(work, engine),
            _lines(work),
            _stories(work.session, work.asset_id),
        )
        dense = sum(len(point.vector) > 0 for point in points)
        message = f"{counted(len(points), 'clip')} can be searched, {dense} of them by meaning"
        return Facts(message, points=points, engine=engine)


def make_points(
    clips: Sequence[Clip],
    tagged: Mapping[int, str],
    names: Mapping[int, str],
    vectors: Mapping[int, Sequence[float]],
    lines: Mapping[int, Line],
    stories: Sequence[int],
) -> list[Point]:
    """The points of an asset's clips; `tagged` (words for what else is heard), `names` and
    `vectors` by clip number, `lines` by line."""
    return [
        Point(
            id=names[clip.number],
            vector=vectors.get(clip.number, ()),
            text=f"{clip.text} {tagged.get(clip.number, '')}".strip(),
            payload={
                "asset_id": clip.asset_id,
                "clip_key": clip.key,
                "story_id": list(stories),
                "number": clip.number,
                "in_frame": clip.in_frame,
                "out_frame": clip.out_frame,
                "text": clip.text,
                "emotion": clip.emotion.value if clip.emotion else None,
                "language": language_of(clip, lines),
                "speaker": speakers_of(clip),
            },
        )
        for clip in clips
    ]


def point_id(clip: Clip, engine: str, version: int) -> str:
    """The same clip, embedded in the same way, is the same point after any rerun."""
    return str(uuid.uuid5(NAMESPACE, f"{clip.key}:{engine}:{version}"))


def _vectors(work: Work, engine: str) -> dict[int, list[float]]:
    """By clip number. Vectors of an engine that was used before can't be compared: none."""
    rows = select(Embedding).where(Embedding.asset_id == work.asset_id, Embedding.engine == engine)
    return {
        row.number: np.frombuffer(row.vector, "<f4").tolist() for row in work.session.exec(rows)
    }


def _tags(work: Work, clips: Sequence[Clip]) -> dict[int, str]:
    """By clip number."""
    cues = work.session.exec(select(Cue).where(Cue.asset_id == work.asset_id)).all()
    felt = work.session.exec(select(Emotion).where(Emotion.asset_id == work.asset_id)).all()
    return {clip.number: tags(clip, cues, felt) for clip in clips}


def _lines(work: Work) -> dict[int, Line]:
    rows = work.session.exec(select(Line).where(Line.asset_id == work.asset_id))
    return {line.number: line for line in rows}


def _stories(session: Session, asset_id: int) -> list[int]:
    """The stories that the asset was dropped in, when it was indexed."""
    dropped = select(Item.story_id).where(
        Item.asset_id == asset_id, col(Item.replaced_at).is_(None)
    )
    return sorted(set(session.exec(dropped)))
