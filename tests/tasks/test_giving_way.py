"""A movie that is being rendered in a real child: killed, or outdated by what came meanwhile.

ffmpeg is slowed down to real time from the second piece on, so that there is a middle.
"""

import os
import shutil
import signal
import threading
from pathlib import Path

import pytest
from sqlmodel import select

from catalog import drops, models, runs
from catalog.models import Kind, StageRun, Status
from catalog.places import PRIVATE, script_name
from catalog.vectors.edge import EdgeVectors
from renderers.sequence import to_json
from tasks.children import Children
from tasks.pipeline import needs
from tasks.publish import attempts
from tasks.pulse import Pulse
from tasks.runner import Runner
from tests.renderers.plans import gap, sequence
from tests.tasks.conftest import House, Silent

PIECE = 500  # frames of PAL at most
PIECES = 2
SLOW = """#!/bin/sh
[ -e {slow} ] && ls {kept}/*.h264 >/dev/null 2>&1 && exec {ffmpeg} -re "$@"
exec {ffmpeg} "$@"
"""


@pytest.fixture
def house(house):
    lanes = house.settings.lanes.model_copy(update={"sweep_seconds": 0.2})
    proxy = house.settings.proxy.model_copy(update={"threads": 1})
    return House(house.settings.model_copy(update={"lanes": lanes, "proxy": proxy}), house.catalog)


class Rendering:
    """A run of the movie stage in a thread, its piece that is done, its ffmpeg."""

    def __init__(self, house: House, tmp_path: Path) -> None:
        self.house, self.slow = house, tmp_path / "slow"
        self.children = Children(house.settings)
        self.output = house.settings.folders.output
        self.item = self._script(tmp_path / "ferry.fountain")
        self.vectors = EdgeVectors(tmp_path / "vectors", 384)
        self.bell = Silent()
        self.runner = Runner(
            house.settings, house.catalog, self.vectors, self.bell, "test", self._perform,
            abandon=lambda claim: self.children.abandon(claim.item_id, claim.stage, claim.token),
        )  # fmt: skip

    def _perform(self, stage, order):
        with self.children.borrowed() as child:
            return child.perform(order, stage.limit)

    def _script(self, path: Path):
        path.write_text("INT. FERRY - NIGHT\n\nMARA\nNobody said this.\n")
        item = self.house.drop(path)
        plan = sequence([gap(PIECE * PIECES)], width=128, height=72)
        with self.house.catalog.writing() as session:
            for run in runs.of_item(session, item.id):
                run.status = Status.DONE
            session.add(
                models.Cut(
                    story_id=item.story_id, item_id=item.id, name=script_name(item), version=1,
                    digest="d", sequence=to_json(plan), changes=[], created_at=0,
                )
            )  # fmt: skip
        return item

    def begin(self) -> threading.Thread:
        with self.house.catalog.writing() as session:
            run = session.get_one(StageRun, (self.item.id, "movie"))
            run.status, run.next_try_at, run.queued_at = Status.QUEUED, None, 1.0
        thread = threading.Thread(target=self.runner.run, args=("movie", self.item.id))
        thread.start()
        return thread

    @property
    def kept(self) -> dict[str, int]:
        """The pieces that are whole, and which files they are."""
        folder = self.output / PRIVATE / "kept"
        return {p.name: p.stat().st_ino for p in folder.glob("*")} if folder.is_dir() else {}

    @property
    def half_made(self) -> list[Path]:
        return list(self.output.glob(f"{PRIVATE}/*/*/pieces-*/*/*.h264"))

    @property
    def child(self) -> int:
        (child,) = self.children._busy
        return child._process.pid

    @property
    def run(self) -> StageRun:
        with self.house.catalog.reading() as session:
            return session.get_one(StageRun, (self.item.id, "movie"))

    def movies(self) -> list[str]:
        return [path.name for path in self.output.rglob("*.mp4")]


@pytest.fixture
def rendering(house, tmp_path, monkeypatch):
    made = Rendering(house, tmp_path)
    binaries = tmp_path / "bin"
    binaries.mkdir()
    wrapper = binaries / "ffmpeg"
    kept = made.output / PRIVATE / "kept"
    wrapper.write_text(SLOW.format(slow=made.slow, kept=kept, ffmpeg=shutil.which("ffmpeg")))
    wrapper.chmod(0o755)
    monkeypatch.setenv("PATH", f"{binaries}:{os.environ['PATH']}")
    made.slow.touch()
    yield made
    made.children.kill()
    made.vectors.close()


def programs(group: int) -> list[str]:
    """What runs in a process group."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = path.read_text().partition("(")[2].rpartition(")")
        except OSError:
            continue
        state, _, of = rest.split()[:3]
        if int(of) == group and state != "Z":
            found.append(name)
    return found


def test_a_render_that_is_killed_leaves_no_half_file_and_the_next_one_goes_on(rendering, deadline):
    thread = rendering.begin()
    deadline(lambda: rendering.half_made and len(rendering.kept) == 1, 60)
    group, first = rendering.child, rendering.kept
    os.kill(group, signal.SIGKILL)
    thread.join(60)
    deadline(lambda: not programs(group), 60)
    assert rendering.run.status == Status.WAITING
    assert "SIGKILL" in rendering.run.message
    assert (rendering.kept, rendering.movies(), attempts(rendering.output)) == (first, [], [])
    rendering.slow.unlink()
    rendering.begin().join(60)
    assert rendering.run.status == Status.DONE, rendering.run.message  # frames were counted
    assert len(rendering.movies()) == 1
    assert first.items() <= rendering.kept.items()
    assert len(rendering.kept) == PIECES


@pytest.mark.parametrize("replaced", [False, True])
def test_a_render_ends_at_once_when_another_cut_is_on_its_way(rendering, deadline, replaced):
    thread = rendering.begin()
    deadline(lambda: rendering.half_made, 60)
    group, item = rendering.child, rendering.item
    pulse = Pulse(rendering.runner)
    pulse.start()
    with rendering.house.catalog.writing() as session:
        if replaced:
            drops.replace(session, session.get_one(models.Item, item.id))
        else:
            assert runs.again(session, item.id, "match", needs(Kind.SCRIPT), "more footage") == []
    thread.join(60)
    pulse.stop()
    deadline(lambda: not programs(group), 60)
    assert (rendering.movies(), attempts(rendering.output)) == ([], [])
    assert all(name.endswith(".h264") for name in rendering.kept)
    assert rendering.run.status == (Status.SKIPPED if replaced else Status.WAITING)
    with rendering.house.catalog.reading() as session:
        queued = select(StageRun.stage).where(StageRun.status == Status.QUEUED)
        assert list(session.exec(queued)) == ([] if replaced else ["match"])
    assert [ring.stage for ring in rendering.bell.rings] == ([] if replaced else ["match"])
