"""Random weights: what Whisper hears is nonsense, how it is asked and answers is real."""

from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import numba
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from indexers.engines.prompt import fitting
from indexers.engines.whisper import Whisper, lines_of
from media.errors import Misconfigured
from tests.indexers.engines.sound import said


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    # Compiling Whisper's alignment takes half a minute; as plain Python it is fast enough here.
    numba.config.DISABLE_JIT = True
    from whisper.model import ModelDimensions
    from whisper.model import Whisper as Model

    torch.manual_seed(7)
    # 16 tokens of context instead of 448: random words never end by themselves.
    dims = ModelDimensions(80, 1500, 32, 1, 1, 51865, 16, 32, 1, 1)
    model = Model(dims)
    torch.nn.init.normal_(model.decoder.positional_embedding, std=0.02)
    block = model.decoder.blocks[0]
    with torch.no_grad():  # what comes next follows from what it was told before, not from sound
        for part in (block.attn.query.weight, block.attn.key.weight, block.cross_attn.out.weight):
            part.zero_()
        block.attn.value.weight.copy_(torch.eye(32))
        block.attn.out.weight.copy_(torch.eye(32) * 8)
        model.decoder.token_embedding.weight[50364:] = 0  # times: hardly any, so few short lines
    path = tmp_path_factory.mktemp("models") / "random.pt"
    torch.save({"dims": dims.__dict__, "model_state_dict": model.state_dict()}, path)
    return path


def test_whisper_runs_and_answers_in_lines(weights: Path) -> None:
    for line in Whisper(weights).hear(said("Hello."), "auto"):
        assert line.words
        assert 0 <= line.confidence <= 1


def piece(text: str, start: float, end: float) -> dict[str, Any]:
    return {"word": text, "start": start, "end": end, "probability": 0.5}


def test_whisper_says_which_language_it_hears(weights: Path) -> None:
    chances = Whisper(weights).languages(said("Hello."))
    assert "zh" in chances
    assert sum(chances.values()) == pytest.approx(1, abs=0.01)


def test_the_language_that_is_set_reaches_the_decoder(weights: Path) -> None:
    """The same sound, the same chance, another language: other words."""

    def heard(language: str) -> list[str]:
        torch.manual_seed(7)  # Whisper tries again by chance where it repeats itself
        lines = Whisper(weights).hear(said("Hello."), language)
        assert {line.language for line in lines} == {language}
        return [line.text for line in lines]

    assert heard("en") != heard("zh")


def test_a_name_that_does_not_fit_whole_is_not_told(weights: Path) -> None:
    """Its context is 16 tokens: 7 of a prompt are read, and two of the names are more."""

    def heard(prompt: str) -> list[str]:
        torch.manual_seed(7)
        return [line.text for line in Whisper(weights, prompt).hear(said("Hello."), "en")]

    assert heard("欧阳娜娜司马懿, Anna") == heard("Anna") != heard("")


NAMES = ["欧阳娜娜", "龘靐", "Zebulon Quirke", "O'Shaughnessy"]


@given(names=st.lists(st.sampled_from(NAMES), min_size=1, max_size=150))
def test_a_prompt_is_the_last_names_that_whisper_reads(weights: Path, names: list[str]) -> None:
    from whisper.tokenizer import get_tokenizer  # after `weights`, which sets how it is loaded

    def count(text: str) -> int:
        return len(get_tokenizer(True).encode(f" {text}"))

    told = fitting(", ".join(names), count, 223)
    kept = told.removesuffix(".").split(", ")
    assert kept == names[-len(kept) :]
    assert count(told) <= 223
    assert kept == names or count(", ".join(names[-len(kept) - 1 :])) > 150  # room is used


def segment(
    words: list[dict[str, Any]], no_speech: float = 0, logprob: float = 0, compression: float = 1
) -> dict[str, Any]:
    return {
        "words": words, "no_speech_prob": no_speech, "avg_logprob": logprob,
        "compression_ratio": compression,
    }  # fmt: skip


def test_words_lose_their_punctuation_and_lines_keep_it() -> None:
    words = [piece(" Don't", 0.1, 0.30000000000000004), piece(" go,", 0.3, 0.5)]
    (line,) = lines_of(segment([*words, piece(" Anna!", 0.5, 0.9)]), "en")
    assert line.text == "Don't go, Anna!"
    assert [word.text for word in line.words] == ["Don't", "go", "Anna"]
    assert (line.words[0].end, line.end) == (Fraction(3, 10), Fraction(9, 10))


def test_chinese_pieces_become_characters_in_order() -> None:
    (line,) = lines_of(segment([piece("我们", 1.0, 1.4), piece("走吧。", 1.4, 2.0)]), "zh")
    assert line.text == "我们走吧。"
    assert [word.text for word in line.words] == list("我们走吧")
    assert all(a.end == b.start for a, b in pairwise(line.words))
    assert (line.start, line.end, line.language) == (1, 2, "zh")


def test_a_pause_inside_a_segment_makes_two_lines() -> None:
    words = [piece(" Yes.", 0, 0.4), piece(" No.", 1.2, 1.6)]
    assert [line.text for line in lines_of(segment(words), "en")] == ["Yes.", "No."]


@pytest.mark.parametrize(
    ("no_speech", "logprob", "compression", "doubtful"),
    [(0.1, -0.3, 1.2, False), (0.9, -0.9, 1.2, True), (0.9, -0.2, 1.2, False), (0, -0.2, 9, True)],
)
def test_what_whisper_made_up_is_doubtful(
    no_speech: float, logprob: float, compression: float, doubtful: bool
) -> None:
    words = [piece(" Hello.", 0.1, 0.5)]
    (line,) = lines_of(segment(words, no_speech, logprob, compression), "en")
    assert bool(line.doubt) is doubtful


def test_an_engine_says_which_weights_it_uses(weights: Path) -> None:
    engine = Whisper(weights)
    assert (engine.name, engine.model) == ("whisper", "random")
    assert engine.version


def test_weights_that_are_broken_are_the_operators_business(tmp_path: Path) -> None:
    path = tmp_path / "small.pt"
    path.write_bytes(b"half a download")
    with pytest.raises(Misconfigured, match=r"small\.pt can't be loaded"):
        Whisper(path).hear(said("Hello."), "en")
