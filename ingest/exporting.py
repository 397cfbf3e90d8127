"""Exports by hand: which cut is meant, and writing it where the person stands."""

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from sqlalchemy.orm import defer
from sqlmodel import Session, col, select

from catalog.models import Cut, Story
from config.exporting import ReelLength
from config.settings import Settings
from media.errors import Misconfigured, Rejected
from media.files import replacing
from renderers import rules
from renderers import stringout as takes
from renderers.cuts import originals
from renderers.exports.deliver import deliver
from renderers.exports.delivery import Delivery
from renderers.exports.registry import chosen
from renderers.logs import logged
from renderers.sequence import from_json


@dataclass(frozen=True)
class Request:
    """What somebody asked for. `output`: a file, whose suffix may be left to the format."""

    story: str
    formats: tuple[str, ...]
    script: str | None
    version: int | None
    stringout: bool
    fcpxml_version: str
    reel_length: ReelLength
    output: Path | None


def write(session: Session, settings: Settings, request: Request) -> list[Path]:
    """Write the files and return them.

    Raises Misconfigured when it is unclear what is meant, Rejected when a file would not be
    right; those that were right are there.
    """
    formats = chosen(request.formats)
    if request.output and len(formats) > 1:
        raise Misconfigured("--output names one file: ask for one format with --format")
    cut = cut_of(session, request.story, request.script, request.version)
    sequence = from_json(cut.sequence)
    clips = logged(session, cut.story_id, sequence)
    if request.stringout:
        sequence = takes.stringout(sequence)
    rules.require(sequence)
    delivery = Delivery(
        sequence=sequence,
        locate=originals(settings),
        reel_length=request.reel_length,
        fcpxml_version=request.fcpxml_version,
        fcpxml_dtds=settings.export.fcpxml_dtds,
        clips=clips,
        transition=settings.movie.transition,
    )
    suffix = f"-{takes.NAME}" if request.stringout else ""
    base = request.output or Path(f"{_plain(cut.name)}{suffix}")
    with TemporaryDirectory() as name:
        made = deliver(delivery, formats, Path(name) / _stem(base, formats[0].suffix))
        written = [_placed(path, base, request.output) for _, path in made.files]
    for blocked in made.blocked:
        raise Rejected(f"{blocked.name} was held back: {blocked.reason}")
    return written


def cut_of(session: Session, story: str, script: str | None, version: int | None) -> Cut:
    """The cut that is meant: the newest of the story's one script, or what was named.

    Raises Misconfigured when it is unclear, or there is none.
    """
    found = session.exec(select(Story).where(Story.name == story)).first()
    if found is None:
        raise Misconfigured(f"there is no story called {story!r}: `stringout status` lists them")
    cuts = session.exec(
        select(Cut)
        .where(Cut.story_id == found.id)
        .order_by(col(Cut.version).desc())
        .options(defer(Cut.sequence))  # type: ignore[arg-type]
    ).all()
    named = [cut for cut in cuts if script in (None, cut.name, PurePosixPath(cut.name).stem)]
    names = sorted({cut.name for cut in named})
    if not names:
        raise Misconfigured(f"{story} has no cut{_of(script)} yet")
    if len(names) > 1:
        raise Misconfigured(f"{story} has cuts of {', '.join(names)}: choose with --script")
    wanted = [cut for cut in named if version in (None, cut.version)]
    if not wanted:
        raise Misconfigured(f"{names[0]} has versions 1 to {named[0].version}")
    return wanted[0]


def _plain(name: str) -> str:
    return PurePosixPath(name).stem


def _of(script: str | None) -> str:
    return f" of {script}" if script else ""


def _stem(base: Path, suffix: str) -> str:
    return base.stem if base.suffix == f".{suffix}" else base.name


def _placed(made: Path, base: Path, asked: Path | None) -> Path:
    """Moved to where it was asked for. Of several files (one per track, per rate, per 999 events)
    the first has the name; the others keep what their format adds to it."""
    named = asked is not None and made.stem == _stem(asked, made.suffix[1:])
    target = asked if asked and named else base.parent / made.name
    with replacing(target) as partial:
        partial.write_bytes(made.read_bytes())
    return target
