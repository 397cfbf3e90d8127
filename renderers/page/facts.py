"""What the report tells about, read from the catalog in one go."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePosixPath

from sqlmodel import Session, col, select

from catalog.models import (
    AnyFlag,
    Asset,
    Clip,
    Cue,
    Cut,
    Embedding,
    Emotion,
    Footage,
    Item,
    Line,
    Rendition,
    Scan,
    Script,
    ScriptLine,
    Story,
    Take,
)
from catalog.places import cut_home
from catalog.stories import Indexed, indexed, offline, unreadable
from renderers.exports.files import by_file
from renderers.exports.reels import reel_names
from renderers.page.exported import Exported
from renderers.sequence import Sequence, from_json


@dataclass(frozen=True)
class Media:
    """One asset that the report speaks of."""

    asset_id: int
    name: str
    home: str  # of its files, relative to the output folder
    footage: Footage
    in_story: bool  # False: borrowed from the library
    thumbnails: tuple[tuple[int, str], ...]  # frame, file name in `home`; in order of frames
    clips: tuple[Clip, ...]  # in order of time
    emotions: Mapping[int, Emotion]  # by number of the line
    cues: tuple[Cue, ...]  # laughter and applause, in order of time
    engines: tuple[tuple[str, str], ...]  # of its facts: kind of fact, engine
    speakers: tuple[tuple[str, float], ...]  # name and share of the time, 0 to 1; most first


@dataclass(frozen=True)
class Flagged:
    """A sensitive word or picture. `held`: it keeps movie and exports back until approved."""

    flag: AnyFlag
    text: str  # the line it stands in; "" of a picture
    held: bool


@dataclass(frozen=True)
class Material:
    """Everything behind one report."""

    story: Story
    cut: Cut
    sequence: Sequence
    script: Script
    lines: tuple[ScriptLine, ...]
    takes: tuple[Take, ...]  # in order of line and rank
    media: Mapping[int, Media]  # by asset
    files: tuple[Rendition, ...]  # of this version's folder, in order of paths
    proxies: tuple[Rendition, ...]  # what was made of the assets
    unreadable: tuple[tuple[str, str], ...]  # footage of the story that failed: path, why
    offline: tuple[str, ...] = ()  # footage of the story whose files are gone: paths
    exports: Exported = field(default_factory=Exported)
    proxies_at: Mapping[int, str] = field(default_factory=dict)  # from the report's folder
    flags: tuple[Flagged, ...] = ()  # what is sensitive in what the cut shows

    @cached_property
    def used(self) -> frozenset[int]:
        """The assets that the cut shows."""
        return frozenset(source.asset_id for source in self.sequence.sources())

    @cached_property
    def reels(self) -> Mapping[int, str]:
        """As the exports call them: by asset; of a clip of several files, by each one's id."""
        return {**reel_names(by_file(self.sequence).all_sources()), **self.exports.reels}


def gather(session: Session, cut: Cut) -> Material:
    """Read what is known about a cut.

    Script lines are those of the item that the cut was made from: a script that was dropped
    again may keep its cut, but number its lines differently.
    """
    sequence = from_json(cut.sequence)
    takes = session.exec(
        select(Take).where(Take.item_id == cut.item_id).order_by(col(Take.number), col(Take.rank))
    ).all()
    story = session.get_one(Story, cut.story_id)
    assets = _assets(session, cut.story_id, sequence, takes)
    return Material(
        story=story,
        cut=cut,
        sequence=sequence,
        script=session.get_one(Script, cut.item_id),
        lines=tuple(
            session.exec(
                select(ScriptLine)
                .where(ScriptLine.item_id == cut.item_id)
                .order_by(col(ScriptLine.number))
            )
        ),
        takes=tuple(takes),
        media={asset.asset_id: asset for asset in assets},
        files=_published(session, cut_home(story, cut.name, cut.version)),
        proxies=tuple(
            rendition for asset in assets for rendition in _published(session, asset.home)
        ),
        unreadable=tuple(unreadable(session, cut.story_id)),
        offline=tuple(offline(session, cut.story_id)),
    )


def _assets(
    session: Session, story_id: int, sequence: Sequence, takes: Iterable[Take]
) -> list[Media]:
    """The story's assets, and after them what the cut or a take borrows from other stories."""
    own = indexed(session, story_id)
    here = {asset.asset_id for asset in own}
    named = {source.asset_id for source in sequence.sources()} | {take.asset_id for take in takes}
    others = session.exec(
        select(Item, Story, Footage)
        .join(Asset, col(Asset.item_id) == Item.id)
        .join(Story, col(Story.id) == Item.story_id)
        .join(Footage, col(Footage.asset_id) == Asset.id)
        .where(col(Asset.id).in_(named - here))
        .order_by(Item.path)
    )
    borrowed = [
        Indexed(footage.asset_id, item, story, footage, item) for item, story, footage in others
    ]
    return [_media(session, asset, asset.asset_id in here) for asset in (*own, *borrowed)]


def _media(session: Session, asset: Indexed, in_story: bool) -> Media:
    number = asset.asset_id
    scan = session.get(Scan, number)
    emotions = session.exec(select(Emotion).where(Emotion.asset_id == number)).all()
    return Media(
        asset_id=number,
        name=PurePosixPath(asset.original.path).name,
        home=asset.home,
        footage=asset.footage,
        in_story=in_story,
        thumbnails=tuple(sorted((frame, file) for frame, file in scan.thumbnails) if scan else ()),
        clips=tuple(
            session.exec(select(Clip).where(Clip.asset_id == number).order_by(col(Clip.number)))
        ),
        emotions={emotion.number: emotion for emotion in emotions},
        cues=tuple(
            session.exec(select(Cue).where(Cue.asset_id == number).order_by(col(Cue.number)))
        ),
        engines=_engines(session, number),
        speakers=_speakers(session, number),
    )


def _speakers(session: Session, asset_id: int) -> tuple[tuple[str, float], ...]:
    """Lines whose speaker nobody knows count in the time."""
    spoken: Counter[str] = Counter()
    for line in session.exec(select(Line).where(Line.asset_id == asset_id)):
        spoken[line.speaker] += line.out_frame - line.in_frame
    return tuple((name, part / spoken.total()) for name, part in spoken.most_common() if name)


def _engines(session: Session, asset_id: int) -> tuple[tuple[str, str], ...]:
    """Who found the facts: each engine once per kind of fact."""
    found = []
    for kind, table in (("speech", Line), ("emotions", Emotion), ("search", Embedding)):
        engines = session.exec(select(table.engine).where(table.asset_id == asset_id).distinct())
        found += [(kind, engine) for engine in sorted(engines)]
    return tuple(found)


def _published(session: Session, home: str) -> tuple[Rendition, ...]:
    return tuple(
        session.exec(
            select(Rendition)
            .where(
                col(Rendition.path).startswith(f"{home}/", autoescape=True),
                Rendition.kind != "thumbnail",  # one a second of every file: nobody asks
            )
            .order_by(Rendition.path)
        )
    )
