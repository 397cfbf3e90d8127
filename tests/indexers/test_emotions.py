import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from catalog.models import Emotion, Label, Line
from catalog.work import Facts, Work
from indexers.emotions import Emotions, feel, summary
from indexers.engines.emotion_signs import parted, shortened
from indexers.engines.emotion_talk import FINE, of_comments, of_talk
from indexers.engines.emotion_text import (
    Linear,
    are_comments,
    evidence,
    shrunk,
    talk_shift,
    text_emotions,
)
from indexers.engines.emotion_words import (
    WEIGHTS,
    character_features,
    english_hits,
    hits,
    read_lexicon,
    word_features,
)

LEXICON = read_lexicon(WEIGHTS / "lexicon_zh.tsv")


def _line(number: int, text: str, language: str = "en") -> Line:
    return Line(
        asset_id=1, number=number, in_frame=number * 10, out_frame=number * 10 + 10, text=text,
        language=language, confidence=1, words=[], engine="captions",
    )  # fmt: skip


def _labels(*texts: str) -> list[Label]:
    return [
        row.label for row in feel([_line(0, text) for text in texts], text_emotions(), None, True)
    ]


def test_english_lines_are_felt_with_and_without_punctuation() -> None:
    assert _labels(
        "I am so happy to see you!",
        "I miss her so much.",
        "i hate you",
        "I'm scared. There's someone in the house.",
        "I can't believe it, is that really you?",
        "the meeting is at nine tomorrow",
        "That's disgusting, take it away.",
        "Let's go, let's go! This is so exciting!",
    ) == [
        Label.JOY, Label.SADNESS, Label.ANGER, Label.FEAR, Label.SURPRISE, Label.CALM,
        Label.DISGUST, Label.EXCITEMENT,
    ]  # fmt: skip


def test_english_words_that_name_a_feeling_are_believed() -> None:
    assert _labels("It was the first great sorrow of his life.", "She cried all night.") == [
        Label.SADNESS, Label.SADNESS,
    ]  # fmt: skip
    lexicon = read_lexicon(WEIGHTS / "lexicon_en.tsv")
    assert english_hits("I was not happy, I was furious!", lexicon) == {Label.ANGER: 1}
    assert english_hits("I don't hate you.", lexicon) == {}


def test_chinese_lines_are_felt() -> None:
    assert _labels(
        "我太开心了！", "他昨天晚上走了，我好难过。", "你给我滚！", "我好害怕，别过来！",
        "真的假的？你怎么来了？", "明天九点开会。", "这个东西真恶心。", "我们赢了！太激动了！",
    ) == [
        Label.JOY, Label.SADNESS, Label.ANGER, Label.FEAR, Label.SURPRISE, Label.CALM,
        Label.DISGUST, Label.EXCITEMENT,
    ]  # fmt: skip


def test_a_line_that_carries_no_evidence_is_calm() -> None:
    assert set(_labels("Yes.", "okay", "No.", "嗯", "好", "对。", "…", "")) == {Label.CALM}


def test_languages_may_be_mixed_in_one_asset() -> None:
    assert _labels("你给我滚！", "I am so happy to see you!") == [Label.ANGER, Label.JOY]


def test_a_line_is_felt_the_same_alone_and_among_others() -> None:
    alone = text_emotions().read(["I miss her so much."])[0]
    among = text_emotions().read(["What?", "I miss her so much.", "你好", "no"])[1]
    assert among == pytest.approx(alone, abs=1e-4)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text(max_size=60), max_size=4))
def test_probabilities_sum_to_one_whatever_is_said(texts: list[str]) -> None:
    for row in feel([_line(0, text) for text in texts], text_emotions(), None, True):
        assert set(row.scores) == {label.value for label in Label}
        assert sum(row.scores.values()) == pytest.approx(1, abs=1e-9)
        assert min(row.scores.values()) >= 0
        assert row.scores[row.label] == max(row.scores.values())


def test_the_longest_word_of_the_lexicon_wins_and_negated_ones_do_not_count() -> None:
    assert hits("真是气死我了", LEXICON) == {Label.ANGER: 1}
    assert hits("我不高兴", LEXICON) == {Label.SADNESS: 1}
    assert hits("我不怕", LEXICON) == {}
    assert hits("水是滚烫的", LEXICON) == {Label.CALM: 1}


def test_the_lexicon_knows_every_label_and_no_word_twice() -> None:
    lines = (WEIGHTS / "lexicon_zh.tsv").read_text(encoding="utf-8").splitlines()
    words = [line for line in lines if not line.startswith("#")]
    assert len(LEXICON) == len(words)
    assert set(LEXICON.values()) == set(Label)


def test_the_shorter_a_line_the_calmer() -> None:
    angry, calm = np.eye(8)[2], np.eye(8)[5]
    shares = [float(shrunk(angry, calm, words)[2]) for words in (0, 1, 3, 20)]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1] > 0.95) == (0, True)
    assert evidence("我们走吧明天") == evidence("let us go tomorrow") == 4


