"""Taking complete files into the catalog: many in one transaction, then the doorbells."""

import logging
import os
import pwd
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from sqlalchemy import func
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, select

from catalog import arrivals, growth, manifests, moves, roots, runs, stories
from catalog.arrivals import Waiting
from catalog.database import Catalog
from catalog.drops import Drop, accept, adopt, current
from catalog.manifests import Expected
from catalog.models import Item, Kind
from catalog.newcomers import newcomers, welcome
from catalog.places import about, story_name
from config.settings import Settings
from config.watching import WatchFolder
from ingest.manifests import read as read_manifest
from media import imagefiles
from media.errors import Rejected, TryLater
from media.files import require_space
from media.names import to_text
from tasks import changes, profiles, retention
from tasks.doorbell import Doorbell, Ring
from tasks.pipeline import needs

_log = logging.getLogger("stringout.accept")
_BATCH = 200  # items in a transaction: others wait for the write lock meanwhile


@dataclass(frozen=True)
class FrontDoor:
    """Accepts drops. The same drop any number of times is one item."""

    settings: Settings
    catalog: Catalog
    doorbell: Doorbell

    def take(self, drops: list[Drop]) -> None:
        """Write the items that are new, start their first stages, and say so.

        Raises TryLater when the catalog can't be written, or soon could not be; what was not
        written is found again by the next rescan.
        """
        folders = self.settings.folders
        require_space(folders.state, 0, int(folders.state_floor_gb * 1e9))
        for start in range(0, len(drops), _BATCH):
            try:
                items, rings = self._write(drops[start : start + _BATCH])
            except DBAPIError as error:
                raise _later(error) from error
            for item in items:
                _say(item)
            self.doorbell.ring(rings)

    def folders(self, root: str) -> set[str]:
        """The folders directly in a watch folder that hold accepted files; see ingest/door.py."""
        path = col(Item.path)
        with self._asking() as session:
            sqlite = session.get_bind().dialect.name == "sqlite"
            slash = func.instr(path, "/") if sqlite else func.strpos(path, "/")
            top = func.substr(path, 1, slash)
            rows = session.exec(
                select(top).where(Item.root == root, col(Item.replaced_at).is_(None)).distinct()
            )
            return set(rows) - {""}

    def known(self, root: str, folder: str) -> dict[str, tuple[int, int]]:
        """Path → (size, mtime_ns) of what was accepted below a folder; see ingest/door.py."""
        path = col(Item.path)
        inside = path.startswith(folder, autoescape=True) if folder else ~path.contains("/")
        with self._asking() as session:
            rows = session.exec(
                select(Item.path, Item.size, Item.mtime_ns).where(
                    Item.root == root,
                    inside,
                    col(Item.replaced_at).is_(None),
                    col(Item.offline_since).is_(None),
                    col(Item.growing).is_(False),
                )
            )
            return {path: (size, mtime_ns) for path, size, mtime_ns in rows}

    def recognise(self, folder: WatchFolder) -> str:
        """Why what is at its path is not the folder that was watched; see ingest/door.py."""
        with self._asking() as session:
            why = roots.trouble(session, folder.name, folder.path)
        if not why:
            marker = roots.mark(folder.path)
            with self._telling() as session:
                roots.remember(session, folder.name, folder.path, marker)
        return why

    def tell(self, folder: WatchFolder, trouble: str, noticing: str) -> None:
        """Keep for people how the folder is watched, or why it is not."""
        with self._telling() as session:
            roots.tell(session, folder.name, trouble, noticing)

    def hold(self, root: str, waiting: list[Waiting]) -> None:
        """Keep for people which files of a watch folder are not complete yet."""
        with self._telling() as session:
            arrivals.hold(session, root, waiting)

    @contextmanager
    def _asking(self) -> Iterator[Session]:
        try:
            with self.catalog.reading() as session:
                yield session
        except DBAPIError as error:
            raise _later(error) from error

    @contextmanager
    def _telling(self) -> Iterator[Session]:
        try:
            with self.catalog.writing() as session:
                yield session
        except DBAPIError as error:
            raise _later(error) from error

    def _write(self, drops: list[Drop]) -> tuple[list[Item], list[Ring]]:
        known = [self._as_its_folder_says(drop) for drop in drops]
        with self.catalog.writing() as session:
            known, grown = growth.extend(session, known)
            rings = changes.check(session, self.settings, grown)
            new = newcomers(session, known)
            items = welcome(session, new, needs)
            fresh = set(map(id, new))
            known = [drop for drop in known if id(drop) not in fresh]
            rings += self._follow(session, known)
            items += [item for drop in known if (item := accept(session, drop, needs(drop.kind)))]
            adopt(session, [item for item in items if _may_be_captioned(item)])
            rings += self._begin(session, items)
            companions = [item for item in items if item.kind == Kind.SIDECAR]
            rings += changes.check(session, self.settings, _beside(session, companions))
            rings += changes.check(session, self.settings, _told_more(session, items))
            if any(folder.retention_days for folder in self.settings.watch):
                rings += retention.bring_back(session, {item.story_id for item in items})
        return items, rings

    def _follow(self, session: Session, drops: list[Drop]) -> list[Ring]:
        """Go on with the items of known files that were moved, or are back."""
        found = [each for drop in drops if (each := moves.follow(session, drop, self._is_there))]
        rings = []
        for each in found:
            came = "is back" if each.path == each.item.path else f"was {each.path} before"
            _log.info("%s", came, extra=about(each.item))
            rings += changes.followed(session, self.settings, each)
        return rings

    def lost(self, root: str, paths: list[str]) -> None:
        """The files at these paths are gone, though their watch folder is there: what was made
        of them is kept, and they are offline until they come back. Raises TryLater."""
        with self._telling() as session:
            items = moves.mark_offline(session, root, paths)
            rings = [
                ring
                for item in items
                if item.kind == Kind.FOOTAGE
                for ring in changes.footage_settled(session, self.settings, item)
            ]
        for item in items:
            _log.warning("is offline: it was removed", extra=about(item))
        self.doorbell.ring(rings)

    def _as_its_folder_says(self, drop: Drop) -> Drop:
        folder = self.settings.folder(drop.root)
        path = self.settings.locate(drop.root, drop.path)
        drop = replace(drop, priority=folder.priority, output=folder.name if folder.output else "")
        try:
            found = os.lstat(path)
        except OSError:
            return drop  # gone meanwhile; the first stage says so
        drop = replace(drop, owner=_owner(found.st_uid), inode=str(found.st_ino))
        return replace(drop, expected=_expected(path, drop)) if drop.kind == Kind.MANIFEST else drop

    def _begin(self, session: Session, items: list[Item]) -> list[Ring]:
        """Queue the first stages of new items, without those that their folder leaves out."""
        rings = []
        for root, kind in {(item.root, item.kind) for item in items}:
            some = [item for item in items if (item.root, item.kind) == (root, kind)]
            ids = [item.id for item in some if item.id is not None]
            profiles.leave_out(session, self.settings.folder(root), kind, ids)
            rings += [
                Ring(id_, stage) for stage in runs.begin(session, ids, needs(kind)) for id_ in ids
            ]
        return rings

    def _is_there(self, item: Item) -> bool:
        """Whether the item's path leads to its file, and not to nothing or to another file."""
        try:
            path = self.settings.locate(item.root, item.path)
            return str(os.lstat(path).st_ino) == item.inode
        except (FileNotFoundError, NotADirectoryError):
            return False
        except OSError:
            return True  # nobody knows: then it has not moved


