"""`make demo`: a story is recorded, dropped, and becomes a rough cut before one's eyes.

Exit code 0 only if everything that was promised exists and is right.
"""

import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.live import Live
from sqlmodel import select

from catalog import overview
from catalog.database import Catalog
from catalog.models import Cut
from catalog.overview import State, StoryState
from demo import proof, show
from demo.drop import drop
from demo.story import NAME, RECORDINGS, SCRIPT_NAME, make_story
from renderers.sequence import from_json
from tasks.pipeline import STAGES

_LIMIT = 600  # seconds
FOLDER = Path("demo-story")


def main() -> int:
    """Run it; the exit code."""
    console = Console()
    shutil.rmtree(FOLDER, ignore_errors=True)
    started = time.monotonic()
    console.print(f"Recording a small story into {FOLDER}/card …")
    files = make_story(FOLDER / "card")
    console.print(f"  {len(files)} files in {time.monotonic() - started:.0f} s\n")
    with _service() as service:
        dropping = threading.Thread(target=_drop, args=(files,), daemon=True)
        dropping.start()
        stories = _wait(service, dropping, console)
    if service.returncode != 0:
        console.print(f"[red]the service ended with {service.returncode}[/]: see its log")
    found = list(_proofs())
    console.print(show.made(FOLDER / "output" / NAME))
    console.print(show.stages(stories))
    console.print(show.proofs(found))
    good = bool(found) and all(each.holds for each in found) and service.returncode == 0
    _conclude(console, good, time.monotonic() - started)
    return 0 if good else 1


@contextmanager
def _service() -> Iterator["subprocess.Popen[bytes]"]:
    """`stringout run` on embedded defaults; its log goes to a file; stopped with SIGTERM."""
    (FOLDER / "drop").mkdir(parents=True)
    command = [sys.executable, "-m", "ingest", "run"]
    for name in ("watch", "output", "state"):
        command += [f"--{name}", str(FOLDER / ("drop" if name == "watch" else name))]
    with (FOLDER / "service.log").open("wb") as log:
        service = subprocess.Popen(command, stderr=log)
        try:
            yield service
        finally:
            service.send_signal(signal.SIGTERM)
            service.wait(60)


def _drop(files: list[Path]) -> None:
    for file in files:
        drop(file, FOLDER / "drop" / NAME)


def _wait(
    service: "subprocess.Popen[bytes]", dropping: threading.Thread, console: Console
) -> list[StoryState]:
    """Show the progress until nothing is left to do, the service ends, or time is up."""
    started = time.monotonic()
    stories: list[StoryState] = []
    with Live(console=console, refresh_per_second=4) as live:
        while service.poll() is None and time.monotonic() < started + _LIMIT:
            stories = _look()
            live.update(show.progress(stories, time.monotonic() - started))
            if not dropping.is_alive() and _settled(stories):
                break
            time.sleep(0.3)
    return stories


def _look() -> list[StoryState]:
    database = FOLDER / "state" / "catalog.db"
    if not (FOLDER / "state" / "vectors").is_dir():  # made after the catalog
        return []
    catalog = Catalog(f"sqlite:///{database}")
    try:
        with catalog.reading() as session:
            return overview.stories(session, STAGES)
    finally:
        catalog.close()


def _settled(stories: list[StoryState]) -> bool:
    items = [item for story in stories for item in story.items]
    wanted = {*(recording.name for recording in RECORDINGS), SCRIPT_NAME}
    ended = {Path(item.path).name for item in items if item.state in (State.DONE, State.FAILED)}
    return wanted <= ended


def _proofs() -> Iterator[proof.Proof]:
    output = FOLDER / "output" / NAME
    yield from proof.prove_assets(output, [recording.name for recording in RECORDINGS])
    catalog = Catalog(f"sqlite:///{FOLDER / 'state' / 'catalog.db'}")
    with catalog.reading() as session:
        cuts = session.exec(select(Cut).order_by(Cut.version)).all()
    if not cuts:
        yield proof.Proof("a rough cut", False, "none was made")
        return
    home = output / "cuts" / SCRIPT_NAME / f"v{cuts[-1].version:03}"
    yield from proof.prove_cut(home, NAME, from_json(cuts[-1].sequence))


def _conclude(console: Console, good: bool, seconds: float) -> None:
    if not good:
        console.print(f"[red]Not everything was as promised; the log: {FOLDER}/service.log[/]")
        return
    cuts = FOLDER / "output" / NAME / "cuts" / SCRIPT_NAME
    console.print(f"[green]Done in {seconds:.0f} s.[/] Open the report in a browser:")
    console.print(f"  {max(cuts.iterdir()) / 'report.html'}", soft_wrap=True)


if __name__ == "__main__":
    sys.exit(main())
