import os
import signal
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path

import pytest

from indexers.engines.heard import Heard
from indexers.engines.hearing import hear
from indexers.engines.speech import SAMPLE_RATE, Samples, Utterance, Word
from indexers.engines.vad import Span
from tests.indexers.engines.sound import said, silence, write_wav

LINE = Utterance(
    "今天, hello", (Word("今", Fraction(1, 3), Fraction(2, 3), 0.5),), "zh", 0.5, "安娜", "why not"
)


class Counting:
    """An engine that says how often it was asked; `pause` seconds for every stretch."""

    name = model = version = "counting"
    stretch = Fraction(0)

    def __init__(self, pause: float = 0) -> None:
        self.asked = 0
        self.pause = pause

    def hear(self, samples: Samples, language: str) -> list[Utterance]:
        self.asked += 1
        time.sleep(self.pause)
        end = Fraction(len(samples), SAMPLE_RATE)
        return [Utterance("x", (Word("x", Fraction(0), end, 1.0),), "en", 1.0)]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    parts = [said("Where were you last night?"), silence(1.5)] * 5
    return write_wav(tmp_path_factory.mktemp("sound") / "sound.wav", silence(1), *parts)


def test_what_was_heard_is_read_back_exactly(tmp_path: Path) -> None:
    Heard(tmp_path / "a.jsonl").add(Span(0, 5), [LINE])
    again = Heard(tmp_path / "a.jsonl")
    assert Span(0, 5) in again
    assert again[Span(0, 5)] == [LINE]
    again.forget()
    assert not list(tmp_path.iterdir())


def test_a_line_that_a_crash_cut_short_is_heard_again(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    heard = Heard(path)
    heard.add(Span(0, 5), [LINE])
    heard.add(Span(5, 9), [LINE])
    path.write_bytes(path.read_bytes()[:-20])
    again = Heard(path)
    assert len(again) == 1
    again.add(Span(5, 9), [])
    assert len(Heard(path)) == 2


def test_files_that_nobody_went_on_with_are_removed(tmp_path: Path) -> None:
    old = tmp_path / "old.jsonl"
    old.touch()
    os.utime(old, (0, 0))
    Heard(tmp_path / "new.jsonl")
    assert not old.exists()


def test_a_run_that_was_killed_goes_on_where_it_was(sound: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept.jsonl"
    script = (
        "from pathlib import Path; from indexers.engines.hearing import hear;"
        "from indexers.engines.heard import Heard;"
        "from tests.indexers.engines.test_heard import Counting;"
        f"hear(Path({str(sound)!r}), Counting(0.4), 'en', heard=Heard(Path({str(kept)!r})))"
    )
    child = subprocess.Popen([sys.executable, "-c", script])
    deadline = time.monotonic() + 60
    while not (kept.is_file() and kept.read_text().count("\n") >= 2):
        assert time.monotonic() < deadline
        assert child.poll() is None
        time.sleep(0.02)
    child.send_signal(signal.SIGKILL)
    child.wait()
    heard = Heard(kept)
    before, engine = len(heard), Counting()
    lines = hear(sound, engine, "en", heard=heard).lines
    whole = Counting()
    assert lines == hear(sound, whole, "en").lines
    assert engine.asked == whole.asked - before < whole.asked == 5
