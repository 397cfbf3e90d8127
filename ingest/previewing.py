"""One picture of a cut by hand, with the settings that are in force now."""

from pathlib import Path
from tempfile import TemporaryDirectory

from sqlmodel import Session

from config.settings import Settings
from ingest.exporting import cut_of
from media.files import replacing
from renderers import effects, look
from renderers.preview import picture
from renderers.proxies import best_proxy, open_proxies
from renderers.rules import LONGEST_DISSOLVE
from renderers.sequence import Sequence, from_json


def write(
    session: Session,
    settings: Settings,
    asked: tuple[str, str | None, int | None],
    frame: int,
    target: Path,
) -> None:
    """Write a record frame as JPEG. `asked`: story, script, version (see exporting.cut_of).

    Raises Misconfigured when it is unclear what is meant, Rejected when there is no such frame.
    """
    sequence = from_json(cut_of(session, *asked).sequence)
    with replacing(target) as partial:
        partial.write_bytes(_picture(sequence, settings, frame))


def _picture(sequence: Sequence, settings: Settings, frame: int) -> bytes:
    def published(name: str) -> Path:
        found = (place / name for place in settings.outputs if (place / name).is_file())
        return next(found, settings.folders.output / name)

    over = [event for track in sequence.tracks for event in track.events]
    near = [e for e in (*sequence.events, *over) if _is_near(e.record_in, e.record_out, frame)]
    sources = {event.source.asset_id: event.source for event in near if event.source}
    proxies = open_proxies(
        sources.values(), lambda one: published(best_proxy(one, settings.profiles, published))
    )
    size = look.movie_size(sequence, settings.playing.height)
    with TemporaryDirectory() as folder:
        asked = effects.chosen(settings.movie, sequence, size, Path(folder))
        seen = look.Look(sequence, size, settings.playing, "", asked, settings.movie.transition)
        return picture(frame, proxies, seen)


def _is_near(first: int, end: int, frame: int) -> bool:
    """Whether an event may be seen at a frame, in a dissolve too."""
    return first - LONGEST_DISSOLVE <= frame < end + LONGEST_DISSOLVE
