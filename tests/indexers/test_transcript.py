import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import SQLModel

from catalog.database import Catalog
from catalog.models import Asset, Footage, Item, Kind, Line, ScriptLine, SoundSpan, Story
from catalog.work import Facts, Work
from config.settings import Settings, load
from indexers.choice import choose
from indexers.engines.speech import Utterance, Word
from indexers.scripted import names_for
from indexers.transcript import Transcript, to_rows
from media.errors import Misconfigured
from tests.indexers.engines.sound import said, silence, write_wav

SRT = "1\n00:00:01,000 --> 00:00:02,500\n{}\n"
QUESTION = "Where were you last night?"


def footage(**values: Any) -> Footage:
    usual: dict[str, Any] = {
        "asset_id": 1, "rate_num": 25, "rate_den": 1, "drop_frame": False, "start_frame": 0,
        "has_timecode": False, "frames": 250, "picture_offset": 0.0, "variable_rate": False,
        "has_picture": True, "has_sound": True, "width": 1920, "height": 1080,
        "interlaced": False, "video_codec": "h264", "audio_codec": "aac", "audio_channels": 1,
        "reel": "A001", "warnings": [],
    }  # fmt: skip
    return Footage(**{**usual, **values})


def item(number: int, name: str, kind: Kind) -> Item:
    return Item(
        id=number, root="drop", path=f"story/{name}", size=1, mtime_ns=number, kind=kind,
        story_id=1, accepted_at=0, asset_id=1 if kind == Kind.FOOTAGE else None,
    )  # fmt: skip


class Drop:
    """A footage item with its sidecars, on a real catalog and real folders."""

    def __init__(self, folder: Path) -> None:
        self.watch, self.home, self.scratch = (
            folder / name for name in ("watch", "home", "scratch")
        )
        for made in (self.watch / "story", self.home, self.scratch):
            made.mkdir(parents=True)
        self.catalog = Catalog(f"sqlite:///{folder / 'catalog.db'}")
        SQLModel.metadata.create_all(self.catalog.engine)
        self.count = 1
        with self.catalog.writing() as session:
            session.add_all([Story(id=1, name="story", created_at=0)])
            session.add(Asset(id=1, checksum="0" * 32, item_id=1))
            session.flush()
            session.add_all([item(1, "A001.mp4", Kind.FOOTAGE), footage()])

    def settings(self, **transcript: str) -> Settings:
        return load(
            Path("/dev/null"),
            watch=[{"name": "drop", "path": str(self.watch)}],
            transcript={"model": str(self.home / "none.pt"), **transcript},
        )

    def sidecar(self, name: str, content: bytes) -> None:
        self.count += 1
        (self.watch / "story" / name).write_bytes(content)
        with self.catalog.writing() as session:
            session.add(item(self.count, name, Kind.SIDECAR))

    def script(self, *lines: str, characters: Sequence[str] = ("ANNA",)) -> None:
        self.count += 1
        with self.catalog.writing() as session:
            session.add(item(self.count, f"{self.count}.fountain", Kind.SCRIPT))
            session.flush()
            session.add_all(
                ScriptLine(
                    item_id=self.count, number=number, kind="dialogue", scene="",
                    character=characters[number % len(characters)], parenthetical="", text=text,
                    source_line=number + 1,
                )
                for number, text in enumerate(lines)
            )  # fmt: skip

    def sound(self) -> None:
        write_wav(self.home / "sound.wav", silence(1), said(QUESTION), silence(1))

    def original(self) -> Path:
        return self.watch / "story" / "A001.mp4"

    def work(self, do: Callable[[Work], Any], **transcript: str) -> Any:
        with self.catalog.reading() as session:
            dropped = session.get_one(Item, 1)
            settings = self.settings(**transcript)
            folders = (self.original(), self.scratch, self.home, self.home)
            return do(Work(dropped, *folders, settings, session))

    def run(self, **transcript: str) -> Facts:
        facts: Facts = self.work(Transcript().run, **transcript)
        return facts


def lines(facts: Facts) -> list[Line]:
    """The lines alone, without the kinds of sound."""
    return [row for row in facts.rows if isinstance(row, Line)]


@pytest.fixture
def drop(tmp_path: Path) -> Iterator[Drop]:
    made = Drop(tmp_path)
    picture = "-f lavfi -i color=s=64x36:d=1 -c:v libx264"
    command = ["ffmpeg", "-v", "error", "-y", *picture.split(), str(made.original())]
    subprocess.run(command, check=True)
    yield made
    made.catalog.close()


