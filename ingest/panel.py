"""`stringout status` on a terminal: tables, printed once or renewed as long as one looks."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import PurePosixPath

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Column, Table
from rich.text import Text

from catalog.condition import Condition
from catalog.overview import ItemState, State, StoryState
from config.settings import Settings
from ingest.report import Disk, Report
from renderers.page.beside import readable

_COLOURS = {
    State.DONE: "green",
    State.WORKING: "cyan",
    State.WAITING: "yellow",
    State.FAILED: "red",
    State.CANCELLED: "magenta",
}
_FILES = 10  # that still arrive; the rest is counted


def show(report: Report, settings: Settings, detailed: bool) -> None:
    """Print it."""
    console = Console()
    for part in _parts(report, settings, detailed):
        console.print(part, soft_wrap=isinstance(part, Text))


def follow(
    look: Callable[[], Report], settings: Settings, detailed: bool, wait: Callable[[], None]
) -> None:
    """Renew it, with a `wait` in between, until Ctrl-C."""
    shown = Live(console=Console(), auto_refresh=False, vertical_overflow="crop")
    with suppress(KeyboardInterrupt), shown as live:
        while True:
            live.update(Group(*_parts(look(), settings, detailed)), refresh=True)
            wait()


def _parts(report: Report, settings: Settings, detailed: bool) -> Iterator[RenderableType]:
    if not report.stories:
        yield Text("Nothing has been dropped yet.")
    elif detailed:
        yield from map(_items, report.stories)
    else:
        yield _summary(report.stories)
    yield from _cuts(report.stories, settings)
    yield from _troubles(report, detailed)
    yield from _service(report.service)
    if not detailed:
        yield from map(_disk, report.disks)
    if not report.running:
        yield Text("The service is not running: `stringout run` goes on where it was.")


def _summary(stories: Sequence[StoryState]) -> Table:
    shown = [state for state in State if any(story.count(state) for story in stories)]
    first = Column("story", overflow="fold")
    table = Table(first, "items", "steps", *(str(state) for state in shown), "arriving")
    for story in stories:
        counts = [str(story.count(state) or "") for state in shown]
        total = sum(len(item.runs) for item in story.items)
        settled = sum(item.settled for item in story.items)
        steps = f"{100 * settled // total} %" if total else ""
        arriving = str(len(story.arriving) or "")
        table.add_row(Text(story.name), str(len(story.items)), steps, *counts, arriving)
    return table


def _items(story: StoryState) -> Table:
    table = Table(
        Column("item", overflow="fold"), "kind", "stages", "state", "", title=Text(story.name)
    )
    for item in story.items:
        state = Text(item.state, style=_COLOURS[item.state])
        table.add_row(Text(item.path), item.kind, _progress(item), state, Text(item.message))
    return table


def _progress(item: ItemState) -> str:
    return f"{item.settled}/{len(item.runs)}" if item.runs else ""


def _cuts(stories: Sequence[StoryState], settings: Settings) -> Iterator[Text]:
    for story in stories:
        for cut in story.cuts:
            report = settings.output_of(story.output) / cut / "report.html"
            yield Text(f"newest cut: {report}")


def _troubles(report: Report, detailed: bool) -> Iterator[Text]:
    service = report.service
    for reason in service.paused:
        yield Text(reason, "yellow")
    for root in service.roots:
        if root.trouble:
            yield Text(f"watch folder {root.name}: {root.trouble}", "red")
        elif root.noticing and not detailed:
            yield Text(f"watch folder {root.name}: {root.noticing}")
    for path in report.away:
        yield Text(f"watch folder {path} is not there on this host: is its disk mounted?", "red")
    for why in service.notices:
        yield Text(f"notices are not sent: {why}", "red")
    for error in () if detailed else service.errors:
        place = PurePosixPath(error.path).name
        yield Text(
            f"{_clock(error.at)} {error.story}/{place}, {error.stage}: {error.message}", "red"
        )


def _service(service: Condition) -> Iterator[RenderableType]:
    lanes = [
        f"{name} {lane.running} running, {lane.queued} queued"
        for name, lane in service.lanes.items()
        if lane.running or lane.queued
    ]
    if lanes:
        yield Text(f"lanes: {'; '.join(lanes)}")
    for waiting in service.waiting:
        runs = "1 run" if waiting.runs == 1 else f"{waiting.runs} runs"
        yield Text(f"{runs} until {_clock(waiting.until)}: {waiting.reason}", "yellow")
    for file in service.arriving[:_FILES]:
        yield Text(
            f"arriving since {_clock(file.since)}: {file.root}/{file.path} "
            f"({readable(file.size)}): {file.reason}",
            "cyan",
        )
    if len(service.arriving) > _FILES:
        yield Text(f"… and {len(service.arriving) - _FILES} more arrive", "cyan")


def _disk(disk: Disk) -> Text:
    free = f"disk of {disk.path}: {readable(disk.free)} of {readable(disk.total)} free"
    return Text(free, "red" if disk.free < disk.floor else "")


def _clock(moment: float) -> str:
    return datetime.fromtimestamp(moment).strftime("%m-%d %H:%M:%S")
