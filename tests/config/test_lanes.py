import os

import pytest

from config.settings import load

GIB = 1 << 30


@pytest.mark.parametrize(
    ("cores", "memory", "cpu", "scans", "threads"),
    [
        *[(1, 8, 0, 1, 0), (2, 8, 0, 2, 2), (4, 8, 0, 2, 2), (8, 16, 0, 2, 4), (16, 64, 0, 4, 4)],
        *[(2, 2, 0, 1, 0), (64, 16, 0, 8, 8), (4, 1, 0, 1, 0)],  # little memory
        *[(8, 8, 8, 8, 2), (2, 1, 3, 3, 2), (16, 64, 1, 1, 0)],  # as somebody says
    ],
)
def test_scans_share_the_cores_and_the_memory(
    monkeypatch: pytest.MonkeyPatch, cores: int, memory: int, cpu: int, scans: int, threads: int
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: set(range(cores)))
    pages = {"SC_PAGE_SIZE": 4096, "SC_PHYS_PAGES": memory * GIB // 4096}
    monkeypatch.setattr(os, "sysconf", pages.__getitem__)
    lanes = load(lanes={"cpu": cpu}).lanes
    assert (lanes.scans, lanes.threads) == (scans, threads)
