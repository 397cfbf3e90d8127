"""What a stage is, what it is handed, and what it hands back.

Indexers and renderers are stages. A stage reads; it never writes the database and never
chooses where a file ends up: it returns rows, and writes files in the scratch folder that
it is given. tasks/runner.py saves the rows and moves the files in place.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from sqlmodel import Session, SQLModel

from catalog import originals
from catalog.models import Item
from catalog.places import PRIVATE
from config.settings import Settings
from media.original import Original


class Queue(StrEnum):
    """The lanes, each with child processes of its own: io is short, gpu loads models."""

    IO = "io"
    CPU = "cpu"
    GPU = "gpu"


@dataclass(frozen=True)
class Work:
    """One run of a stage, as the stage sees it."""

    item: Item
    source: Path  # the original: read only
    scratch: Path  # an empty folder for this run's files
    home: Path  # where files of this item are published: read what earlier stages made
    output: Path  # the output folder of its story
    settings: Settings
    session: Session  # for reading

    def published(self, path: str) -> Path:
        """Where a published file is: what is borrowed from another story may lie in another
        output folder, under a path that is nowhere else."""
        places = (self.output, *self.settings.outputs)
        found = (place / path for place in places if (place / path).is_file())
        return next(found, self.output / path)

    @property
    def kept(self) -> Path:
        """A folder that outlives the run, for what a retry or the next version may use again."""
        return self.output / PRIVATE / "kept"

    @property
    def original(self) -> Original:
        """The files of the original: `source` and, where a clip is several, the others."""
        parts = originals.parts(self.session, self.item)
        root = self.settings.root(self.item.root) if parts else Path()
        return originals.original(self.source, root, self.item, parts)

    @property
    def asset_id(self) -> int:
        """The asset of a footage item; stages after checksum have one."""
        assert self.item.asset_id is not None
        return self.item.asset_id


@dataclass(frozen=True)
class File:
    """A file in the scratch folder: `name` relative to it, with `/`; `kind` as in Rendition."""

    name: str
    kind: str


@dataclass(frozen=True)
class Point:
    """One point of the vector index. `id` is a uuid5 of what it stands for."""

    id: str
    vector: Sequence[float]
    text: str  # for the sparse vector
    payload: Mapping[str, Any]


@dataclass(frozen=True)
class Facts:
    """What a stage found and made.

    `rows` replace all rows of the stage's `makes` for this asset or script. `points` replace
    all points of this asset when it is not None. `checksum` identifies the content,
    and `sampled` is of parts of it: only who has read it says so (checksum or scan). `message` is
    one sentence for the log and for `status`.
    `engine` and `settings` become the provenance of the files. `skipped` says there was
    nothing to do.
    """

    message: str
    rows: Sequence[SQLModel] = ()
    files: Sequence[File] = ()
    points: Sequence[Point] | None = None
    checksum: str = ""
    sampled: str = ""
    engine: str = "stringout"
    settings: Mapping[str, Any] = field(default_factory=dict)
    skipped: bool = False


class Stage(Protocol):
    """A named piece of work. One file plus one line in tasks/pipeline.py adds one."""

    @property
    def name(self) -> str:
        """As in the ledger, and in Celery as `stringout.<name>`."""

    @property
    def needs(self) -> tuple[str, ...]:
        """Stages of the same item that must be done or skipped before."""

    @property
    def queue(self) -> Queue:
        """The lane it runs in."""

    @property
    def version(self) -> int:
        """Raised when the same input gives a different result."""

    @property
    def limit(self) -> float:
        """Seconds after which the child that runs it is killed: one failed attempt.
        `[lanes.limits]` may say otherwise.
        """

    @property
    def makes(self) -> tuple[type[SQLModel], ...]:
        """The tables whose rows it replaces."""

    def run(self, work: Work) -> Facts:
        """Do it. Raises Rejected, TryLater or Misconfigured."""


@runtime_checkable
class Together(Protocol):
    """A stage that does several items at once in less time than one after the other."""

    def run_together(self, works: Sequence[Work]) -> list[Facts]:
        """What `run` would return for each. When it raises, they are run one by one."""


@runtime_checkable
class Sensitive(Protocol):
    """A stage that must run again when something besides its needs has changed."""

    def inputs(self, work: Work) -> str:
        """A digest of that: sidecars of a file, the indexed footage of a story."""


@dataclass(frozen=True)
class Hold:
    """Why a run must not start yet, and in how many seconds to ask again."""

    reason: str
    seconds: float


@runtime_checkable
class Gated(Protocol):
    """A stage that waits for more than its needs."""

    def holds(self, work: Work) -> Hold | None:
        """None: go on."""


@runtime_checkable
class GivesWay(Protocol):
    """A stage that is ended while it runs when what it works on is about to be made anew: it takes
    long, and its next run goes on with what it has kept."""

    @property
    def gives_way(self) -> bool:
        """True."""
