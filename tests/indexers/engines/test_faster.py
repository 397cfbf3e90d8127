"""Random weights in CTranslate2's form: what it hears is nonsense, how it is asked is real."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from indexers.engines.faster import FasterWhisper
from indexers.engines.residence import RESIDENCE
from indexers.engines.speech import Polyglot, Together
from media.errors import Misconfigured
from tests.indexers.engines.sound import said
from tests.indexers.engines.tiny_whisper import LANGUAGES, convert

pytest.importorskip("faster_whisper", reason="an extra: pip install stringout[faster-whisper]")


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FasterWhisper]:
    yield FasterWhisper(convert(tmp_path_factory.mktemp("models")))
    RESIDENCE.make_room()


def test_it_hears_and_answers_in_lines_with_words(engine: FasterWhisper) -> None:
    for line in engine.hear(said("Where were you last night?"), "en"):
        assert line.language == "en"
        assert line.words
        assert all(0 <= word.start <= word.end <= 30 for word in line.words)


def test_it_says_which_of_the_languages_of_its_weights_it_hears(engine: FasterWhisper) -> None:
    assert isinstance(engine, Polyglot)
    chances = engine.languages(said("Hello."))
    assert chances.keys() == set(LANGUAGES)
    assert sum(chances.values()) == pytest.approx(1, abs=0.01)


def test_several_stretches_are_heard_together(engine: FasterWhisper) -> None:
    assert isinstance(engine, Together)
    pieces = [said("Where were you last night?"), said("Come with me.")]
    assert len(engine._together(pieces, "en")) == len(engine.hear_together(pieces, "en")) == 2


def test_it_says_which_weights_it_uses(engine: FasterWhisper) -> None:
    assert (engine.name, engine.model) == ("faster-whisper", "tiny")
    assert "CTranslate2" in engine.version


def test_a_broken_folder_is_the_operators_business(tmp_path: Path) -> None:
    for name in ("model.bin", "tokenizer.json", "config.json"):
        (tmp_path / name).write_bytes(b"half a download")
    with pytest.raises(Misconfigured, match="can't be loaded as faster-whisper weights"):
        FasterWhisper(tmp_path).hear(said("Hello."), "en")
