import os

import pytest

from config.settings import load


@pytest.mark.parametrize(
    ("cores", "cpu", "scans", "threads"),
    [(2, 0, 1, 0), (4, 0, 1, 0), (16, 0, 4, 4), (8, 8, 8, 1), (2, 3, 3, 1), (16, 1, 1, 0)],
)
def test_scans_share_the_cores(
    monkeypatch: pytest.MonkeyPatch, cores: int, cpu: int, scans: int, threads: int
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: set(range(cores)))
    lanes = load(lanes={"cpu": cpu}).lanes
    assert (lanes.scans, lanes.threads) == (scans, threads)
