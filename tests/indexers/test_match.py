"""Was the right take chosen? Said lines are found, however badly heard; unsaid ones are not."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlmodel import Session, SQLModel

from catalog.database import Catalog
from catalog.models import (
    Asset,
    Clip,
    Footage,
    Item,
    Kind,
    Line,
    Scan,
    Script,
    ScriptLine,
    StageRun,
    Status,
    Story,
    Take,
)
from catalog.work import Work
from config.settings import load
from indexers.match import Match
from indexers.matching.casting import cast
from indexers.matching.material import Material
from indexers.matching.ranking import rank
from indexers.matching.spoken import Corpus, Speech, wanted, words_of
from indexers.matching.takes import Candidate, find
from tests.indexers.noise import Recogniser, chinese, sentences, speech, vocabulary

THRESHOLD, SURE = 0.45, 0.75
PICTURE = Material(0, True, -23.0, (), (), (("clip", 0, 10**9),))


def takes_of(script: Sequence[str], speeches: Sequence[Speech]) -> dict[int, list[Candidate]]:
    lines = [wanted(i, i, text) for i, text in enumerate(script)]
    return cast(find(lines, Corpus.of(speeches)), THRESHOLD, SURE)


def heard(take: Candidate) -> str:
    return " ".join(take.speech.texts[take.start : take.end])


def say(*lines: str, asset: int = 1, pause: int = 20) -> Speech:
    return speech(asset, [words_of(line) for line in lines], pause)


@pytest.mark.parametrize(("errors", "least"), [(0.0, 1.0), (0.2, 0.95), (0.4, 0.8), (0.6, 0.7)])
def test_said_lines_are_found_through_errors_and_unsaid_ones_never(
    errors: float, least: float
) -> None:
    said, unsaid, others = sentences(40, 1), sentences(100, 2), sentences(60, 3)
    ear = Recogniser(errors, vocabulary(300, 9))
    uttered = [said[:20] + others[:30], others[30:] + said[20:]]
    files = [speech(i, [ear.hear(line) for line in lines]) for i, lines in enumerate(uttered)]
    taken = takes_of(said + unsaid, files)
    places = [(0, n) if n < 20 else (1, 30 + n - 20) for n in range(40)]
    right = [n for n, place in enumerate(places) if n in taken and overlaps(taken[n][0], *place)]
    wrong = [n for n in taken if n not in right]
    assert len(right) >= least * len(said)
    assert len(wrong) <= 0.02 * len(said + unsaid)


def overlaps(take: Candidate, asset: int, utterance: int) -> bool:
    lines = [word.line for word in take.speech.words[take.start : take.end]]
    return take.speech.asset_id == asset and 2 * lines.count(utterance) > len(lines)


def test_telling_words_are_enough_in_a_story_of_one_short_file() -> None:
    heard_line = say("the train to vienna was still unsettled shares")
    script = ["The train to Vienna was full of soldiers.", "The train to the sea was full."]
    assert list(takes_of(script, [heard_line])) == [0]


def test_a_short_line_is_not_taken_out_of_another_in_a_small_story() -> None:
    files = [say("the letter from my mother my brother has never learned how to swim")]
    assert takes_of(["My brother.", "My mother.", "To swim."], files) == {}


@pytest.mark.parametrize(("errors", "least"), [(0.0, 1.0), (0.2, 0.9), (0.4, 0.7)])
def test_chinese_is_matched_by_characters(errors: float, least: float) -> None:
    said, unsaid = chinese(30, 1), chinese(30, 2)
    ear = Recogniser(errors, words_of("".join(chinese(20, 4))))
    taken = takes_of(said + unsaid, [speech(1, [ear.hear(line) for line in said])])
    assert sum(n in taken and overlaps(taken[n][0], 1, n) for n in range(30)) >= least * 30
    assert not [n for n in taken if n >= 30]


def test_a_line_over_two_utterances_is_whole_and_two_lines_in_one_are_apart() -> None:
    script = ["We will meet again at the old station.", "Bring the letter.", "And the silver key."]
    speech_ = say(
        "we will meet again", "at the old station", "bring the letter and the silver key", pause=9
    )
    taken = takes_of(script, [speech_])
    assert [heard(taken[n][0]) for n in range(3)] == [
        "we will meet again at the old station",
        "bring the letter",
        "and the silver key",
    ]


def test_a_sentence_with_some_of_its_phrases_is_a_take_only_beside_a_real_one() -> None:
    line = "An honest witness promised a new engine in the northern forest"
    like = "an honest witness promised a heavy suitcase in the cellar"
    others = ["two ships came back at noon", "my sister keeps the silver key in her coat"]
    assert set(takes_of([line, *others], [say(like, *others)])) == {1, 2}
    assert len(takes_of([line, *others], [say(like, *others, line)])[0]) == 2


def test_all_takes_of_a_line_are_found() -> None:
    line = "I never asked you to come back here"
    files = [say("quiet please", line, "again", line, asset=1), say("once more", line, asset=2)]
    taken = takes_of([line], files)
    assert [heard(take) for take in taken[0]] == [line.lower()] * 3


def test_a_short_line_needs_its_exact_words_alone_or_its_neighbours() -> None:
    inside = say("well yes I know that you went there", "no idea at all what he means")
    assert takes_of(["Yes.", "No."], [inside]) == {}
    alone = say("are you coming with me tomorrow", "yes", "then bring your winter coat along")
    assert heard(takes_of(["Yes."], [alone])[0][0]) == "yes"
    misheard = say("are you coming with me tomorrow", "ma key", "then bring your winter coat along")
    context = ["Are you coming with me tomorrow?", "Okay.", "Then bring your winter coat along."]
    assert 1 not in takes_of(["x", "Okay."], [misheard])
    assert set(takes_of(context, [misheard])) >= {0, 2}


def test_equal_lines_take_different_takes_in_script_order() -> None:
    script = ["Screw retirement.", "Where did you put the boat?", "Screw retirement."]
    speech_ = say("screw retirement", "where did you put the boat", "screw retirement")
    taken = takes_of(script, [speech_])
    assert taken[0][0].start == 0
    assert taken[2][0].start == 8
    once = takes_of(["Screw retirement.", "Screw retirement."], [say("screw retirement")])
    assert len(once) == 1


def test_a_longer_line_keeps_the_words_that_a_shorter_one_would_take() -> None:
    script = ["Are you ready?", "Are you ready to leave the station now?"]
    assert set(takes_of(script, [say("are you ready to leave the station now")])) == {1}


def test_numbers_match_however_they_are_written() -> None:
    taken = takes_of(["Meet me at 25 Baker Street."], [say("meet me at twenty five baker street")])
    assert heard(taken[0][0]) == "meet me at twenty five baker street"


def test_the_take_with_more_of_the_words_is_best_and_says_why() -> None:
    line = "We will meet again at the old station tonight"
    taken = takes_of([line], [say("we will meet again at the old station", line)])
    best, other = rank(taken[0], {1: PICTURE})
    assert (best.rank, other.rank) == (0, 1)
    assert best.reasons == ("says all 9 words", "take 2 of 2: keeps closer to the script's words")
    assert "missing: tonight" in other.reasons
    assert "tonight" not in other.matched
    assert best.clip_key == "clip"


def test_a_false_start_loses_and_between_equals_the_later_take_wins() -> None:
    line = "I never asked you to come back here"
    stumbled = takes_of([line], [say(line, "I never I never asked you to come back here")])
    best, other = rank(stumbled[0], {1: PICTURE})
    assert best.in_frame < other.in_frame
    assert "a false start before it" in other.reasons
    equal = takes_of([line], [say(line, "rolling", line)])
    best, other = rank(equal[0], {1: PICTURE})
    assert best.in_frame > other.in_frame
    assert "take 2 of 2: the later take, usually the better" in best.reasons


def test_sound_without_picture_is_never_the_first_choice() -> None:
    line = "I never asked you to come back here"
    taken = takes_of([line], [say(line, asset=1), say("I never asked you to come", asset=2)])
    sound = Material(0, False, -23.0, (), (), ())
    best, other = rank(taken[0], {1: sound, 2: PICTURE})
    assert best.candidate.speech.asset_id == 2
    assert any(reason.startswith("sound only") for reason in other.reasons)
    (only,) = rank(takes_of([line], [say(line)])[0], {1: sound})
    assert only.rank == 1


def test_a_black_or_silent_take_loses_to_an_equal_one() -> None:
    line = "I never asked you to come back here"
    taken = takes_of([line], [say(line, asset=1), say(line, asset=2)])
    dark = Material(1, True, -60.0, (), ((0, 10**6),), ())
    best, other = rank(taken[0], {1: PICTURE, 2: dark})
    assert best.candidate.speech.asset_id == 1
    assert {"the picture is black here", "very quiet (-60 LUFS)"} <= set(other.reasons)


def test_the_stage_reads_the_catalog_and_notices_new_footage(tmp_path: Path) -> None:
    catalog = Catalog(f"sqlite:///{tmp_path / 'catalog.db'}")
    SQLModel.metadata.create_all(catalog.engine)
    with Session(catalog.engine) as session:
        item = story(session)
        work = Work(item, tmp_path, tmp_path, tmp_path, tmp_path, load(), session)
        before = Match().inputs(work)
        facts = Match().run(work)
        assert facts.message == "1 of 2 lines found"
        (take,) = facts.rows
        assert isinstance(take, Take)
        assert (take.number, take.rank, take.clip_key) == (1, 0, "key")
        assert (take.in_frame, take.out_frame) == (50, 130)
        assert take.matched == ["meet", "me", "at", "the", "station"]
        assert Match().inputs(work) == before
        run = session.get_one(StageRun, (1, "index"))
        run.token += 1
        session.add(run)
        session.flush()
        assert Match().inputs(work) != before
    catalog.close()


def story(session: Session) -> Item:
    item = Item(
        id=2, root="drop", path="s/x.fountain", size=1, mtime_ns=1, kind=Kind.SCRIPT,
        story_id=1, accepted_at=0,
    )  # fmt: skip
    footage = Item(
        id=1, root="drop", path="s/a.mov", size=1, mtime_ns=1, kind=Kind.FOOTAGE,
        story_id=1, accepted_at=0, asset_id=7,
    )  # fmt: skip
    words = [
        [word, 50 + 16 * i, 66 + 16 * i]
        for i, word in enumerate(["meet", "me", "at", "the", "station"])
    ]
    session.add(Story(id=1, name="s", created_at=0))
    session.flush()
    session.add_all([Asset(id=7, checksum="c", item_id=1), item])
    session.flush()
    session.add_all([footage, footage_row()])
    session.flush()
    session.add(StageRun(item_id=1, stage="index", status=Status.DONE, token=1))
    session.add(
        Line(
            asset_id=7,
            number=0,
            in_frame=50,
            out_frame=130,
            text="meet me at the station",
            language="en",
            confidence=0.7,
            words=words,
            engine="test",
        )
    )
    session.add(
        Clip(
            asset_id=7,
            number=0,
            key="key",
            in_frame=40,
            out_frame=140,
            text="",
            lines=[0],
            shots=[0],
            emotion=None,
            thumbnail="",
        )
    )
    session.add(
        Scan(asset_id=7, loudness=-23, true_peak=-3, black=[], freeze=[], silence=[], thumbnails=[])
    )
    session.add(Script(item_id=2, title="x", format="fountain", language="en", warnings=[]))
    said = [
        ("heading", "INT. HALL"),
        ("dialogue", "Meet me at the station."),
        ("dialogue", "Never again, my friend."),
    ]
    for number, (kind, text) in enumerate(said):
        session.add(
            ScriptLine(
                item_id=2,
                number=number,
                kind=kind,
                scene="",
                character="",
                parenthetical="",
                text=text,
                source_line=number,
            )
        )
    session.flush()
    return item


def footage_row() -> Footage:
    return Footage(
        asset_id=7, rate_num=25, rate_den=1, drop_frame=False, start_frame=0, has_timecode=True,
        frames=500, picture_offset=0, variable_rate=False, has_picture=True, has_sound=True,
        width=1920, height=1080, interlaced=False, video_codec="h264", audio_codec="aac",
        audio_channels=2, reel="A", warnings=[],
    )  # fmt: skip
