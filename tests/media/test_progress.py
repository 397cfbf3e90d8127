from pathlib import Path

import pytest

from media import progress
from media.progress import Progress, Teller


def test_a_long_run_says_how_far_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_CALM", 0)
    teller = Teller(tmp_path, 100, 25.0)
    teller.tell(25)
    told = progress.read(tmp_path)
    assert told is not None
    assert told.part == 0.25
    assert told.left > 0
    teller.close()
    assert progress.read(tmp_path) is None
    assert list(tmp_path.iterdir()) == []


def test_it_is_told_at_a_calm_pace(tmp_path: Path) -> None:
    Teller(tmp_path, 100, 25.0).tell(25)
    assert progress.read(tmp_path) is None


def test_it_is_told_in_words_for_people() -> None:
    assert str(Progress(0.42, 3.14, 75)) == "42%, 3.1 times real time, 1 min 15 s left"
    assert str(Progress(0.42, 3.14, 7.4)) == "42%, 3.1 times real time, 7 s left"


@pytest.mark.parametrize("content", ["", "{", "[]", '{"part": 1}', "null"])
def test_half_a_file_says_nothing(tmp_path: Path, content: str) -> None:
    (tmp_path / progress.NAME).write_text(content)
    assert progress.read(tmp_path) is None
