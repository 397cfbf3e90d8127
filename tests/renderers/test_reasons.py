"""Reasons in Chinese."""

import re

import pytest

from indexers.matching.ranking import _PRICES
from renderers.page.reasons import told

TOLD = [
    "says all 7 words", "says the word", "says all 11 characters", "says 6 of 7 words",
    "1 extra word in it", "2 extra words in it", "a false start before it",
    "said beside its neighbours in the script", "sound only: there is no picture to cut to",
    "the picture is black here", "a picture cut falls inside it", "its sound is overdriven",
    "the picture stands still here", "its picture is softer than another take's",
    "says words twice", "goes on from the line before in one take", "anger asked for, 40% heard",
    "shows what the line describes", "said in another language: found by its meaning",
]  # fmt: skip


@pytest.mark.parametrize("reason", [*TOLD, *(why for _, *pair in _PRICES.values() for why in pair)])
def test_no_reason_stays_english_in_a_chinese_report(reason: str) -> None:
    for whole in (reason, f"take 1 of 2: {reason}"):
        assert not re.search("[a-zA-Z]", told(whole, "zh"))
        assert told(whole, "en") == whole


def test_numbers_and_missing_words_are_kept() -> None:
    assert told("says 6 of 7 characters", "zh") == "7 个字中说出 6 个"
    assert told("missing: harbor 灯塔", "zh") == "缺少：harbor 灯塔"
    assert told("very quiet (-44 LUFS)", "zh") == "音量过低（-44 LUFS）"
    assert told("something new", "zh") == "something new"