def test_english_speech_becomes_lines_on_frames(drop: Drop) -> None:
    drop.sound()
    facts = drop.run()
    (line,) = lines(facts)
    assert line.text == "Where were you last night?"
    assert abs(line.in_frame - 25) <= 5
    assert line.words[0][0] == "where"
    assert line.words[0][1] == line.in_frame
    assert line.words[-1][2] == line.out_frame
    assert facts.message == "1 line heard by pocketsphinx (en)"
    assert facts.engine.startswith("pocketsphinx 5")
    assert " en-us behind silero-vad " in facts.engine


def test_words_of_captions_lie_where_they_are_said(drop: Drop) -> None:
    drop.sound()
    drop.sidecar("A001.srt", SRT.format(QUESTION).encode())
    facts = drop.run()
    (line,) = lines(facts)
    (heard,) = (row for row in facts.rows if isinstance(row, SoundSpan))
    assert facts.message == "1 line from A001.srt (en)"
    assert "words timed by pocketsphinx" in facts.engine
    assert abs(line.in_frame - 25) <= 1  # of the sound; the caption stays until frame 63
    assert heard.in_frame <= line.in_frame < line.out_frame <= heard.out_frame


def test_captions_beside_the_footage_come_before_hearing(drop: Drop) -> None:
    drop.sound()
    drop.sidecar("A001.srt", SRT.format("昨晚你在哪里？").encode("gb18030"))
    facts = drop.run()
    (line,) = lines(facts)
    assert (line.text, line.language, line.confidence) == ("昨晚你在哪里？", "zh", 1.0)
    assert (line.in_frame, line.out_frame) == (25, 63)
    assert [word[0] for word in line.words] == list("昨晚你在哪里")
    told = "1 line keeps its own times, for the words are not heard there"  # they are English
    assert facts.message == f"1 line from A001.srt (zh); {told}"


def test_a_broken_caption_file_is_named_and_the_sound_is_heard(drop: Drop) -> None:
    drop.sound()
    drop.sidecar("A001.srt", b"nothing")
    facts = drop.run()
    assert facts.message.startswith("A001.srt holds no captions")
    assert facts.message.endswith("; 1 line heard by pocketsphinx (en)")
    assert len(lines(facts)) == 1


def test_a_plain_text_is_laid_over_the_speech(drop: Drop) -> None:
    drop.sound()
    drop.sidecar("A001.txt", QUESTION.encode())
    (line,) = lines(drop.run())
    assert line.text == QUESTION
    assert abs(line.in_frame - 25) <= 8
    assert line.confidence < 1


def test_captions_that_count_from_the_timecode_are_moved(drop: Drop) -> None:
    drop.sidecar("A001.srt", SRT.replace("00:00:0", "10:00:0").format("Hello.").encode())
    with drop.catalog.writing() as session:
        session.get_one(Footage, 1).start_frame = 10 * 3600 * 25
    (line,) = lines(drop.run())
    assert (line.in_frame, line.out_frame) == (25, 63)


def test_captions_count_from_the_file_and_sound_from_its_first_picture(drop: Drop) -> None:
    drop.sound()
    with drop.catalog.writing() as session:
        session.get_one(Footage, 1).picture_offset = 0.5
    (heard,) = lines(drop.run())
    drop.sidecar("A001.srt", SRT.format("Hello.").encode())
    (read,) = lines(drop.run())
    assert abs(heard.in_frame - 25) <= 5
    assert (read.in_frame, read.out_frame) == (13, 50)


def test_captions_of_a_programme_that_begins_on_the_hour_are_moved_to_it(drop: Drop) -> None:
    drop.sidecar("A001.srt", SRT.replace("00:00:0", "10:00:0").format("Hello.").encode())
    (row,) = lines(drop.run())
    assert (row.in_frame, row.out_frame) == (25, 63)


def test_captions_of_other_footage_are_refused(drop: Drop) -> None:
    drop.sidecar("A001.srt", SRT.replace("00:00:0", "10:20:0").format("Hello.").encode())
    facts = drop.run()
    assert facts.skipped
    assert "A001.srt belongs to other footage" in facts.message


def test_of_several_captions_the_language_that_is_set_is_used(drop: Drop) -> None:
    drop.sidecar("A001.zh.srt", SRT.format("你好").encode())
    drop.sidecar("A001.vtt", b"WEBVTT\n\n00:01.000 --> 00:02.000\nHello.\n")
    assert drop.run().message == "1 line from A001.vtt (en)"
    assert drop.run(language="zh").message == "1 line from A001.zh.srt (zh)"


