"""What the demo shows while it waits and at its end."""

from pathlib import Path

from rich.console import Group
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from catalog.overview import ItemState, State, StoryState
from demo.proof import Proof


def progress(stories: list[StoryState], seconds: float) -> Group:
    """A bar per dropped file."""
    table = Table("", "", "", box=None, show_header=False, padding=(0, 1))
    for story in stories:
        for item in story.items:
            if item.runs:
                bar = ProgressBar(total=len(item.runs), completed=item.settled, width=24)
                table.add_row(Path(item.path).name, bar, _doing(item))
    return Group(Text(f"{seconds:4.0f} s since the first drop", "dim"), table)


def _doing(item: ItemState) -> Text:
    if item.state == State.DONE:
        return Text("done", "green")
    return Text(item.message, "red" if item.state == State.FAILED else "cyan")


def stages(stories: list[StoryState]) -> Table:
    """How long each stage took, in total and at most."""
    seconds: dict[str, list[float]] = {}
    for story in stories:
        for item in story.items:
            for run in item.runs:
                if run.seconds:
                    seconds.setdefault(run.stage, []).append(run.seconds)
    table = Table("stage", "runs", "seconds in total", "longest", title="How long it took")
    for stage, each in seconds.items():
        table.add_row(stage, str(len(each)), f"{sum(each):.1f}", f"{max(each):.1f}")
    return table


def proofs(found: list[Proof]) -> Table:
    """One row per promise."""
    table = Table("", "promised", "seen", title="What was promised")
    for proof in found:
        mark = Text("yes", "green") if proof.holds else Text("NO", "bold red")
        table.add_row(mark, proof.promise, proof.seen)
    return table


def made(folder: Path) -> Table:
    """What was made and where: one row per folder of files."""
    table = Table("folder", "files", "size", title=f"What was made, in {folder}")
    for home in sorted({path.parent for path in folder.rglob("*") if path.is_file()}):
        files = [path for path in home.iterdir() if path.is_file()]
        names = ", ".join(sorted(path.name for path in files)[:6])
        more = f" and {len(files) - 6} more" if len(files) > 6 else ""
        size = sum(path.stat().st_size for path in files)
        table.add_row(str(home.relative_to(folder)), names + more, f"{size / 1e6:.1f} MB")
    return table
