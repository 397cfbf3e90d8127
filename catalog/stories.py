"""What belongs together: the footage of a story, the sidecars of a file."""

import time
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath

from sqlalchemy import ColumnElement, or_
from sqlmodel import Session, col, func, select

from catalog.models import Asset, Cut, Footage, Item, Kind, Role, StageRun, Status, Story
from catalog.originals import parts
from catalog.places import asset_home
from catalog.runs import STOPPED
from catalog.words import counted
from catalog.work import Hold
from config.cutting import Match

INDEX = "index"  # the stage after which footage can be searched and cut
PARSE = "parse"  # the stage after which it is known what a script wants said
_LOOK_AGAIN = 15.0  # seconds; the end of the work waited for wakes the script at once


@dataclass(frozen=True)
class Indexed:
    """One asset of a story whose clips can be searched and cut."""

    asset_id: int
    item: Item  # the item that was worked on
    story: Story  # of that item: where its files are published
    footage: Footage
    original: Item  # as it was dropped in the story that was asked for: names and paths of a cut

    @property
    def home(self) -> str:
        """The folder of its files, relative to the output folder."""
        return asset_home(self.item, self.story)


def indexed(session: Session, story_id: int) -> list[Indexed]:
    """The story's assets whose index stage is done, in order of their paths, each once.

    A file dropped in two stories is one asset of both; its runs and files are those of the
    item that came first.
    """
    dropped = {
        item.asset_id: item
        for item in sorted(current(session, story_id, Kind.FOOTAGE), key=_by_path, reverse=True)
        if item.asset_id is not None
    }
    worked = (
        select(Item, Story, Footage)
        .join(Story, col(Story.id) == Item.story_id)
        .join(Asset, col(Asset.item_id) == Item.id)
        .join(Footage, col(Footage.asset_id) == Asset.id)
        .join(StageRun, col(StageRun.item_id) == Item.id)
        .where(col(Asset.id).in_(dropped), StageRun.stage == INDEX, _is_there())
    )
    found = [
        Indexed(footage.asset_id, item, story, footage, dropped[footage.asset_id])
        for item, story, footage in session.exec(worked)
    ]
    return sorted(found, key=lambda each: each.original.path)


def _is_there() -> ColumnElement[bool]:
    """Whether an index run is done; while a file grows, what was indexed of it goes on to count."""
    grown = (col(Item.growing).is_(True)) & (col(StageRun.finished_at) > 0)
    return (col(StageRun.status) == Status.DONE) | grown


def is_indexed(session: Session, item: Item) -> bool:
    """Whether the work on a footage item has reached the index."""
    run = session.get(StageRun, (item.id, INDEX))
    return run is not None and run.status == Status.DONE


def sidecars(session: Session, item: Item) -> list[Item]:
    """Accepted sidecars of a footage item: same folder, same stem (`A001.srt`, `A001.zh.srt`)."""
    path = PurePosixPath(item.path)
    return [each for each in _named(session, item, f"{path.stem}.") if belongs(each.path, path)]


def camera_files(session: Session, item: Item) -> list[Item]:
    """The accepted XML that a camera wrote about a footage item: beside it, or on its card."""
    path = PurePosixPath(item.path)
    found = [each for each in _named(session, item, path.stem) if is_of_camera(each.path, path)]
    return found + [part for part in parts(session, item) if part.role == Role.ABOUT]


def _named(session: Session, item: Item, begins: str) -> list[Item]:
    """The sidecars in an item's folder whose names begin so, and perhaps a few more."""
    path = PurePosixPath(item.path)
    # SQLite knows capitals of ASCII letters only, so the likely ways to write the name are asked.
    starts = [str(path.with_name(case(begins))) for case in (str, str.lower, str.upper)]
    written = {unicodedata.normalize(form, each) for form in ("NFC", "NFD") for each in starts}
    written |= set(starts)
    candidates = session.exec(
        select(Item).where(
            Item.story_id == item.story_id,
            Item.kind == Kind.SIDECAR,
            Item.root == item.root,
            or_(*(col(Item.path).istartswith(each, autoescape=True) for each in written)),
            col(Item.replaced_at).is_(None),
        )
    )
    return sorted(candidates, key=_by_path)


def is_of_camera(sidecar: str, footage: PurePosixPath) -> bool:
    """Whether the file at `sidecar` is called as cameras call their XML about `footage`."""
    path, stem = PurePosixPath(sidecar), folded(footage.stem)
    return path.parent == footage.parent and folded(path.name) in {f"{stem}.xml", f"{stem}m01.xml"}


