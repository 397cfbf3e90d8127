import os
from pathlib import Path

import pytest

from catalog.work import Queue
from config.settings import load
from tasks import lanes
from tasks.lanes import width

GIB = 1 << 30


@pytest.fixture(autouse=True)
def host(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Eight cores, 16 GB, no GPU, no weights of Whisper."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: set(range(8)))
    pages = {"SC_PAGE_SIZE": 4096, "SC_PHYS_PAGES": 16 * GIB // 4096}
    monkeypatch.setattr(os, "sysconf", pages.__getitem__)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(lanes, "devices", tuple)


def test_without_a_gpu_two_of_its_lane_run_beside_each_other() -> None:
    assert width(load(), Queue.GPU) == 2


def test_whisper_on_the_processor_runs_alone(tmp_path: Path) -> None:
    weights = tmp_path / "whisper" / "small.pt"
    weights.parent.mkdir()
    weights.write_bytes(bytes(64))
    assert width(load(), Queue.GPU) == 1


def test_a_chat_model_on_the_processor_runs_alone(tmp_path: Path) -> None:
    chat = {"engine": "transformers", "model": str(tmp_path)}
    assert width(load(chat=chat), Queue.GPU) == 1


def test_each_gpu_has_one_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "devices", lambda: ("0", "1", "2"))
    assert width(load(), Queue.GPU) == 3


def test_what_somebody_says_is_the_width() -> None:
    assert width(load(lanes={"gpu": 5}), Queue.GPU) == 5
