"""SIGKILL at any moment, and a restart, end in the same outputs, once."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlmodel import select
from typer.testing import CliRunner

from catalog import overview
from catalog.database import Catalog
from catalog.models import Asset, Cut, Item, Rendition, StageRun, Status
from catalog.overview import State
from catalog.places import PRIVATE
from demo.drop import drop
from demo.footage import Recording, make
from ingest.cli import app
from media.files import fingerprint
from tasks.pipeline import STAGES
from tests.faults.grounds import run, unmount

# -15: it was still importing and had nothing to stop in good order.
STOPPED = (0, -signal.SIGTERM)
SCRIPT = """Title: Survival

INT. PIER - NIGHT

ANNA
The storm came in over the harbor just before midnight.

KEEPER
I told them not to take the boat out tonight.

ANNA
Nobody ever says who murdered the purple elephants.
"""
RECORDINGS = (
    Recording("one.mp4", start="01:00:00:00", size=(320, 180),
              lines=(("The storm came in over the harbor just before midnight.", "slt"),)),
    Recording("two.mxf", start="02:00:00:00", size=(320, 180),
              lines=(("I told them not to take the boat out tonight.", "rms"),)),
)  # fmt: skip


@pytest.fixture(scope="module")
def card(tmp_path_factory) -> list[Path]:
    folder = tmp_path_factory.mktemp("card")
    files = [make(recording, folder) for recording in RECORDINGS]
    script = folder / "survival.fountain"
    script.write_text(SCRIPT)
    return [*files, script]


class Service:
    """`stringout run` on folders of its own, that can be killed and started again."""

    def __init__(self, home: Path, *options: str) -> None:
        self.home, self.options = home, options
        (home / "drop").mkdir(parents=True, exist_ok=True)
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "ingest", "run", *self.options]
        for option, folder in (("watch", "drop"), ("output", "output"), ("state", "state")):
            command += [f"--{option}", str(self.home / folder)]
        with (self.home / "log").open("ab") as log:
            self.process = subprocess.Popen(command, stderr=log)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def terminate(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)

    def wait(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not self.done():
            assert self.process.poll() is None, (self.home / "log").read_text()
            assert time.monotonic() < until, (self.home / "log").read_text()
            time.sleep(0.3)

    def items(self) -> list[overview.ItemState]:
        catalog = self.catalog()
        with catalog.reading() as session:
            items = [i for story in overview.stories(session, STAGES) for i in story.items]
        catalog.close()
        return items

    def told(self) -> str:
        return "; ".join(item.message for item in self.items())

    def done(self) -> bool:
        if not (self.home / "state" / "vectors").is_dir():
            return False
        items = self.items()
        return len(items) == 3 and all(item.state == State.DONE for item in items)

    def catalog(self) -> Catalog:
        return Catalog(f"sqlite:///{self.home / 'state' / 'catalog.db'}")


def _outputs(home: Path) -> dict[str, str]:
    """What a person takes away from the newest cut, as text."""
    cuts = home / "output" / "story" / "cuts" / "survival.fountain"
    newest = max(cuts.iterdir())
    texts = {suffix: (newest / f"survival{suffix}").read_text() for suffix in (".edl", ".srt")}
    return {suffix: text.replace(str(home), "") for suffix, text in texts.items()}


def _check_whole(service: Service) -> None:
    """Each thing exists once, every file is as the catalog says, and nothing else lies about."""
    catalog = service.catalog()
    with catalog.reading() as session:
        assert len(session.exec(select(Item)).all()) == 3
        assert len(session.exec(select(Asset)).all()) == 2
        runs = session.exec(select(StageRun)).all()
        assert {run.status for run in runs} <= {Status.DONE, Status.SKIPPED}
        renditions = session.exec(select(Rendition)).all()
        versions = [cut.version for cut in session.exec(select(Cut)).all()]
    catalog.close()
    output = service.home / "output"
    for rendition in renditions:
        assert fingerprint(output / rendition.path) == rendition.checksum, rendition.path
    known = {rendition.path for rendition in renditions}
    kept = output / PRIVATE / "kept"  # pieces of the movie, for a retry or the next version
    found = {
        path.relative_to(output).as_posix()
        for path in output.rglob("*")
        if path.is_file() and kept not in path.parents
    }
    assert found - {"story/status.html"} == known
    assert sorted(versions) == list(range(1, len(versions) + 1))


@pytest.fixture(scope="module")
def undisturbed(card, tmp_path_factory) -> dict[str, str]:
    """The control: the same story without a kill, and held back for a word of its script."""
    home = tmp_path_factory.mktemp("control")
    config = home / "stringout.toml"
    config.write_text(
        f'[folders]\nstate = "{home}/state"\noutput = "{home}/output"\n[moderation]\nhold = true\n'
    )
    service = Service(home, "--config", str(config))
    for file in card:
        drop(file, service.home / "drop" / "story")
    service.wait(180)
    _nothing_goes_out_before_it_is_approved(service, config)
    service.wait(180)
    assert service.terminate() in STOPPED
    _check_whole(service)
    return _outputs(service.home)


def _nothing_goes_out_before_it_is_approved(service: Service, config: Path) -> None:
    made = max((service.home / "output" / "story" / "cuts" / "survival.fountain").iterdir())
    assert {path.name for path in made.iterdir()} == {
        "report.html", "report.md", "report.pdf", "emotions.json",
    }  # fmt: skip
    assert "“stringout approve story”" in (made / "report.md").read_text(encoding="utf-8")
    assert "held back until a person has looked at 1 sensitive word" in service.told()
    told = CliRunner().invoke(app, ["approve", "story", "--config", str(config)]).output
    assert told.startswith("1 sensitive word let out"), told


def test_a_held_story_is_published_when_it_is_approved(undisturbed):
    assert "murdered the purple elephants" in undisturbed[".edl"]


@pytest.mark.parametrize("seed", [1, 2])
def test_kills_at_random_moments_change_nothing(seed, card, undisturbed, tmp_path):
    chance = random.Random(seed)
    service = Service(tmp_path / "home")
    for file in card:
        drop(file, service.home / "drop" / "story")
        if chance.random() < 0.5:
            time.sleep(chance.uniform(0, 2))
            service.kill()
            service.start()
    for _ in range(4):
        time.sleep(chance.uniform(1, 9))
        if chance.random() < 0.25:
            # -15: it was still importing and had nothing to stop in good order.
            assert service.terminate() in STOPPED
        else:
            service.kill()
        service.start()
    service.wait(240)
    assert service.terminate() in STOPPED
    _check_whole(service)
    assert _outputs(service.home) == undisturbed


def test_originals_on_a_read_only_mount_are_the_same_before_and_after(card, undisturbed, tmp_path):
    home, back = tmp_path / "home", tmp_path / "back"
    for file in card:
        drop(file, back / "story")
    (home / "drop").mkdir(parents=True)
    run("mount", "--bind", str(back), str(home / "drop"))
    try:
        run("mount", "-o", "remount,bind,ro", str(home / "drop"))
        before = {path: _state(path) for path in sorted(back.rglob("*"))}
        service = Service(home)
        service.wait(240)
        assert service.terminate() in STOPPED
        _check_whole(service)
        assert {path: _state(path) for path in sorted(back.rglob("*"))} == before
        assert _outputs(home) == undisturbed
    finally:
        unmount(home / "drop")


def _state(path: Path) -> tuple[object, ...]:
    found = path.stat()
    content = fingerprint(path) if path.is_file() else sorted(path.iterdir())
    return content, found.st_size, found.st_mtime_ns, found.st_mode, found.st_ino