def test_subtitles_inside_the_footage_are_read(drop: Drop) -> None:
    srt = drop.scratch / "a.srt"
    srt.write_text(SRT.format("Come in."), encoding="utf-8")
    command = (
        f"ffmpeg -v error -y -f lavfi -i color=s=64x36:d=4 -i {srt} -c:v libx264 -c:s mov_text"
    )
    subprocess.run([*command.split(), str(drop.original())], check=True)
    facts = drop.run()
    assert facts.message == "1 line from the subtitles in A001.mp4 (en)"


def test_of_several_subtitles_inside_the_whole_ones_in_the_language_set_are_read(
    drop: Drop,
) -> None:
    inputs: list[str] = []
    for number, text in enumerate(("EXIT", "Come in.", "请进。")):
        srt = drop.scratch / f"{number}.srt"
        srt.write_text(SRT.format(text), encoding="utf-8")
        inputs += ["-i", str(srt)]
    command = ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", "color=s=64x36:d=3"]
    tracks = "-map 0 -map 1 -map 2 -map 3 -c:v libx264 -c:s srt -disposition:s:0 forced"
    tags = [word for n, tag in enumerate(("eng", "eng", "chi"))
            for word in (f"-metadata:s:s:{n}", f"language={tag}")]  # fmt: skip
    target = drop.scratch / "a.mkv"
    subprocess.run([*command, *inputs, *tracks.split(), *tags, str(target)], check=True)
    target.replace(drop.original())  # ffmpeg goes by what is in a file, not by its name
    assert [line.text for line in lines(drop.run())] == ["Come in."]
    assert [line.text for line in lines(drop.run(language="zh"))] == ["请进。"]


def test_a_late_caption_file_changes_the_inputs(drop: Drop) -> None:
    before = drop.work(Transcript().inputs)
    drop.sidecar("A001.xml", b"<clip/>")
    assert drop.work(Transcript().inputs) == before
    drop.sidecar("A001.srt", SRT.format("Hello.").encode())
    assert drop.work(Transcript().inputs) != before


def test_a_script_that_comes_later_changes_the_inputs_unless_captions_are_there(
    drop: Drop,
) -> None:
    before = drop.work(Transcript().inputs)
    drop.script("I am not the butler.")
    told = drop.work(Transcript().inputs)
    drop.script("I am not the butler.", characters=("BEN",))
    assert drop.work(Transcript().inputs) != told
    assert drop.work(Transcript().inputs) != before
    assert drop.work(Transcript().inputs, script=False) == drop.work(
        Transcript().inputs, script=False
    )
    drop.sidecar("A001.srt", SRT.format("Hello.").encode())
    captioned = drop.work(Transcript().inputs)
    drop.script("The butler did it.")
    assert drop.work(Transcript().inputs) == captioned


def test_the_script_of_the_story_tells_the_recogniser_what_may_be_said(drop: Drop) -> None:
    line = "Old Zebulon Quirke never trusted the tide tables."
    write_wav(drop.home / "sound.wav", silence(1), said(line, "rms"), silence(1))
    drop.script(line, "The storm came in over the harbor.")
    (alone,) = lines(drop.run(script="false"))
    (told,) = lines(drop.run())
    assert told.text == line != alone.text


def test_lines_have_the_speakers_that_the_script_gives_them_and_voices_carry_names_on(
    drop: Drop,
) -> None:
    """Two voices; the third line is in no script, and in the voice of the first."""
    script = ("The storm came in over the harbor.", "I told them not to take the boat out tonight.")
    said_too = "Nobody in this town remembers who built it."
    parts = zip((*script, said_too), ("slt", "rms", "slt"), strict=True)
    spoken = [part for text, voice in parts for part in (said(text, voice), silence(1))]
    write_wav(drop.home / "sound.wav", silence(1), *spoken)
    drop.script(*script, characters=("ANNA", "BEN (V.O.)"))
    with drop.catalog.writing() as session:
        session.get_one(Footage, 1).frames = 1000
    facts = drop.run()
    found = lines(facts)
    assert [line.speaker for line in found] == ["ANNA", "BEN", "ANNA"]
    assert [line.speaker_by for line in found] == ["script", "script", "voice"]
    assert all(line.speaker_confidence > 0.9 for line in found)
    assert facts.message.endswith("; spoken by ANNA, BEN")
    assert "Resemblyzer" in facts.engine
    unnamed = lines(drop.run(script="false"))
    assert [line.speaker for line in unnamed] == ["Speaker 1", "Speaker 2", "Speaker 1"]
    drop.sidecar("A001.srt", SRT.format("MAYOR: Where were you?").encode())
    (captioned,) = lines(drop.run(speakers="false"))
    assert (captioned.speaker, captioned.speaker_by) == ("MAYOR", "captions")


