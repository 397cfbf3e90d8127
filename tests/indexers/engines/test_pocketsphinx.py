from fractions import Fraction
from itertools import pairwise

import numpy as np

from indexers.engines.expected import Script, script_of
from indexers.engines.pocketsphinx import PocketSphinx
from indexers.engines.speech import SAMPLE_RATE, Samples
from tests.indexers.engines.sound import hiss, said, silence


def test_a_clear_english_line_is_heard_with_the_times_of_its_words() -> None:
    line = said("Where were you last night?")
    samples = np.concatenate([silence(0.5), line, silence(0.5)])
    (heard,) = PocketSphinx().hear(samples, "en")
    assert heard.text == "Where were you last night?"
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


HARBOR = script_of(
    [
        "The storm came in over the harbor just before midnight.",
        "Old Zebulon Quirke never trusted the tide tables.",
        "I told them not to take the boat out tonight.",
    ]
)
PLUMBING = script_of(["Nobody paid the plumber.", "The pipes are frozen again.", "Call him back."])


def _texts(samples: Samples, script: Script) -> list[str]:
    return [line.text for line in PocketSphinx(script).hear(samples, "auto")]


def test_a_line_of_the_script_is_heard_word_for_word_with_names_that_no_dictionary_has() -> None:
    line = said("Old Zebulon Quirke never trusted the tide tables.", "rms")
    samples = np.concatenate([silence(0.4), line, silence(0.4)])
    assert _texts(samples, Script()) != ["Old zebulon quirke never trusted the tide tables"]
    assert _texts(samples, HARBOR) == ["Old Zebulon Quirke never trusted the tide tables."]


def test_a_script_that_is_not_what_is_said_changes_nothing() -> None:
    russian = script_of(["Где ты был вчера вечером?"])
    samples = np.concatenate([silence(0.4), said("Where were you last night?"), silence(0.4)])
    assert _texts(samples, russian) == _texts(samples, Script())
    assert _texts(samples, PLUMBING) == _texts(samples, Script()) == ["Where were you last night?"]


def test_a_phrase_of_a_chinese_script_is_heard_by_how_it_sounds() -> None:
    """A voice that knows no Chinese says the syllables as an English speaker would."""
    script = script_of(["你好吗，朋友！", "我们今天晚上去海边。", "别忘了带雨伞。"])
    samples = np.concatenate([silence(0.3), said("knee how mah"), silence(0.3)])
    (heard,) = PocketSphinx(script).hear(samples, "zh")
    assert (heard.text, heard.language) == ("你好吗", "zh")
    assert [word.text for word in heard.words] == ["你", "好", "吗"]
    assert heard.confidence < 1


def test_english_is_not_taken_for_the_chinese_of_a_script() -> None:
    script = script_of(["你好吗，朋友！", "我们今天晚上去海边。", "别忘了带雨伞。"])
    samples = np.concatenate([silence(0.4), said("Where were you last night?"), silence(0.4)])
    assert _texts(samples, script) == ["Where were you last night?"]
    assert PocketSphinx(script).hear(samples, "zh") == []


def test_a_line_is_heard_by_the_script_though_somebody_goes_on_in_his_own_words() -> None:
    line, own = "I told them not to take the boat out tonight.", "Sorry, let me do that again."
    samples = np.concatenate([said(line), silence(0.2), said(own), said(own)])
    heard = _texts(samples, HARBOR)
    text = " ".join(heard).lower()
    assert "i told them not to take the boat out tonight" in text
    assert "again" in text.split()
    words = [word for one in PocketSphinx(HARBOR).hear(samples, "en") for word in one.words]
    assert all(before.end <= after.start for before, after in pairwise(words))
