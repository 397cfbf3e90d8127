"""Lines in one voice have one speaker; names are those that captions and scripts give."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from catalog.models import SpeakerBy
from indexers.engines.captions import timed_words
from indexers.engines.speakers import Cue, speakers
from indexers.engines.speech import SAMPLE_RATE, Samples, Utterance
from tests.indexers.engines.sound import said, silence, write_wav

TALK = (
    ("slt", "The storm came in over the harbor just before midnight."),
    ("awb", "I told them not to take the boat out tonight."),
    ("slt", "Nobody in this town remembers who built it."),
    ("awb", "No."),
    ("awb", "Your brother left his oilskins by the kitchen door."),
)


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Utterance]]:
    """A conversation of two voices, and its lines."""
    parts: list[Samples] = [silence(0.3)]
    lines: list[Utterance] = []
    at = Fraction(3, 10)
    for voice, text in TALK:
        speech = said(text, voice)
        end = at + Fraction(len(speech), SAMPLE_RATE)
        lines.append(Utterance(text, timed_words(text, at, end, 1.0), "en", 1.0))
        parts += [speech, silence(0.3)]
        at = end + Fraction(3, 10)
    return write_wav(tmp_path_factory.mktemp("talk") / "sound.wav", *parts), lines


def test_two_voices_are_two_speakers_in_order_of_appearance(
    talk: tuple[Path, list[Utterance]],
) -> None:
    sound, lines = talk
    found = speakers(sound, lines, [None] * len(lines))
    first, second = "Speaker 1", "Speaker 2"
    assert [line.speaker for line in found] == [first, second, first, second, second]
    assert [line.text for line in found] == [text for _, text in TALK]
    assert {line.speaker_by for line in found} == {SpeakerBy.VOICE}
    assert all(line.speaker_confidence > 0.9 for line in found if len(line.words) > 1)


def test_a_name_that_is_given_to_one_line_is_that_of_the_voice(
    talk: tuple[Path, list[Utterance]],
) -> None:
    sound, lines = talk
    cues = [None, None, Cue("ANNA", 0.9), None, None]
    found = speakers(sound, lines, cues)
    assert [line.speaker for line in found] == [
        "ANNA", "Speaker 2", "ANNA", "Speaker 2", "Speaker 2",
    ]  # fmt: skip
    assert (found[2].speaker_by, found[2].speaker_confidence) == (SpeakerBy.SCRIPT, 0.9)
    assert found[0].speaker_by == SpeakerBy.VOICE


def test_a_captions_name_stays_and_a_voice_that_reads_all_parts_has_none(
    talk: tuple[Path, list[Utterance]],
) -> None:
    sound, lines = talk
    named = [replace(lines[0], speaker="Mary"), *lines[1:]]
    cues = [Cue("ANNA", 1.0), Cue("BEN", 1.0), None, None, Cue("CARL", 1.0)]
    found = speakers(sound, named, cues)
    assert [line.speaker for line in found] == ["Mary", "BEN", "Mary", "Speaker 2", "CARL"]
    assert found[0].speaker_by == SpeakerBy.CAPTIONS


def test_one_voice_alone_has_no_number(talk: tuple[Path, list[Utterance]]) -> None:
    sound, lines = talk
    alone = [lines[0], lines[2]]
    assert speakers(sound, alone, [None, None]) == alone


def test_lines_behind_the_end_of_the_sound_have_no_speaker(
    talk: tuple[Path, list[Utterance]],
) -> None:
    sound, _ = talk
    late = Utterance("Late.", timed_words("Late.", Fraction(500), Fraction(501), 1.0), "en", 1.0)
    assert speakers(sound, [late], [None]) == [late]
