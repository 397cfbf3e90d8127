"""A master by hand, with the settings that are in force now."""

import shutil
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from sqlmodel import Session

from catalog.places import PRIVATE
from config.footage import Profile
from config.settings import Settings
from ingest.exporting import cut_of
from media.errors import Misconfigured
from media.files import replacing
from renderers import rules
from renderers.master.render import render
from renderers.master.stage import order_for, summary
from renderers.sequence import from_json


def write(
    session: Session,
    settings: Settings,
    asked: tuple[str, str | None, int | None],
    profile: str,
    output: Path | None,
) -> tuple[Path, str]:
    """Write the file; return where it is and how it was made. `asked`: story, script, version
    (see exporting.cut_of).

    Raises Misconfigured when it is unclear what is meant, Rejected when it would not be right.
    """
    if not isinstance(settings.profiles.get(profile), Profile):
        raise Misconfigured(f"there is no [profiles.{profile}] of one file: see `stringout config`")
    cut = cut_of(session, *asked)
    sequence = from_json(cut.sequence)
    rules.require(sequence)
    base = output or Path(f"{PurePosixPath(cut.name).stem}.master")

    def published(name: str) -> Path:
        found = (place / name for place in settings.outputs if (place / name).is_file())
        return next(found, settings.folders.output / name)

    kept = settings.folders.output / PRIVATE / "kept"
    order = order_for(session, settings, sequence, profile, published, kept)
    with TemporaryDirectory(dir=base.absolute().parent, prefix=".stringout-") as name:
        made = render(order, Path(name) / base.name)
        stem = base.with_suffix("") if base.suffix in (".mp4", ".mov") else base
        target = stem.with_name(stem.name + made.path.suffix)
        with replacing(target) as partial:
            shutil.move(made.path, partial)
    return target, summary(order, made)
