"""Where everything stands, for `stringout status` and the demo: derived from the ledger.

Items have no status of their own; "done" and "failed" are read off their runs.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import Session, col, func, select

from catalog import pauses, roots
from catalog.approvals import HELD
from catalog.models import Arrival, Cut, Item, Kind, Line, Scope, Script, StageRun, Status, Story
from catalog.places import cut_home, published_as, story_name
from catalog.runs import SETTLED
from catalog.words import is_chinese

_WITHOUT_RUNS = {
    Kind.NOTE: "noted; edit notes are not carried out yet",
    Kind.SIDECAR: "kept for the footage of its name",
    Kind.PART: "read with the clip it is a part of",
    Kind.MANIFEST: "what it says is compared when the files it names are read",
}


_OFFLINE = "offline: its file was moved or removed; what was made of it is kept until it is back"


class State(StrEnum):
    """Where an item is, from its runs."""

    WORKING = "working"  # something is queued or running
    WAITING = "waiting"  # for a later moment, such as more footage
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class RunState:
    """One stage of an item."""

    stage: str
    status: Status
    message: str
    seconds: float  # of the last attempt that ended; 0 if none has


@dataclass(frozen=True)
class ItemState:
    """One item of a story."""

    id: int
    root: str
    path: str
    kind: Kind
    owner: str  # of the file, when it was accepted; "" where nobody knows
    place: str  # its path inside the story, which no other item has
    state: State
    message: str  # why it failed or waits, or what it is doing
    runs: tuple[RunState, ...]  # in order of the pipeline

    @property
    def failure(self) -> RunState | None:
        """The stage that has failed."""
        return next((run for run in self.runs if run.status == Status.FAILED), None)

    @property
    def held(self) -> bool:
        """Whether its cut waits for a person's approval; `message` says why."""
        return self.state == State.DONE and self.message.startswith(HELD)

    @property
    def settled(self) -> int:
        """How many of its stages have nothing left to do."""
        return sum(run.status in SETTLED for run in self.runs)


@dataclass(frozen=True)
class Arriving:
    """A file that was noticed and is not complete yet."""

    root: str
    path: str
    size: int
    since: float
    reason: str


@dataclass(frozen=True)
class StoryState:
    """One story."""

    name: str
    output: str  # as in Story: which folder `cuts` are relative to
    items: tuple[ItemState, ...]
    cuts: tuple[str, ...]  # folders of the newest versions, relative to the output folder
    language: str  # of its scripts, else of its footage; "" when nothing is known yet
    arriving: tuple[Arriving, ...]
    paused: tuple[str, ...]  # why nothing new of it starts, a sentence each
    away: tuple[str, ...] = ()  # what is wrong with the watch folders of its items

    def count(self, state: State) -> int:
        """How many of its items are in this state."""
        return Counter(item.state for item in self.items)[state]


def stories(session: Session, order: Iterable[str], name: str | None = None) -> list[StoryState]:
    """Every story, or the one called `name`. `order`: all stages as the pipelines list them."""
    chosen = select(Story).order_by(Story.name)
    if name is not None:
        chosen = chosen.where(Story.name == name)
    ranks = {stage: rank for rank, stage in enumerate(order)}
    return [_story(session, story, ranks) for story in session.exec(chosen)]


def _story(session: Session, story: Story, ranks: dict[str, int]) -> StoryState:
    items = session.exec(
        select(Item)
        .where(Item.story_id == story.id, col(Item.replaced_at).is_(None))
        .order_by(Item.path)
    ).all()
    runs = defaultdict(list)
    for run in session.exec(
        select(StageRun)
        .join(Item)
        .where(Item.story_id == story.id, col(Item.replaced_at).is_(None))
    ):
        runs[run.item_id].append(run)
    states = [
        _item(item, sorted(runs[item.id or 0], key=lambda run: ranks.get(run.stage, len(ranks))))
        for item in items
    ]
    held = (Scope.SERVICE, ""), (Scope.STORY, story.name)
    return StoryState(
        name=story.name,
        output=story.output,
        items=tuple(states),
        cuts=_cuts(session, story),
        language=_language(session, story),
        arriving=tuple(each for each in arriving(session) if _belongs(each, story)),
        paused=tuple(
            pauses.sentence(each)
            for each in pauses.active(session)
            if (each.scope, each.name) in held
        ),
        away=tuple(
            each.trouble
            for each in roots.all_roots(session)
            if each.trouble and each.name in {item.root for item in items}
        ),
    )


def arriving(session: Session) -> list[Arriving]:
    """Every file that was noticed and is not complete, in order of paths."""
    found = session.exec(select(Arrival).order_by(Arrival.root, Arrival.path))
    return [Arriving(one.root, one.path, one.size, one.since, one.reason) for one in found]


def _belongs(file: Arriving, story: Story) -> bool:
    name = story_name(file.path, file.root)
    return story.name in (name, f"{name} ({file.root})")


def _language(session: Session, story: Story) -> str:
    ours = (col(Item.story_id) == story.id) & col(Item.replaced_at).is_(None)
    scripts = (
        select(Script.language, func.count())
        .join(Item, col(Item.id) == Script.item_id)
        .where(ours)
        .group_by(Script.language)
    )
    lines = (
        select(Line.language, func.count())
        .join(Item, col(Item.asset_id) == Line.asset_id)
        .where(ours)
        .group_by(Line.language)
    )
    for counts in (scripts, lines):
        found = session.exec(counts).all()
        if found:
            return max(found, key=lambda each: each[1])[0]
    return "zh" if is_chinese(story.name) else ""


def _item(item: Item, runs: list[StageRun]) -> ItemState:
    assert item.id is not None
    state, message = _state(runs)
    if not runs:
        message = _WITHOUT_RUNS.get(item.kind, "")
    if item.offline_since is not None:
        message = _OFFLINE
    elif item.growing:
        message = f"still growing; {message}"
    stages = tuple(
        RunState(run.stage, run.status, run.message, max(0, run.finished_at - run.started_at))
        for run in runs
    )
    return ItemState(
        item.id, item.root, item.path, item.kind, item.owner, published_as(item),
        state, message, stages,
    )  # fmt: skip


def _state(runs: list[StageRun]) -> tuple[State, str]:
    by_status = defaultdict(list)
    for run in runs:
        by_status[run.status].append(run)
    if failed := by_status[Status.FAILED]:
        return State.FAILED, f"{failed[0].stage}: {failed[0].message}"
    if cancelled := by_status[Status.CANCELLED]:
        return State.CANCELLED, f"{cancelled[0].stage}: {cancelled[0].message}"
    if started := by_status[Status.RUNNING] + by_status[Status.QUEUED]:
        return State.WORKING, ", ".join(f"{run.stage} {run.status}" for run in started)
    if later := [run for run in by_status[Status.WAITING] if run.next_try_at is not None]:
        return State.WAITING, f"{later[0].stage}: {later[0].message}"
    if by_status[Status.WAITING]:
        return State.WORKING, ""
    held = (run.message for run in by_status[Status.SKIPPED] if run.message.startswith(HELD))
    return State.DONE, next(held, runs[-1].message if runs else "")


def _cuts(session: Session, story: Story) -> tuple[str, ...]:
    newest: dict[str, int] = {}
    for cut in session.exec(select(Cut).where(Cut.story_id == story.id).order_by(col(Cut.version))):
        newest[cut.name] = cut.version
    return tuple(cut_home(story, name, version) for name, version in newest.items())