def test_names_of_the_script_are_a_prompt_and_the_most_frequent_come_last(drop: Drop) -> None:
    told = ("We met Zebulon at Marlow Quay.", "Ask Zebulon.", "He is late.")
    drop.script(*told, characters=("BOB", "ANNA"))
    names = drop.work(names_for).split(", ")
    assert set(names[:-2]) == {"Marlow", "Quay", "Anna"}
    assert set(names[-2:]) == {"Zebulon", "Bob"}


def test_no_sound_is_nothing_to_do_and_silence_gives_no_lines(drop: Drop) -> None:
    assert drop.run() == Facts("no sound", skipped=True)
    write_wav(drop.home / "sound.wav", silence(2))
    facts = drop.run()
    assert not facts.skipped
    assert (facts.message, lines(facts)) == ("no lines heard by pocketsphinx", [])


def test_recognition_can_be_switched_off(drop: Drop) -> None:
    drop.sound()
    facts = drop.run(engine="none")
    assert facts.skipped
    assert "switched off" in facts.message


def test_chinese_without_whisper_says_what_is_missing(drop: Drop) -> None:
    drop.sound()
    facts = drop.run(language="zh")
    assert lines(facts) == []
    assert facts.message.startswith("Chinese speech needs Whisper weights")


def test_whisper_without_weights_stops_before_any_work(drop: Drop) -> None:
    drop.sidecar("A001.srt", SRT.format("Hello.").encode())
    with pytest.raises(Misconfigured, match=r"there are no Whisper weights.*none\.pt"):
        drop.run(engine="whisper")


def test_whisper_is_chosen_when_its_weights_are_there(tmp_path: Path) -> None:
    weights = tmp_path / "small.pt"
    section = load(Path("/dev/null"), transcript={"model": str(weights)}).transcript
    assert choose(section).name == "pocketsphinx"
    assert "small.pt" in choose(section).reason
    weights.touch()
    assert choose(section).name == "whisper"
    assert choose(section).weights == weights


def test_choosing_loads_no_heavy_library() -> None:
    script = (
        "import sys; from pathlib import Path; from config.settings import load;"
        "from indexers.choice import choose; choose(load(Path('/dev/null')).transcript);"
        "heavy = {'torch', 'whisper', 'faster_whisper', 'pocketsphinx'};"
        "sys.exit(bool(heavy & set(sys.modules)))"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def utterance(*times: tuple[Fraction, Fraction]) -> Utterance:
    return Utterance("x", tuple(Word("x", *time, 1.0) for time in times), "en", 1.0)


def test_a_line_lies_on_the_nearest_frames() -> None:
    ntsc = footage(rate_num=30000, rate_den=1001)
    (row,) = to_rows([utterance((Fraction(1), Fraction(2)))], ntsc, "e")
    assert (row.in_frame, row.out_frame) == (30, 60)


def test_lines_outside_of_the_picture_are_left_out_and_the_rest_is_numbered() -> None:
    lines = [utterance((Fraction(at), Fraction(at + 1))) for at in (-3, 2, 9, 12)]
    rows = to_rows(lines, footage(frames=240), "e")
    assert [(row.number, row.in_frame, row.out_frame) for row in rows] == [
        (0, 50, 75),
        (1, 225, 240),
    ]


steps = st.lists(st.fractions(0, 3, max_denominator=1000), min_size=2, max_size=30)


@given(steps, st.sampled_from([Fraction(24000, 1001), Fraction(25), Fraction(60000, 1001)]))
def test_every_span_is_inside_its_line_and_has_a_frame(
    durations: list[Fraction], rate: Fraction
) -> None:
    times = [sum(durations[:n], Fraction(0)) for n in range(len(durations) + 1)]
    lines = [utterance((a, (a + b) / 2), ((a + b) / 2, b)) for a, b in pairwise(times) if a < b]
    asset = footage(rate_num=rate.numerator, rate_den=rate.denominator, frames=500)
    for row in to_rows(lines, asset, "e"):
        assert 0 <= row.in_frame < row.out_frame <= 500
        for _, first, last in row.words:
            assert row.in_frame <= first < last <= row.out_frame
