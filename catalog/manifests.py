"""What manifests say about files, as rows: read when they come, compared with what they name."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlmodel import Session, col, delete, select, update

from catalog.models import Expectation, Item


@dataclass(frozen=True)
class Expected:
    """One checksum that a file must have. `path` is relative to the watch folder."""

    path: str
    algorithm: str  # of media/digests.py
    digest: str  # hex, lower case


@dataclass(frozen=True)
class Claimed:
    """What a manifest, called by its path, says a file's sum is."""

    manifest: str
    algorithm: str
    digest: str


def save(session: Session, manifest: Item, expected: Iterable[Expected]) -> None:
    """Replace what was known of a manifest."""
    assert manifest.id is not None
    session.exec(delete(Expectation).where(col(Expectation.manifest_id) == manifest.id))
    rows = {
        (each.path, each.algorithm): Expectation(
            manifest_id=manifest.id, root=manifest.root, path=each.path,
            algorithm=each.algorithm, digest=each.digest,
        )
        for each in expected
    }  # fmt: skip
    session.add_all(rows.values())
    session.flush()


def follow(session: Session, root: str, before: str, now: str) -> None:
    """A file was moved: what was said about it goes with it."""
    session.exec(
        update(Expectation)
        .where(col(Expectation.root) == root, col(Expectation.path) == before)
        .values(path=now)
    )


def claims(session: Session, item: Item) -> list[Claimed]:
    """The sums that an item's file must have: of each algorithm, what the last manifest says."""
    found = session.exec(
        select(Expectation, Item.path)
        .join(Item, col(Item.id) == Expectation.manifest_id)
        .where(
            Expectation.path == item.path,
            Expectation.root == item.root,
            col(Item.replaced_at).is_(None),
        )
        .order_by(col(Item.path))
    )
    last = {row.algorithm: Claimed(path, row.algorithm, row.digest) for row, path in found}
    return [last[name] for name in sorted(last)]


def claims_beside(session: Session, item: Item) -> dict[str, tuple[Claimed, ...]]:
    """Of each file in the folder of an item, by its name, the sums that it must have."""
    folder = item.path.rpartition("/")[0]
    found = session.exec(
        select(Expectation, Item.path)
        .join(Item, col(Item.id) == Expectation.manifest_id)
        .where(
            Expectation.root == item.root,
            col(Expectation.path).startswith(f"{folder}/" if folder else "", autoescape=True),
            col(Item.replaced_at).is_(None),
        )
        .order_by(col(Item.path))
    )
    last: dict[str, dict[str, Claimed]] = {}
    for row, path in found:
        above, _, name = row.path.rpartition("/")
        if above == folder:
            last.setdefault(name, {})[row.algorithm] = Claimed(path, row.algorithm, row.digest)
    return {name: tuple(by[each] for each in sorted(by)) for name, by in last.items()}


def named(session: Session, manifest: Item) -> list[Item]:
    """The current items that a manifest names."""
    paths = select(Expectation.path).where(Expectation.manifest_id == manifest.id)
    return list(
        session.exec(
            select(Item).where(
                Item.root == manifest.root,
                col(Item.path).in_(paths),
                col(Item.replaced_at).is_(None),
            )
        )
    )
