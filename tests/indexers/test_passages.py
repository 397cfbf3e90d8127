"""Takes of a whole passage, and what is wrong with a take."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.models import Label
from indexers.matching.casting import cast
from indexers.matching.delivery import Ears
from indexers.matching.material import Feeling, Level, Material
from indexers.matching.passages import choose
from indexers.matching.ranking import Ranked, rank
from indexers.matching.rising import firm, rising
from indexers.matching.spoken import Corpus, Speech, wanted
from indexers.matching.takes import find
from indexers.matching.tone import wanted_emotion
from indexers.matching.verdict import Verdict, verdict
from tests.indexers.test_match import THRESHOLD, say

SURE = 0.88  # of [match]
SCRIPT = (
    "I never asked you to come back here",
    "The harbor was closed before the storm",
    "Nobody will believe what you have seen",
)


def material(place: int) -> Material:
    return Material(place, True, -23.0, (), (), (("clip", 0, 10**9),))


def ranked(files: list[Speech], errors: float | None = None) -> dict[int, list[Ranked]]:
    lines = [wanted(i, i, text) for i, text in enumerate(SCRIPT)]
    corpus = Corpus.of(files)
    taken = cast(find(lines, corpus), THRESHOLD)
    ears = None if errors is None else Ears(errors, corpus)
    materials = {speech.asset_id: material(speech.asset_id) for speech in files}
    return choose({number: rank(takes, materials, ears) for number, takes in taken.items()})


def chosen(files: list[Speech]) -> list[int]:
    return [takes[0].candidate.speech.asset_id for _, takes in sorted(ranked(files).items())]


def test_a_whole_passage_in_one_take_beats_a_patchwork_of_equal_takes() -> None:
    whole = say(*SCRIPT, asset=1)
    later = [say(SCRIPT[0], asset=2), say(SCRIPT[1], asset=3), say(SCRIPT[2], asset=4)]
    assert chosen([whole, *later]) == [1, 1, 1]
    assert "goes on from the line before in one take" in ranked([whole, *later])[1][0].reasons


def test_a_take_that_is_chosen_for_what_follows_in_it_says_so() -> None:
    whole = say(*SCRIPT, asset=1)
    first = ranked([whole, say(SCRIPT[0], asset=2)])[0][0]
    assert first.candidate.speech.asset_id == 1
    assert first.reasons[-1] == "goes on to the next line in one take"


def test_a_flub_in_the_passage_is_replaced_all_the_same() -> None:
    flubbed = say(SCRIPT[0], "The harbor was the harbor was closed the storm", SCRIPT[2], asset=1)
    assert chosen([flubbed, say(SCRIPT[1], asset=2)]) == [1, 2, 1]


def test_every_take_keeps_its_place_among_the_alternates() -> None:
    takes = ranked([say(*SCRIPT, asset=1), say(SCRIPT[1], asset=2)])[1]
    assert [take.rank for take in takes] == [0, 1]


def test_fillers_and_false_starts_lose_and_are_told() -> None:
    files = [
        say("I never um I never asked you uh to come back here", asset=2),
        say(SCRIPT[0], asset=1),
    ]
    best, other = ranked(files)[0]
    assert best.candidate.speech.asset_id == 1
    assert {"fillers: uh", "a false start before it"} <= set(other.reasons)


def test_a_take_that_breaks_off_loses_to_one_that_is_heard_badly() -> None:
    short = say("I never asked you to", asset=2)
    unclear = say("I river asked you two combing pack here", asset=1)
    assert ranked([unclear, short], 0.4)[0][0].candidate.speech.asset_id == 1


def test_words_said_twice_are_the_speakers_however_bad_the_ear() -> None:
    stumbled = say("I never asked you never asked you to come back here", asset=2)
    noisy = say("I never asked you to combing oh back here", asset=1)
    assert ranked([noisy, stumbled], 0.4)[0][0].candidate.speech.asset_id == 1


@pytest.mark.parametrize(
    ("worse", "reason"),
    [
        ({"freeze": ((0, 10**6),)}, "the picture stands still here"),
        ({"details": ((0, 1_000),)}, "its picture is softer than another take's"),
        ({"feelings": (Feeling((0, 10**6), {"anger": 0.1}),)}, "anger asked for, 10% heard"),
    ],
)
def test_picture_and_feeling_decide_between_equal_words(worse: dict, reason: str) -> None:
    lines = [wanted(0, 0, SCRIPT[0])]
    files = [say(SCRIPT[0], asset=1), say(SCRIPT[0], asset=2)]
    takes = cast(find(lines, Corpus.of(files)), THRESHOLD)[0]
    good = replace(
        material(1), details=((0, 9_000),), feelings=(Feeling((0, 10**6), {"anger": 0.9}),)
    )
    bad = replace(good, **{"place": 2, **worse})
    best, other = rank(takes, {1: good, 2: bad}, None, Label.ANGER)
    assert best.candidate.speech.asset_id == 1
    assert reason in other.reasons


def test_noise_and_overdriven_sound_decide_between_equal_words() -> None:
    lines = [wanted(0, 0, SCRIPT[0])]
    files = [say(SCRIPT[0], asset=1), say(SCRIPT[0], asset=2)]
    takes = cast(find(lines, Corpus.of(files)), THRESHOLD)[0]
    (span,) = {(t.in_frame, t.out_frame) for t in rank(takes, {1: material(1), 2: material(2)})}
    clean = replace(material(1), levels={span: Level(-20, -60)})
    noisy = replace(material(2), levels={span: Level(-20, -24, clipped=True)})
    best, other = rank(takes, {1: clean, 2: noisy})
    assert best.candidate.speech.asset_id == 1
    assert {"speech is only 4 dB above the noise", "its sound is overdriven"} <= set(other.reasons)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("angrily", Label.ANGER),
        ("V.O.; whispers", Label.CALM),
        ("哽咽", Label.SADNESS),
        ("冷笑", Label.DISGUST),
        ("兴奋地", Label.EXCITEMENT),
        ("to Ben", None),
        ("", None),
    ],
)
def test_a_parenthetical_names_a_feeling(text: str, label: Label | None) -> None:
    assert wanted_emotion(text) == label


@given(st.lists(st.integers(0, 20), max_size=12))
def test_the_rising_run_rises_and_is_the_longest(orders: list[int]) -> None:
    kept = [orders[i] for i in rising(orders)]
    assert kept == sorted(set(kept))
    longest = [1] * len(orders)
    for i, order in enumerate(orders):
        longest[i] += max((longest[j] for j in range(i) if orders[j] < order), default=0)
    assert len(kept) == max(longest, default=0)


def test_a_retake_begins_a_new_pass_and_a_stray_line_breaks_none() -> None:
    orders = [0, 1, 9, 2, 3, 0, 1, 2, 3]
    assert [orders[i] for i in firm(orders)] == [0, 1, 2, 3, 0, 1, 2, 3]


@pytest.mark.parametrize(
    ("line", "cue"),
    [
        ("I never asked you to come back here", "sorry again please"),
        ("港口在暴风雨之前就已经关闭了", "不好意思再来一条"),
    ],
)
def test_a_take_that_was_asked_for_again_loses_to_an_equal_one_before_it(
    line: str, cue: str
) -> None:
    files = [replace(say(line), asset_id=1), replace(say(line, cue), asset_id=2)]
    taken = cast(find([wanted(0, 0, line)], Corpus.of(files)), THRESHOLD)
    best, other = rank(taken[0], {1: material(1), 2: material(2)})
    assert best.candidate.speech.asset_id == 1
    assert "asked for again after it" in other.reasons


def test_words_of_the_line_itself_and_of_longer_speech_are_no_cue() -> None:
    line = "I will never say sorry again"
    files = [say(line, "once more the whole village came down to the harbour at night")]
    taken = cast(find([wanted(0, 0, line)], Corpus.of(files)), THRESHOLD)
    assert verdict(taken[0][0]) == Verdict.NONE
    praised = cast(find([wanted(0, 0, line)], Corpus.of([say(line, "perfect")])), THRESHOLD)
    assert verdict(praised[0][0]) == Verdict.PRAISED


def test_takes_that_are_each_heard_too_badly_tell_together_that_a_line_is_said() -> None:
    script = [*SCRIPT, "The mayor signed a copy of the contract at the market"]
    others = (
        "I never asked the to come tack here",
        "The harbor box closed before storm",
        "Nobody will dont believe what you ave seen",
    )
    takes = [
        say("storm mayor signed copy red contact never market", asset=2),
        say("you without a dont copy remember the contract at red marktt", asset=3),
    ]

    def found(*files: Speech) -> int:
        lines = [wanted(i, i, text) for i, text in enumerate(script)]
        corpus = Corpus.of([say(*others, asset=1), *files])
        return len(cast(find(lines, corpus), THRESHOLD, SURE).get(3, []))

    assert [found(takes[0]), found(takes[1]), found(*takes)] == [0, 0, 2]
