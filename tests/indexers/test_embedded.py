"""Captions inside of the footage, as subtitle streams and in the picture's own data."""

from dataclasses import replace
from pathlib import Path

from indexers import embedded
from indexers.engines import captions
from tests.conftest import Accept
from tests.indexers import line21, teletext
from tests.indexers.scanned import Scanning, remade


def texts(found: embedded.Inside | None) -> list[str]:
    assert found is not None
    return [line.text for line in captions.read_timed(found.path, found.language)]


def test_captions_in_the_picture_come_through_the_one_pass_and_are_read(
    scanned: Scanning, tmp_path: Path
) -> None:
    folder = tmp_path / "it's: [new], 新"
    folder.mkdir()
    sent = {2: line21.popped("GOOD EVENING BOSTON."), 50: line21.popped(">> WHO IS IT?"),
            80: line21.ERASE}  # fmt: skip
    made = scanned(line21.captioned(folder / "A001.mp4", sent, None))
    work = replace(made.work, home=made.proxy.parent)
    found = embedded.in_picture(work)
    assert texts(found) == ["GOOD EVENING BOSTON.", "WHO IS IT?"]
    assert found is not None
    first, second = captions.read_timed(found.path)
    assert 0.5 < float(first.start) < 1.5 < float(second.start) < 2.7


def test_live_captions_that_roll_up_come_once(scanned: Scanning, tmp_path: Path) -> None:
    rows = {2: "THE STORM CAME", 20: "OVER THE HARBOR", 40: "JUST NOW.", 60: "NOBODY KNEW."}
    sent = {at: line21.rolled(row) for at, row in rows.items()} | {85: line21.ERASE}
    made = scanned(line21.captioned(tmp_path / "A001.mp4", sent, None))
    work = replace(made.work, home=made.proxy.parent)
    assert " ".join(texts(embedded.in_picture(work))) == (
        "THE STORM CAME OVER THE HARBOR JUST NOW. NOBODY KNEW."
    )


def test_a_picture_without_captions_has_none(scanned: Scanning, tmp_path: Path) -> None:
    empty = scanned(line21.captioned(tmp_path / "A001.mp4", {}, None))  # padding is no caption
    troubles: list[str] = []
    assert embedded.inside(replace(empty.work, home=empty.proxy.parent), troubles) is None
    assert troubles == []


def test_captions_that_are_cea_708_alone_are_told(scanned: Scanning, tmp_path: Path) -> None:
    kind, sent = line21.DIGITAL, {10: [(0x42, 0x21), (0x48, 0x69)]}
    made = scanned(line21.captioned(tmp_path / "A001.mp4", sent, None, kind))
    troubles: list[str] = []
    assert embedded.inside(replace(made.work, home=made.proxy.parent), troubles) is None
    assert troubles == [
        "CEA-708 captions in A001.mp4 can't be read: for captions drop an .srt of the same name "
        "beside it"
    ]


def test_a_caption_track_of_quicktime_is_read(accept: Accept, tmp_path: Path) -> None:
    code = tmp_path / "a.scc"
    sent = {"00:00:01:00": line21.popped("Good evening."), "00:00:02:00": line21.ERASE}
    code.write_bytes(line21.scenarist(sent))
    path = tmp_path / "A001.mov"
    picture = ["-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=3"]
    remade([*picture, "-i", str(code), "-c:v", "mpeg4", "-c:s", "copy"], path)
    assert texts(embedded.inside(accept(path), [])) == ["Good evening."]


def test_teletext_is_read_from_the_page_of_the_language_that_is_set(
    accept: Accept, tmp_path: Path
) -> None:
    english = {0.5: "GOOD EVENING BOSTON.", 2: "", 2.5: ">> WHO IS IT?", 4: ""}
    path = teletext.subtitled(
        tmp_path / "A001.ts", {0x888: english, 0x889: {1: "Bonsoir.", 2: ""}}, "engfre"
    )
    work = accept(path)
    found = embedded.inside(work, [])
    assert texts(found) == ["GOOD EVENING BOSTON.", "WHO IS IT?"]
    assert found is not None
    assert (found.language, found.shown) == ("en", True)
    first, second = captions.read_timed(found.path)
    # A receiver goes by the clock of the programme, which runs ahead of the picture.
    assert -0.8 < float(first.start) - 0.5 < 0.3
    assert 1.8 < float(second.start - first.start) < 2.2
    french = work.settings.transcript.model_copy(update={"language": "fr"})
    settings = work.settings.model_copy(update={"transcript": french})
    found = embedded.inside(replace(work, settings=settings), [])
    assert texts(found) == ["Bonsoir."]
    assert found is not None
    assert found.language == "fr"


def test_teletext_without_subtitles_is_none(accept: Accept, tmp_path: Path) -> None:
    path = teletext.subtitled(tmp_path / "A001.ts", {0x888: {1: ""}}, "eng")
    troubles: list[str] = []
    assert embedded.inside(accept(path), troubles) is None
    assert troubles == []
