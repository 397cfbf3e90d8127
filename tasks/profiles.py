"""What a watch folder wants: which stages run for its files, and which files it takes at all.

A stage that a profile leaves out is skipped in the ledger with a sentence; when the profile
changes, or the same content comes to a folder that wants more, it is taken up.
"""

from collections.abc import Mapping

from sqlmodel import Session, col, select

from catalog import runs
from catalog.models import Item, Kind
from config.watching import Profile, WatchFolder
from media.errors import Rejected
from tasks.doorbell import Ring
from tasks.pipeline import PIPELINE, needs

_PROXY = ("checksum", "probe", "scan")
_TRANSCRIPT = (*_PROXY, "transcript", "captions")
# None: all of them. A stage in a list has what it needs in it too.
_WANTED: Mapping[Profile, Mapping[Kind, tuple[str, ...] | None]] = {
    Profile.FULL: {},
    Profile.LIBRARY: {Kind.SCRIPT: (), Kind.NOTE: ()},
    Profile.TRANSCRIPT_ONLY: {Kind.FOOTAGE: _TRANSCRIPT, Kind.SCRIPT: (), Kind.NOTE: ()},
    Profile.PROXY_ONLY: {Kind.FOOTAGE: _PROXY, Kind.SCRIPT: (), Kind.NOTE: ()},
}
_REASON = "left out"  # begins the message of every stage that a profile leaves out


def left_out(profile: Profile, kind: Kind) -> tuple[str, ...]:
    """The stages that don't run for this kind of file, in pipeline order."""
    wanted = _WANTED[profile].get(kind)
    if wanted is None:
        return ()
    return tuple(stage.name for stage in PIPELINE[kind] if stage.name not in wanted)


def leave_out(session: Session, folder: WatchFolder, kind: Kind, item_ids: list[int]) -> None:
    """Skip what the folder's profile leaves out, of what has not begun."""
    reason = f"{_REASON}: the folder {folder.name!r} has the profile {folder.profile}"
    runs.leave_out(session, item_ids, left_out(folder.profile, kind), reason)


def take_up(session: Session, folder: WatchFolder, item: Item) -> list[Ring]:
    """Let run what an earlier profile left out and the folder's profile wants."""
    assert item.id is not None
    out = left_out(folder.profile, item.kind)
    wanted = [stage.name for stage in PIPELINE[item.kind] if stage.name not in out]
    if not runs.take_up(session, [item.id], wanted, _REASON):
        return []
    return [Ring(item.id, stage) for stage in runs.promote(session, item.id, needs(item.kind))]


def apply(session: Session, folder: WatchFolder) -> list[Ring]:
    """Make the ledger fit the folder's profile and priority, which may have changed."""
    rings = []
    for kind in Kind:
        known = session.exec(
            select(col(Item.id)).where(
                Item.root == folder.name, Item.kind == kind, col(Item.replaced_at).is_(None)
            )
        )
        ids = [id_ for id_ in known if id_ is not None]
        leave_out(session, folder, kind, ids)
        for item in runs.left_out(session, ids, _REASON):
            rings += take_up(session, folder, item)
    return rings


def require_wanted(folder: WatchFolder, item: Item) -> None:
    """Raise Rejected when the folder does not take files of this kind or size."""
    if item.kind != Kind.SIDECAR and item.kind.value not in folder.kinds:
        kinds = " and ".join(folder.kinds) or "nothing"
        raise Rejected(
            f"{item.path} is {_a(item.kind)}, and the folder {folder.name!r} takes {kinds} only: "
            "drop it in another watched folder, or allow its kind there"
        )
    if folder.max_size_gb and item.size > folder.max_size_gb * 1e9:
        raise Rejected(
            f"{item.path} has {item.size / 1e9:.1f} GB, and the folder {folder.name!r} takes at "
            f"most {folder.max_size_gb:g} GB: drop it in another watched folder, or raise "
            "max_size_gb there"
        )


def _a(kind: Kind) -> str:
    return kind if kind == Kind.FOOTAGE else f"a {kind}"
