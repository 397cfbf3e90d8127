"""Captions inside of the footage, as subtitle streams and in the picture's own data."""

from dataclasses import replace
from pathlib import Path

import pysubs2

from indexers import embedded
from indexers.engines import captions
from tests.indexers import line21
from tests.indexers.scanned import Scanning


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
    assert embedded.in_picture(replace(empty.work, home=empty.proxy.parent)) is None


def test_rows_that_stood_there_before_are_left_out() -> None:
    shown = [pysubs2.SSAEvent(0, 1, text) for text in
             ("One", r"One\NTwo", r"Two\NThree", r"Three\NThree", "Four")]  # fmt: skip
    assert [event.text for event in embedded.unrolled(shown)] == [
        "One", "Two", "Three", "Three", "Four",
    ]  # fmt: skip
