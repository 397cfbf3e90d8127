"""Real models of random weights; real lack of memory, made by a limit on the process."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch

from indexers.engines.batches import BatchSize, in_batches
from indexers.engines.residence import Residence, file_bytes, out_of_memory
from media.errors import TryLater
from tests.tiny import make_model

MEGABYTE = 1 << 20


@pytest.fixture(scope="module")
def wide_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("wide"), intermediate=8192)


def _model(megabytes: int) -> torch.nn.Module:
    return torch.nn.Linear(megabytes * MEGABYTE // 4, 1, bias=False)


def _use(residence: Residence, name: str, megabytes: int = 1) -> torch.nn.Module:
    with residence.using(name, lambda: _model(megabytes), megabytes * MEGABYTE) as model:
        return model


def test_a_model_is_loaded_once_while_there_is_room() -> None:
    residence = Residence(3 * MEGABYTE)
    first = _use(residence, "a")
    _use(residence, "b")
    assert _use(residence, "a") is first
    assert residence.loads == 2


def test_the_least_recently_used_makes_room() -> None:
    residence = Residence(3 * MEGABYTE)
    for name in ("a", "b", "c", "a", "d"):
        _use(residence, name)
    assert residence.names() == ["c", "a", "d"]
    _use(residence, "large", 3)
    assert residence.names() == ["large"]


def test_what_is_used_stays_even_where_there_is_no_room() -> None:
    residence = Residence(2 * MEGABYTE)
    with residence.using("a", lambda: _model(2), 2 * MEGABYTE):
        _use(residence, "b")
        assert residence.names() == ["a", "b"]
        _use(residence, "c")
        assert residence.names() == ["a", "c"]


def test_a_model_larger_than_its_file_counts_as_large_as_it_is() -> None:
    residence = Residence(4 * MEGABYTE)
    _use(residence, "a")
    with residence.using("packed", lambda: _model(4), MEGABYTE):
        assert residence.names() == ["packed"]


def test_a_size_halves_when_it_is_too_much_and_grows_back() -> None:
    size = BatchSize(64)
    size.was_too_much(64)
    size.was_too_much(32)
    assert size.now == 16
    for _ in range(7):
        size.went_well(16)
    size.went_well(3)  # of a short batch nothing is learnt
    assert size.now == 16
    size.went_well(16)
    assert size.now == 32
    for _ in range(100):
        size.went_well(size.now)
    assert size.now == 64


def test_what_is_wrong_with_a_batch_is_not_taken_for_lack_of_memory() -> None:
    def broken(_batch: object) -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        in_batches([1, 2], BatchSize(2), broken)


def test_one_that_never_fits_is_tried_later() -> None:
    with pytest.raises(TryLater, match="too small for one"):
        in_batches([1 << 60], BatchSize(1), lambda batch: torch.empty(batch[0]))


def test_torch_and_python_are_understood() -> None:
    with pytest.raises(RuntimeError) as caught:
        torch.empty(1 << 60)
    assert out_of_memory(caught.value)
    assert out_of_memory(torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB"))
    assert out_of_memory(MemoryError())
    assert not out_of_memory(RuntimeError("a shape"))


# Room for an eighth of what a full batch takes: 64 texts × 128 tokens × 8192 floats.
_LIMITED = """
import resource, sys
from pathlib import Path
import numpy as np
from indexers.engines.sentence import Sentences
engine = Sentences("tiny", Path(sys.argv[1]), lambda text: True)
texts = ["the harbour " * 60 + str(n) for n in range(64)]
engine.embed(texts[:1])  # loaded, and every library with it
taken = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (taken + 120_000_000, resource.RLIM_INFINITY))
vectors = engine.embed(texts)
print(engine._size.now)
resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY,) * 2)
assert np.allclose(vectors[:4], engine.embed(texts[:4]), atol=1e-5)
"""


def test_where_memory_is_short_smaller_batches_give_the_same(wide_model: Path) -> None:
    command = [sys.executable, "-c", _LIMITED, str(wide_model)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert 1 <= int(said) < 64


def test_the_bytes_of_a_folder_are_those_of_its_files(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b").write_bytes(b"123")
    (tmp_path / "c").write_bytes(b"45")
    assert (file_bytes(tmp_path), file_bytes(tmp_path / "c")) == (5, 2)
