"""Footage through probe and scan; a tiny vision model."""

from pathlib import Path

import pytest

from indexers.probe import Probe
from indexers.scan import Scan
from tests.conftest import Accept, Keep
from tests.indexers.scanned import Scanned, Scanning
from tests.tinyvision import make_clip


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(tmp_path_factory.mktemp("models") / "colours")


@pytest.fixture
def scanned(accept: Accept, keep: Keep) -> Scanning:
    def _scanned(source: Path) -> Scanned:
        work = accept(source)
        keep(Probe().run(work))
        return Scanned(work, Scan().run(work))

    return _scanned