def _told_more(session: Session, items: Iterable[Item]) -> list[Item]:
    """What has to be looked at again: the files that a manifest names, the clip of a part."""
    found: dict[int | None, Item] = {}
    for item in items:
        if item.kind == Kind.MANIFEST:
            found |= {each.id: each for each in manifests.named(session, item)}
        elif item.clip_path and (clip := current(session, item.root, item.clip_path)):
            found[clip.id] = clip
    return list(found.values())


def _may_be_captioned(item: Item) -> bool:
    """A text beside a picture of its name is a script: nobody captions pictures."""
    suffix = PurePosixPath(item.path).suffix.lower()
    return item.kind == Kind.FOOTAGE and suffix not in imagefiles.SUFFIXES


def _expected(path: Path, manifest: Drop) -> tuple[Expected, ...]:
    """What a manifest says; nothing, and a warning, where it can't be read as one."""
    try:
        listed = read_manifest(path, PurePosixPath(manifest.path))
    except (Rejected, OSError) as error:
        story = story_name(manifest.path, manifest.root)
        _log.warning("%s", error, extra={"path": manifest.path, "story": story})
        return ()
    return tuple(Expected(to_text(each.path), *digest) for each in listed for digest in each.sums)


def _owner(uid: int) -> str:
    """Whose file it is, by name where this host knows the name."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _beside(session: Session, sidecars: Iterable[Item]) -> list[Item]:
    """The footage that these sidecars belong to: its probe or transcript may have to run again."""
    by_story: dict[int, list[Item]] = {}
    for sidecar in sidecars:
        by_story.setdefault(sidecar.story_id, []).append(sidecar)
    found = []
    for story, companions in by_story.items():
        for footage in stories.current(session, story, Kind.FOOTAGE):
            path = PurePosixPath(footage.path)
            if any(
                each.root == footage.root
                and (stories.belongs(each.path, path) or stories.is_of_camera(each.path, path))
                for each in companions
            ):
                found.append(footage)
    return found


def _later(error: DBAPIError) -> TryLater:
    return TryLater(f"the catalog can't be used now ({error.orig})")


def _say(item: Item) -> None:
    extra = about(item)
    if item.kind == Kind.NOTE:
        _log.warning("noted, but edit notes are not carried out yet", extra=extra)
    else:
        _log.info("taken as %s (%s)", item.kind, _size(item.size), extra=extra)


def _size(count: int) -> str:
    """A byte count as people read it."""
    return f"{count / 1e6:.1f} MB" if count >= 1e5 else f"{count} bytes"
