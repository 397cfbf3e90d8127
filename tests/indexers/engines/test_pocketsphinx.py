from fractions import Fraction
from itertools import pairwise

import numpy as np

from indexers.engines.pocketsphinx import PocketSphinx
from indexers.engines.speech import SAMPLE_RATE
from tests.indexers.engines.sound import hiss, said, silence


def test_a_clear_english_line_is_heard_with_the_times_of_its_words() -> None:
    line = said("Where were you last night?")
    samples = np.concatenate([silence(0.5), line, silence(0.5)])
    (heard,) = PocketSphinx().hear(samples, "en")
    assert heard.text == "Where were you last night"
    assert [word.text for word in heard.words] == ["where", "were", "you", "last", "night"]
    assert abs(heard.start - Fraction(1, 2)) < Fraction(1, 5)
    assert abs(heard.end - Fraction(len(samples), SAMPLE_RATE) + Fraction(1, 2)) < Fraction(1, 5)
    assert all(a.end <= b.start for a, b in pairwise(heard.words))
    assert all(0 <= word.confidence <= 1 for word in heard.words)
    assert heard.confidence > 0.5


def test_a_pause_ends_a_line() -> None:
    line = said("I will read the book.")
    samples = np.concatenate([silence(0.3), line, silence(0.8), line, silence(0.3)])
    first, second = PocketSphinx().hear(samples, "auto")
    assert second.start - first.end > Fraction(1, 2)
    assert not any(set("(<[") & set(word.text) for word in (*first.words, *second.words))


def test_a_stretch_too_short_for_a_word_gives_no_line() -> None:
    assert PocketSphinx().hear(silence(0.005), "en") == []


def test_chinese_gives_no_line_rather_than_english_ones() -> None:
    assert PocketSphinx().hear(said("Good morning."), "zh") == []


def test_what_is_heard_does_not_depend_on_what_was_heard_before() -> None:
    engine, line = PocketSphinx(), said("The storm came in over the harbor just before midnight.")
    before = engine.hear(np.concatenate([silence(0.3), line * 0.4, silence(0.3)]), "en")
    engine.hear(np.concatenate([hiss(2, 0.2), said("Nobody paid the plumber.", "rms")]), "en")
    assert engine.hear(np.concatenate([silence(0.3), line * 0.4, silence(0.3)]), "en") == before