def belongs(sidecar: str, footage: PurePosixPath) -> bool:
    """Whether the file at `sidecar` is named as a companion of `footage`.

    Capitals and small letters are one, as on the systems that most files come from, and so are
    the two ways to compose an é: macOS writes one, everybody else the other.
    """
    path = PurePosixPath(sidecar)
    return path.parent == footage.parent and folded(path.name).startswith(
        folded(f"{footage.stem}.")
    )


def folded(name: str) -> str:
    """A name as it is compared with others."""
    return unicodedata.normalize("NFC", name).casefold()


def _by_path(item: Item) -> str:
    return item.path


def hold(session: Session, story_id: int, match: Match) -> Hold | None:
    """Whether a script of the story should wait for footage, and why.

    It waits until something is indexed and nothing new came for `match.quiet_seconds`, for each
    new file at most `match.wait_seconds` from its drop, and for each that was indexed before and
    is worked on again as long as it takes: a cut must not lose it meanwhile.
    """
    now = time.time()
    footage = current(session, story_id, Kind.FOOTAGE)
    newest = max((item.accepted_at for item in footage), default=0)
    if newest + match.quiet_seconds > now:
        return Hold("waits until no more footage comes", newest + match.quiet_seconds - now)
    awaited = [
        item
        for item in unfinished(session, footage)
        if item.offline_since is None
        and not (item.growing and _was_indexed(session, item))
        and (item.accepted_at + match.wait_seconds > now or _was_indexed(session, item))
    ]
    if awaited:
        names = ", ".join(PurePosixPath(item.path).name for item in awaited[:3])
        return Hold(
            f"waits for {counted(len(awaited), 'file')} of the story ({names})", _LOOK_AGAIN
        )
    if not indexed(session, story_id):
        return Hold("waits for footage: none of this story is indexed yet", _LOOK_AGAIN)
    return None


def _was_indexed(session: Session, item: Item) -> bool:
    run = session.get(StageRun, (item.id, INDEX))
    return run is not None and run.finished_at > 0


def unfinished(session: Session, items: list[Item]) -> list[Item]:
    """Those of these footage items that are on their way into the index and have not failed."""
    open_runs = session.exec(
        select(StageRun).where(
            col(StageRun.item_id).in_([item.id for item in items]),
            (col(StageRun.stage) == INDEX) | col(StageRun.status).in_(STOPPED),
        )
    ).all()
    failed = {run.item_id for run in open_runs if run.status in STOPPED}
    ended = {run.item_id for run in open_runs if run.status in (Status.DONE, Status.SKIPPED)}
    return [item for item in items if item.id not in failed | ended]


def unreadable(session: Session, story_id: int) -> list[tuple[str, str]]:
    """Footage of the story that failed or was cancelled: path and why, in order of paths."""
    footage = {item.id: item for item in current(session, story_id, Kind.FOOTAGE)}
    failed = session.exec(
        select(StageRun).where(
            col(StageRun.item_id).in_(footage), col(StageRun.status).in_(STOPPED)
        )
    )
    return sorted({(footage[run.item_id].path, run.message) for run in failed})


def offline(session: Session, story_id: int) -> list[str]:
    """Paths of the story's footage of which no file is there now, under any of its names."""
    online = select(Item.asset_id).where(
        col(Item.replaced_at).is_(None),
        col(Item.offline_since).is_(None),
        col(Item.asset_id).is_not(None),
    )
    gone = session.exec(
        select(Item.path).where(
            Item.story_id == story_id,
            Item.kind == Kind.FOOTAGE,
            col(Item.replaced_at).is_(None),
            col(Item.offline_since).is_not(None),
            or_(col(Item.asset_id).is_(None), col(Item.asset_id).not_in(online)),
        )
    )
    return sorted(gone)


def of_asset(session: Session, asset_id: int) -> list[int]:
    """The stories in which this asset was dropped."""
    return list(
        session.exec(
            select(Item.story_id)
            .where(Item.asset_id == asset_id, col(Item.replaced_at).is_(None))
            .distinct()
        )
    )


def current(session: Session, story_id: int, kind: Kind) -> list[Item]:
    """The items of one kind in a story, without those that were replaced."""
    return list(
        session.exec(
            select(Item).where(
                Item.story_id == story_id, Item.kind == kind, col(Item.replaced_at).is_(None)
            )
        )
    )


def cut_version(session: Session, story_id: int, name: str) -> int:
    """The newest version of the cut called `name`; 1 when there is none yet."""
    newest = session.exec(
        select(func.max(Cut.version)).where(Cut.story_id == story_id, Cut.name == name)
    ).one()
    return newest or 1
