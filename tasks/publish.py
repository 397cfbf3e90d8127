"""Moving a run's files from its scratch folder to where people find them."""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from catalog.claims import Claim
from catalog.models import Rendition
from catalog.places import PRIVATE
from catalog.work import Facts, Stage
from media.files import fingerprint, needing_the_disk, sync

_LIST = ".moved"  # in a scratch folder: what its attempt moves in place


@dataclass(frozen=True)
class Origin:
    """What files were made by and from."""

    item_id: int
    stage: Stage
    checksum: str  # of the original, xxh3-128; "" for a script


@contextmanager
def scratch(output: Path, claim: Claim) -> Iterator[Path]:
    """A new, empty folder for one attempt; it is removed at the end, unless files have been moved
    in place and the catalog never said so: it then tells which (tasks/leftovers.py)."""
    folder = _scratches(output) / attempt(claim)
    with needing_the_disk():
        folder.mkdir(parents=True)
    ended = False
    try:
        yield folder
        ended = True
    finally:
        if ended or not listed(folder):
            shutil.rmtree(folder, ignore_errors=True)


def attempt(claim: Claim) -> str:
    """The name of the scratch folder of one attempt."""
    return f"{claim.item_id}-{claim.stage}-{claim.token}"


def attempts(output: Path) -> list[Path]:
    """The scratch folders there are, of what is running and of what was killed; empty while the
    output folder can't be read."""
    try:
        return sorted(_scratches(output).iterdir())
    except OSError:
        return []


def describe(folder: Path, place: str, origin: Origin, facts: Facts) -> list[Rendition]:
    """The rows of the files in the scratch folder as they will be in `place` (see Rendition)."""
    provenance = {
        "stage": origin.stage.name,
        "version": origin.stage.version,
        "engine": facts.engine,
        "settings": dict(facts.settings),
        "original": origin.checksum,
    }
    return [
        Rendition(
            path=f"{place}/{file.name}",
            item_id=origin.item_id,
            stage=origin.stage.name,
            kind=file.kind,
            size=(folder / file.name).stat().st_size,
            checksum=fingerprint(folder / file.name),
            provenance=provenance,
            created_at=time.time(),
        )
        for file in facts.files
    ]


def make_durable(folder: Path, facts: Facts) -> None:
    """Write the files of `facts` to the disk, so that moving them in place takes no time."""
    with needing_the_disk():
        for file in facts.files:
            sync(folder / file.name)


def announce(folder: Path, made: list[Rendition]) -> None:
    """Say in the scratch folder what is moved in place next (tasks/leftovers.py reads it)."""
    with needing_the_disk():
        (folder / _LIST).write_text("".join(f"{rendition.path}\n" for rendition in made))


def listed(folder: Path) -> list[str]:
    """The paths, relative to the output folder, that an attempt was about to move."""
    file = folder / _LIST
    return file.read_text().splitlines() if file.is_file() else []


def publish(folder: Path, target: Path, facts: Facts) -> None:
    """Move the files of `facts` from the scratch folder to `target`.

    In the transaction that ends the run: a worker whose run was taken over moves nothing. Doing
    it twice leaves the same files: a run that was killed between this and its end makes and
    moves them again, and a transaction that is tried again finds them moved.
    """
    places = set()
    with needing_the_disk():
        for file in facts.files:
            source, place = folder / file.name, target / file.name
            place.parent.mkdir(parents=True, exist_ok=True)
            if source.exists() or not place.exists():
                source.replace(place)
            places.add(place.parent)
        for parent in places:
            sync(parent)


def _scratches(output: Path) -> Path:
    return output / PRIVATE / "scratch"