def test_features_have_unit_length_and_see_the_marks() -> None:
    found = character_features("你！又是你！")
    assert sum(v * v for v in found.values()) == pytest.approx(1)
    assert word_features("you again!") != word_features("you again")
    assert word_features("…?") != {}
    assert Linear(np.zeros((4, 8)), np.zeros(8)).hashed({}).tolist() == pytest.approx(
        [np.log(0.125)] * 8
    )


def test_the_weights_are_small_enough_to_ship() -> None:
    assert all(path.stat().st_size <= 2_000_000 for path in WEIGHTS.iterdir())


def test_the_weights_are_those_that_their_page_describes() -> None:
    page = (WEIGHTS / "README.md").read_text(encoding="utf-8")
    for path in WEIGHTS.glob("*.npz"):
        assert hashlib.sha256(path.read_bytes()).hexdigest() in page, path.name


def test_lines_are_read_as_talk_unless_many_look_like_comments() -> None:
    comments = np.full(8, 0.01)
    comments[:2] = 0.47
    joyful, calm = np.eye(8)[[0] * 40], np.eye(8)[[5] * 40]
    assert are_comments(joyful, comments)
    assert not are_comments(joyful[:10], comments)
    assert not are_comments(calm, comments)
    assert talk_shift(comments, comments)[5] > 0


def test_what_a_fine_label_means_is_shared_out_whole() -> None:
    for shares in (of_comments(), of_talk()):
        assert shares.shape == (len(FINE), len(Label))
        assert shares.sum(axis=1) == pytest.approx(1)
    calm = list(Label).index(Label.CALM)
    assert of_talk()[FINE.index("curiosity"), calm] > of_comments()[FINE.index("curiosity"), calm]


def test_emoji_and_signs_of_chats_are_felt_in_both_languages() -> None:
    assert _labels("今天下班了[泪][泪]", "I waited for two hours 😡😡", "周末去看电影😂😂") == [
        Label.SADNESS, Label.ANGER, Label.JOY,
    ]  # fmt: skip
    assert parted("I know xD ❤️ taxD") == ("I know     taxD", {Label.JOY: 2})


def test_drawn_out_letters_are_read_as_the_word() -> None:
    assert shortened("Sooo goooood, heyyy!!!!") == "So good, hey!!!"
    assert shortened("哈哈哈哈哈哈，1000000") == "哈哈哈，1000000"
    assert shortened("Mississippi, all good") == "Mississippi, all good"


def test_internet_words_are_felt() -> None:
    assert _labels("绝绝子，太好吃了！", "看完直接破防了", "太下头了", "裂开，又没考过") == [
        Label.JOY, Label.SADNESS, Label.DISGUST, Label.SADNESS,
    ]  # fmt: skip


def test_the_summary_counts_the_labels() -> None:
    assert summary([Label.JOY]) == "1 line: 1 joy"
    assert summary([Label.JOY, Label.CALM, Label.CALM]) == "3 lines: 2 calm, 1 joy"


def test_the_stage_gives_one_row_per_line(
    tmp_path: Path,
    accept: Callable[[Path], Work],
    session: Session,
    keep: Callable[[Facts], Facts],
) -> None:
    source = tmp_path / "a.mov"
    source.write_bytes(b"x")
    work = accept(source)
    assert Emotions().run(work).skipped
    session.add_all([_line(0, "I am so happy!"), _line(1, "你给我滚！", "zh")])
    session.commit()
    facts = keep(Emotions().run(work))
    assert facts.message == "2 lines: 1 joy, 1 anger"
    assert session.get_one(Emotion, (1, 1)).label is Label.ANGER


def test_emotions_can_be_switched_off(tmp_path: Path, accept: Callable[[Path], Work]) -> None:
    source = tmp_path / "a.mov"
    source.write_bytes(b"x")
    work = accept(source)
    off = work.settings.emotions.model_copy(update={"engine": "none"})
    switched = work.settings.model_copy(update={"emotions": off})
    work = Work(
        work.item, work.source, work.scratch, work.home, work.output, switched, work.session
    )
    assert Emotions().run(work).skipped


def test_the_words_that_speak_for_a_feeling_are_told() -> None:
    engine = text_emotions()
    assert engine.because("I'm scared of the dark water.", Label.FEAR) == ["scared"]
    assert engine.because("That is so gross.", Label.DISGUST) == ["gross"]
    assert engine.because("我好害怕，我们快走吧", Label.FEAR) == ["好害怕"]
    assert engine.because("我不害怕", Label.FEAR) == []
    assert engine.because("", Label.JOY) == []


def test_words_are_the_first_reason() -> None:
    (row,) = feel([_line(0, "I'm scared.")], text_emotions(), None, True)
    assert row.reasons == [["words", "scared"]]
