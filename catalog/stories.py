"""What belongs together: the footage of a story, the sidecars of a file."""

from dataclasses import dataclass
from pathlib import PurePosixPath

from sqlmodel import Session, col, select

from catalog.models import Footage, Item, Kind, StageRun, Status, Story
from catalog.places import asset_home


@dataclass(frozen=True)
class Indexed:
    """One asset of a story whose clips can be searched and cut."""

    asset_id: int
    item: Item  # the item that was worked on; its path is the original's
    story: Story  # of that item: where its files are published
    footage: Footage

    @property
    def home(self) -> str:
        """The folder of its files, relative to the output folder."""
        return asset_home(self.item, self.story)


def indexed(session: Session, story_id: int) -> list[Indexed]:
    """The story's assets whose index stage is done, in order of their paths, each once.

    A file dropped in two stories is one asset of both; its runs and files are those of the
    item that came first.
    """
    dropped = select(Item.asset_id).where(
        Item.story_id == story_id, Item.kind == Kind.FOOTAGE, col(Item.replaced_at).is_(None)
    )
    worked = (
        select(Item, Story, Footage)
        .join(Story, col(Story.id) == Item.story_id)
        .join(Footage, col(Footage.asset_id) == Item.asset_id)
        .join(StageRun, col(StageRun.item_id) == Item.id)
        .where(
            col(Item.asset_id).in_(dropped),
            StageRun.stage == "index",
            StageRun.status == Status.DONE,
        )
        .order_by(Item.path)
    )
    return [
        Indexed(footage.asset_id, item, story, footage)
        for item, story, footage in session.exec(worked)
    ]


def sidecars(session: Session, item: Item) -> list[Item]:
    """Accepted sidecars of a footage item: same folder, same stem (`A001.srt`, `A001.zh.srt`)."""
    path = PurePosixPath(item.path)
    candidates = session.exec(
        select(Item).where(
            Item.kind == Kind.SIDECAR, Item.root == item.root, col(Item.replaced_at).is_(None)
        )
    )
    return sorted((other for other in candidates if belongs(other.path, path)), key=_by_path)


def belongs(sidecar: str, footage: PurePosixPath) -> bool:
    """Whether the file at `sidecar` is named as a companion of `footage`."""
    path = PurePosixPath(sidecar)
    return path.parent == footage.parent and path.name.startswith(f"{footage.stem}.")


def _by_path(item: Item) -> str:
    return item.path
