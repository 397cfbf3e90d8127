from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexers.engines.doubt import doubted, invented, outside, repeats, told, unheard
from indexers.engines.speech import Utterance, Word, word_texts


def line(text: str, start: float = 0, end: float = 2, doubt: str = "") -> Utterance:
    texts = word_texts(text)
    step = (Fraction(end) - Fraction(start)) / len(texts)
    words = tuple(
        Word(one, start + n * step, start + (n + 1) * step, 0.9) for n, one in enumerate(texts)
    )
    return Utterance(text, words, "en", 0.9, doubt=doubt)


def reason(text: str, seconds: float = 2, *script: str) -> str:
    return doubted([line(text, 0, seconds)], script)[0].doubt


@pytest.mark.parametrize(
    "text",
    [
        "Thanks for watching!", "THANK YOU FOR WATCHING. Please subscribe.",
        "请不吝点赞 订阅 转发 打赏支持明镜与点点栏目", "請不吝點贊訂閱轉發打賞支持明鏡與點點欄目",
        "Subtitles by the Amara.org community", "字幕志愿者 李宗盛", "谢谢观看",
    ],
)  # fmt: skip
def test_phrases_that_recognisers_make_up_are_doubtful(text: str) -> None:
    assert invented(text)
    assert reason(text, 4) == "recognisers are known to make this up"


@pytest.mark.parametrize(
    "text",
    [
        "Thanks for watching the kids tonight.",
        "He likes to subscribe",
        "谢谢你来看我",
        "字幕在哪里",
    ],
)
def test_what_people_say_is_not(text: str) -> None:
    assert not invented(text)
    assert reason(text) == ""


def test_a_phrase_of_the_script_is_no_invention() -> None:
    assert reason("Thanks for watching!", 2, "Thanks for watching.") == ""


@pytest.mark.parametrize(
    "text",
    ["I am going to the " * 8, "la " * 12, "我们走吧" * 5, "so the thing is " * 4],
)
def test_going_round_in_circles_is_doubtful(text: str) -> None:
    assert repeats(text)


@pytest.mark.parametrize(
    "text",
    ["No, no, no, no!", "Row, row, row your boat gently down the stream", "好好好", "快走快走快走"],
)
def test_saying_it_again_is_not(text: str) -> None:
    assert not repeats(text)


def test_the_same_line_over_and_over_is_doubtful() -> None:
    lines = [line("Thank you.", at, at + 1) for at in range(5)]
    assert all(one.doubt == "it repeats itself" for one in doubted(lines))
    assert not any(one.doubt for one in doubted(lines[:2]))


def test_nobody_speaks_so_fast_or_so_slowly() -> None:
    text = "the quick brown fox jumps over the lazy dog"
    assert reason(text, 0.5) == "nobody speaks so fast"
    assert reason("今天晚上我们一起去海边散步好不好", 0.8) == "nobody speaks so fast"
    assert reason(text, 1.5) == ""
    assert reason("so then", 9) == "nobody speaks so slowly"


def test_a_line_mostly_outside_of_speech_is_doubtful() -> None:
    speech = [(Fraction(0), Fraction(1)), (Fraction(5), Fraction(6))]
    assert unheard(line("come in now", 0, 1), speech).doubt == ""
    assert "no speech is heard" in unheard(line("come in now", 0, 4), speech).doubt


spans = st.lists(st.integers(0, 30), min_size=2, max_size=10, unique=True).map(
    lambda marks: [
        (Fraction(a), Fraction(b))
        for a, b in zip(sorted(marks)[::2], sorted(marks)[1::2], strict=False)
    ]
)


@given(spans, st.integers(0, 20), st.integers(1, 10))
def test_what_lies_outside_is_a_part(
    speech: list[tuple[Fraction, Fraction]], start: int, length: int
) -> None:
    one = line("a", start, start + length)
    inside = sum(any(a <= s < b for a, b in speech) for s in range(start, start + length))
    assert outside(one, speech) == 1 - Fraction(inside, length)


def test_what_an_engine_doubted_stays_and_the_reasons_are_told() -> None:
    lines = doubted(
        [line("Hello there", doubt="Whisper itself doubts"), line("谢谢观看"), line("ok")]
    )
    assert [bool(one.doubt) for one in lines] == [True, True, False]
    assert told(lines).startswith("2 lines are doubtful (Whisper itself doubts; ")
    assert told([lines[2]]) == ""
