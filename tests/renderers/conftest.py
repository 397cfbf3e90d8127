"""What the scan makes for cutting, once a session; a story that a test may change."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from catalog.models import Footage
from catalog.work import Work
from config.settings import load
from demo.footage import Recording, make
from indexers import probe
from indexers.decoding import Decoding
from indexers.encodes import Proxies
from indexers.scan import decode
from media.original import Original
from renderers.proxies import open_proxies
from tests.renderers.plans import NTSC, PAL, source
from tests.renderers.story_fixture import story
from tests.renderers.test_movie import Shelf, proxy

FRAMES = 100


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Work]:
    """The script of a story as its stages leave it, without a movie."""
    with story(tmp_path) as made:
        yield made


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """What the scan makes for cutting of long-GOP originals, the last one of a variable rate."""
    folder = tmp_path_factory.mktemp("all intra")
    sources, paths = [], {}
    for number, rate in enumerate((PAL, PAL, NTSC, PAL), 1):
        of = source(number, rate, name=f"{number} 'a'.mp4", frames=FRAMES, width=480, height=270)
        if number < 4:
            original = proxy(folder, of)
        else:
            original = make(Recording("v.mp4", rate, frames=FRAMES, variable=True), folder)
        footage, paths[number] = scanned(original, folder / str(number))
        sources.append(replace(of, rate=footage.rate, frames=footage.frames))
    return Shelf(tuple(sources), open_proxies(sources, lambda of: paths[of.asset_id]))


def scanned(original: Path, folder: Path) -> tuple[Footage, Path]:
    """An original as the catalog knows it, and its all-intra proxy."""
    folder.mkdir()
    settings = load(proxy={"also": ["edit"]})
    answer = probe.ask(Original(original))
    sounds = tuple((0, int(s["index"]), int(s["channels"])) for s in probe.sound(answer))
    video = probe.picture(answer)
    assert video
    plan = Decoding(
        Original(original), folder, probe.read(answer, original), int(video["index"]), sounds,
        Proxies.of(settings), settings.shots,
    )  # fmt: skip
    decode(plan, 60)
    return plan.footage, folder / "proxy.edit.mov"
