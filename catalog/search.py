"""Searching what is said: by meaning and by words, told in the words of the cutting room.

The vector index proposes, the catalog decides: a point whose clip is gone, or was remade
since, is left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from catalog.models import Asset, Clip, Cue, Footage, Item, Kind, Label, Story
from catalog.places import asset_home
from catalog.vectors.store import Hit, VectorStore
from catalog.words import sparse_terms
from media.timecode import Timecode

_SPARE = 2  # times the limit is asked for, because some hits may be outdated


@dataclass(frozen=True)
class Found:
    """A clip that answers. Timecodes are the source's own; `source_out` is exclusive."""

    score: float  # orders the answers to one question; means nothing else
    story: str  # where the clip's files are published
    path: str  # of the original, relative to its watch folder
    reel: str
    source_in: str
    source_out: str
    text: str
    emotion: Label | None
    thumbnail: str  # relative to the output folder; "" without picture
    clip_key: str
    asset_id: int
    in_frame: int
    out_frame: int
    speaker: str = ""
    doubt: str = ""  # why it was perhaps never said
    sounds: tuple[str, ...] = ()  # heard in it that is no speech: laughter, applause


def search(  # noqa: PLR0913 - a question has this many parts, each named by the caller
    session: Session,
    vectors: VectorStore,
    dense: Sequence[float] | None,
    text: str,
    *,
    story: str | None = None,
    emotion: Label | None = None,
    speaker: str | None = None,
    limit: int = 20,
) -> list[Found]:
    """The clips that answer, best first; none when there is no such story.

    `dense` is the vector of `text`; None, where the engine can't read it, searches by words
    only. `story` is a name; None is the whole library. `speaker`: a name in any case.
    """
    filters: dict[str, str | list[int]] = {}
    if emotion:
        filters["emotion"] = emotion.value
    if speaker:
        filters["speaker"] = _folded(speaker)
    if story:
        # From the catalog, not from the points: the same file may be dropped in another
        # story after it was indexed.
        filters["asset_id"] = _assets(session, story)
        if not filters["asset_id"]:
            return []
    hits = vectors.query(dense, sparse_terms(text), limit=limit * _SPARE, filters=filters)
    found = (_found(session, hit, emotion, speaker) for hit in hits)
    return [one for one in found if one][:limit]


def speakers_of(clip: Clip) -> list[str]:
    """Who speaks in a clip, as the points of the vector index hold it: names in one case."""
    return [_folded(name) for name in clip.speaker.split(",") if name.strip()]


def _folded(name: str) -> str:
    return name.strip().casefold()


def _assets(session: Session, story: str) -> list[int]:
    dropped = (
        select(Item.asset_id)
        .join(Story, col(Story.id) == Item.story_id)
        .where(
            Story.name == story,
            Item.kind == Kind.FOOTAGE,
            col(Item.replaced_at).is_(None),
            col(Item.asset_id).is_not(None),
        )
    )
    return sorted({number for number in session.exec(dropped) if number is not None})


def _found(session: Session, hit: Hit, emotion: Label | None, speaker: str | None) -> Found | None:
    """What the catalog knows of a hit, or None when it no longer agrees."""
    current = select(Item.asset_id).where(col(Item.replaced_at).is_(None))
    rows = (
        select(Clip, Footage, Asset)
        .join(Footage, col(Footage.asset_id) == Clip.asset_id)
        .join(Asset, col(Asset.id) == Clip.asset_id)
        .where(
            Clip.key == hit.payload.get("clip_key"),
            Clip.text == hit.payload.get("text"),
            col(Clip.asset_id).in_(current),
        )
    )
    row = session.exec(rows).first()
    if row is None or (emotion and row[0].emotion != emotion):
        return None
    clip, footage, asset = row
    if speaker and _folded(speaker) not in speakers_of(clip):
        return None
    item = session.get_one(Item, asset.item_id)
    story = session.get_one(Story, item.story_id)
    first = Timecode(footage.start_frame, footage.rate, footage.drop_frame) + clip.in_frame
    return Found(
        score=hit.score,
        story=story.name,
        path=item.path,
        reel=footage.reel,
        source_in=str(first),
        source_out=str(first + (clip.out_frame - clip.in_frame)),
        text=clip.text,
        emotion=clip.emotion,
        thumbnail=f"{asset_home(item, story)}/{clip.thumbnail}" if clip.thumbnail else "",
        clip_key=clip.key,
        asset_id=clip.asset_id,
        in_frame=clip.in_frame,
        out_frame=clip.out_frame,
        speaker=clip.speaker,
        doubt=clip.doubt,
        sounds=_sounds(session, clip),
    )


def _sounds(session: Session, clip: Clip) -> tuple[str, ...]:
    rows = select(Cue.kind).where(
        Cue.asset_id == clip.asset_id,
        Cue.in_frame < clip.out_frame,
        Cue.out_frame > clip.in_frame,
    )
    return tuple(sorted(set(session.exec(rows))))
