from pathlib import Path

import pytest

from indexers.engines.checkpoints import Format, cache_folder, find, ranked


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def put(*names: str) -> None:
    cache_folder().mkdir(exist_ok=True)
    for name in names:
        (cache_folder() / f"{name}.pt").touch()


def converted(name: str, *files: str) -> Path:
    folder = cache_folder(Format.FASTER) / name
    folder.mkdir(parents=True, exist_ok=True)
    for file in files:
        (folder / file).touch()
    return folder


def test_weights_are_found_by_path_by_name_and_best_first() -> None:
    assert find(Format.WHISPER, "") is None
    put("tiny.en", "base", "large-v3-turbo")
    best = cache_folder() / "large-v3-turbo.pt"
    assert find(Format.WHISPER, "") == find(Format.WHISPER, "turbo") == best
    assert find(Format.WHISPER, "base") == cache_folder() / "base.pt"
    named = cache_folder() / "tiny.en.pt"
    assert find(Format.WHISPER, str(named)) == named
    assert find(Format.WHISPER, "medium") is None
    assert find(Format.WHISPER, "/nowhere/medium.pt") is None


def test_english_alone_takes_english_weights_and_chinese_never_does() -> None:
    put("small", "small.en")
    for language, name in (("en", "small.en"), ("zh", "small"), ("auto", "small")):
        found = find(Format.WHISPER, "", language)
        assert found is not None
        assert found.stem == name
    assert not any(name.endswith(".en") for name in ranked("zh", gpu=True))


def test_without_a_gpu_what_takes_hours_comes_last() -> None:
    put("large-v3", "small")
    assert find(Format.WHISPER, "", gpu=True) == cache_folder() / "large-v3.pt"
    assert find(Format.WHISPER, "", gpu=False) == cache_folder() / "small.pt"


def test_half_a_converted_folder_is_none() -> None:
    folder = converted("small", "model.bin", "config.json")
    assert find(Format.FASTER, "small") is None
    (folder / "tokenizer.json").touch()
    assert find(Format.FASTER, "small") == find(Format.FASTER, str(folder)) == folder
    assert find(Format.WHISPER, "small") is None
