"""The report as a page: everything that its template prints, ready to print."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from urllib.parse import quote

from renderers.curve import Curve, of_events
from renderers.page import world
from renderers.page.album import Album
from renderers.page.attention import Need, needs
from renderers.page.beside import Link, links
from renderers.page.curve import Band, Beat, Mark, clock, draw
from renderers.page.facts import Material
from renderers.page.history import Change, changes
from renderers.page.leftovers import Unused, unused
from renderers.page.lines import scenes, seconds_at
from renderers.page.moods import Mood, moods
from renderers.page.notices import makers, warnings
from renderers.page.origins import Origin, origins
from renderers.page.phrases import Phrases
from renderers.page.rows import Feeling, Row, Scene, feeling
from renderers.page.strip import Frame, strip
from renderers.page.world import Named, people, places
from renderers.sequence import Event, MarkerKind

_WIDE, _NARROW = 1000, 352  # pixels of the curve on a desk and on a phone


@dataclass(frozen=True)
class Missing:
    """A line of the script that nothing delivers."""

    anchor: str
    scene: str
    character: str
    text: str
    record: str  # timecode of its gap


@dataclass(frozen=True)
class Page:
    """The whole report. `changes` is None for a first version."""

    language: str
    title: str
    story: str
    version: int
    made_at: str
    digest: str
    total: int
    found: int
    runs: str
    sources: int
    missing: tuple[Missing, ...]
    changes: tuple[Change, ...] | None
    movie: str  # address; "" when there is none
    poster: str
    curves: tuple[str, str]  # wide and narrow, SVG
    dominant: Feeling | None  # the emotion of most of the cut
    scenes: tuple[Scene, ...]
    unused: tuple[Unused, ...]
    warnings: tuple[str, ...]
    makers: tuple[tuple[str, str], ...]
    files: tuple[Link, ...]
    needs: tuple[Need, ...]
    strip: tuple[Frame, ...]
    moods: tuple[Mood, ...]
    origins: tuple[Origin, ...]
    people: tuple[Named, ...]
    places: tuple[Named, ...]
    happenings: tuple[Named, ...]  # by scene


def compose(material: Material, album: Album, say: Phrases) -> Page:
    """Put the page together."""
    cut, sequence = material.cut, material.sequence
    told = scenes(material, album, say)
    marked = moods(sequence, say)
    felt = of_events(sequence.events, sequence.rate)
    movie = next((made for made in material.files if made.kind == "movie"), None)
    return Page(
        language=say.language,
        title=material.script.title or PurePosixPath(cut.name).stem,
        story=material.story.name,
        version=cut.version,
        made_at=datetime.fromtimestamp(cut.created_at).astimezone().strftime("%Y-%m-%d %H:%M %Z"),
        digest=cut.digest,
        total=sum(scene.total for scene in told),
        found=sum(scene.found for scene in told),
        runs=clock(round(sequence.duration / sequence.rate)),
        sources=len(sequence.sources()),
        missing=tuple(_missing(told)),
        changes=changes(cut, sequence, say) if cut.version > 1 else None,
        movie=quote(PurePosixPath(movie.path).name) if movie else "",
        poster=_poster(sequence.events, album),
        curves=_curves(material, told, marked, felt),
        dominant=feeling(felt.dominant or ""),
        scenes=told,
        unused=tuple(unused(material, album, say)),
        warnings=warnings(material, say),
        makers=makers(material, say),
        files=links(material.files, say),
        needs=needs(material, told, album, say),
        strip=strip(sequence, album),
        moods=marked,
        origins=origins(material, say),
        people=people(material.script.structure, say),
        places=places(material.script.structure, say),
        happenings=world.scenes(material.script.structure, say),
    )


def _missing(told: Iterable[Scene]) -> Iterable[Missing]:
    for scene in told:
        for row in scene.rows:
            if row.gap:
                yield Missing(row.anchor, scene.heading, row.character, row.text, row.record)


def _poster(events: Iterable[Event], album: Album) -> str:
    """A picture of the first event that has a source."""
    return next(
        (
            album.picture(event.source.asset_id, event.in_frame, event.out_frame)
            for event in events
            if event.source
        ),
        "",
    )


def _curves(
    material: Material, told: tuple[Scene, ...], marked: tuple[Mood, ...], felt: Curve
) -> tuple[str, str]:
    sequence = material.sequence
    rows = {row.anchor: row for scene in told for row in scene.rows}
    beats = [
        Beat(
            event.record_in,
            event.record_out,
            event.source is None,
            _tip(event, rows.get(f"line-{event.line}")),
            seconds_at(event.record_in, sequence.rate),
        )
        for event in sequence.events
    ]
    marks = [Mark(scene.start, scene.heading) for scene in told if scene.start is not None]
    bands = [
        Band(
            *mood.frames,
            mood.feeling.name if mood.feeling else "",
            mood.kind is MarkerKind.MUSIC,
            mood.text,
        )
        for mood in marked
        if mood.kind is not MarkerKind.PEAK  # drawn in its lane
    ]
    return (
        draw(beats, felt, marks, bands, _WIDE),
        draw(beats, felt, marks, bands, _NARROW),
    )


def _tip(event: Event, row: Row | None) -> str:
    character = event.character or (row.character if row else "")
    return ": ".join(part for part in (character, event.text) if part)
