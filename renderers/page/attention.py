"""What needs a person: the report's first list, most urgent first, each with where to look."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from renderers.exports.subtitles import hurried
from renderers.page.album import Album
from renderers.page.facts import Material
from renderers.page.flagged import flagged
from renderers.page.phrases import Phrases
from renderers.page.rows import Scene

_DOUBTFUL = 0.6  # a score below this is heard before it is trusted
_SHOWN = 5  # of each kind


@dataclass(frozen=True)
class Need:
    """One thing to do. `anchor`: the place on the page, "" for none. `picture`: a sensitive one as
    a data URI, which the page blurs until somebody points at it."""

    text: str
    anchor: str = ""
    picture: str = ""


def needs(
    material: Material, told: Iterable[Scene], album: Album, say: Phrases
) -> tuple[Need, ...]:
    """All of them; empty when the cut can go on as it is."""
    scenes = tuple(told)
    return (
        *(Need(one.text, one.anchor, one.picture) for one in flagged(material, album, say)),
        *_held_back(material, say),
        *_missing(scenes, say),
        *_unreadable(material, say),
        *_offline(material, say),
        *_doubtful(material, say),
        *_unlabelled(material, say),
        *_hurried(material, say),
    )


def _held_back(material: Material, say: Phrases) -> Iterator[Need]:
    for one in material.exports.held_back:
        yield Need(say("held_back", format=one.format, reason=one.reason), "files")


def _missing(scenes: tuple[Scene, ...], say: Phrases) -> Iterator[Need]:
    lost = [row for scene in scenes for row in scene.rows if row.gap]
    if lost:
        yield Need(say("need_lines", number=len(lost)), lost[0].anchor)


def _unreadable(material: Material, say: Phrases) -> Iterator[Need]:
    for path, why in material.unreadable[:_SHOWN]:
        yield Need(say("unreadable", name=PurePosixPath(path).name, why=why), "warnings")


def _offline(material: Material, say: Phrases) -> Iterator[Need]:
    for path in material.offline[:_SHOWN]:
        yield Need(say("offline", name=PurePosixPath(path).name), "warnings")


def _doubtful(material: Material, say: Phrases) -> Iterator[Need]:
    weak = [e for e in material.sequence.events if e.source and e.score < _DOUBTFUL]
    for event in sorted(weak, key=lambda event: event.score)[:_SHOWN]:
        text = say("need_ear", text=event.text, score=f"{event.score:.2f}")
        yield Need(text, f"line-{event.line}")


def _unlabelled(material: Material, say: Phrases) -> Iterator[Need]:
    used = {source.asset_id for source in material.sequence.sources()}
    names = [
        media.name
        for media in material.media.values()
        if media.asset_id in used and not media.footage.has_timecode
    ]
    if names:
        yield Need(say("need_timecode", names=say("comma").join(names)), "sources")


def _hurried(material: Material, say: Phrases) -> Iterator[Need]:
    quick = hurried(material.sequence)
    if quick:
        yield Need(say("need_reading", number=len(quick)), f"line-{quick[0].line}")
