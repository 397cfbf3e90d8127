"""Footage through probe and scan."""

from pathlib import Path

import pytest

from indexers.probe import Probe
from indexers.scan import Scan
from tests.conftest import Accept, Keep
from tests.indexers.scanned import Scanned, Scanning


@pytest.fixture
def scanned(accept: Accept, keep: Keep) -> Scanning:
    def _scanned(source: Path) -> Scanned:
        work = accept(source)
        keep(Probe().run(work))
        return Scanned(work, Scan().run(work))

    return _scanned
