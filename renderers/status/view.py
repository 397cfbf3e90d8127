"""What status.html says of a story, put together for its template."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from urllib.parse import quote

from catalog.models import AuditEntry, Kind, Status
from catalog.overview import Arriving, ItemState, State, StoryState
from renderers.page.beside import readable
from renderers.page.phrases import Phrases
from renderers.status.phrases import SHOWN, doing
from renderers.status.reasons import told

_LISTED = 200  # files that are done; what is not done is always listed
_LATEST = 8
_ORDER = (State.FAILED, State.WORKING, State.WAITING, State.CANCELLED, State.DONE)


@dataclass(frozen=True)
class Row:
    """One file."""

    name: str
    kind: str
    state: State
    what: str  # what it is doing, or waits for
    settled: int
    steps: int
    owner: str
    why: str  # the sentence, when it could not be used


@dataclass(frozen=True)
class CutLink:
    """The newest version of a rough cut."""

    name: str
    version: int
    report: str  # address, relative to the page; "" while it is in the making


@dataclass(frozen=True)
class Arrival:
    """A file that is still being copied."""

    name: str
    size: str
    since: str
    reason: str


@dataclass(frozen=True)
class Moment:
    """Something that happened."""

    when: str
    what: str
    bad: bool


@dataclass(frozen=True)
class StatusPage:
    """The whole page, without the moment it was made."""

    story: str
    language: str
    headline: str
    working: bool  # something will change soon
    paused: tuple[str, ...]
    away: tuple[str, ...]  # why watch folders of its files can't be believed
    counts: dict[State, int]
    total: int
    percent: int
    lost: tuple[Row, ...]
    cuts: tuple[CutLink, ...]
    arriving: tuple[Arrival, ...]
    rows: tuple[Row, ...]
    more: int
    latest: tuple[Moment, ...]


def compose(
    story: StoryState, latest: Sequence[AuditEntry], reports: frozenset[str], say: Phrases
) -> StatusPage:
    """Put the page together. `reports`: the cut folders (see StoryState) whose report is there."""
    rows = [_row(item, say.language) for item in story.items]
    rows.sort(key=lambda row: (_ORDER.index(row.state), row.name))
    rest = [row for row in rows if row.state != State.DONE]
    done = [row for row in rows if row.state == State.DONE]
    counts = {state: story.count(state) for state in State}
    steps = sum(row.steps for row in rows)
    return StatusPage(
        story=story.name,
        language=say.language,
        headline=_headline(story, counts, say),
        working=bool(counts[State.WORKING] or counts[State.WAITING] or story.arriving),
        paused=tuple(told(each, say.language) for each in story.paused),
        away=tuple(told(each, say.language) for each in story.away),
        counts=counts,
        total=len(rows),
        percent=100 * sum(row.settled for row in rows) // steps if steps else 100,
        lost=tuple(row for row in rest if row.why),
        cuts=tuple(_cut(place, reports) for place in story.cuts),
        arriving=tuple(_arriving(one, say) for one in story.arriving),
        rows=(*rest, *done[:_LISTED]),
        more=max(0, len(done) - _LISTED),
        latest=tuple(_moments(latest, say)),
    )


def _headline(story: StoryState, counts: dict[State, int], say: Phrases) -> str:
    total, done = len(story.items), counts[State.DONE]
    if not total:
        return say("empty")
    if counts[State.WORKING]:
        return say("busy", done=done, total=total)
    if counts[State.FAILED]:
        return say("attention", count=counts[State.FAILED], total=total)
    if counts[State.WAITING]:
        return say("waits", done=done, total=total)
    if held := sum(item.held for item in story.items):
        return say("held", count=held)
    return say("all_done")


def _row(item: ItemState, language: str) -> Row:
    failure = item.failure
    return Row(
        name=item.place,
        kind=item.kind,
        state=item.state,
        what=_what(item, language),
        settled=item.settled,
        steps=len(item.runs),
        owner=item.owner,
        why=told(failure.message, language) if failure else "",
    )


def _what(item: ItemState, language: str) -> str:
    if item.state == State.WORKING:
        running = [run for run in item.runs if run.status == Status.RUNNING]
        return ", ".join(doing(run.stage, language) for run in running)
    if item.state == State.DONE and item.kind != Kind.NOTE and not item.held:
        return ""
    stage, colon, sentence = item.message.partition(": ")  # see catalog/overview.py
    known = colon and any(run.stage == stage for run in item.runs)
    return told(sentence if known else item.message, language)


def _cut(place: str, reports: frozenset[str]) -> CutLink:
    path = PurePosixPath(place)
    name = "/".join(path.parts[2:-1])  # <story>/cuts/<name>/v001
    inside = "/".join(path.parts[1:])
    report = quote(f"{inside}/report.html") if place in reports else ""
    return CutLink(name, int(path.name.removeprefix("v")), report)


def _arriving(file: Arriving, say: Phrases) -> Arrival:
    name = "/".join(PurePosixPath(file.path).parts[1:]) or file.path
    since, reason = say("since", when=clock(file.since)), told(file.reason, say.language)
    return Arrival(name, readable(file.size), since, reason)


def _moments(entries: Iterable[AuditEntry], say: Phrases) -> Iterable[Moment]:
    shown = [entry for entry in entries if entry.deed in SHOWN]
    for entry in reversed(shown[-_LATEST:]):
        path = PurePosixPath(entry.path)
        name = "/".join(path.parts[2:]) or path.name
        what = say(f"deed_{entry.deed}", path=name, who=entry.who)
        yield Moment(clock(entry.at), what, entry.deed in ("rejected", "failed"))


def clock(moment: float) -> str:
    """Date and time as people of this place read them."""
    return datetime.fromtimestamp(moment).astimezone().strftime("%Y-%m-%d %H:%M")
