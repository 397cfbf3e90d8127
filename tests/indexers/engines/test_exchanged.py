"""Scenarist SCC and EBU STL, written here byte by byte."""

import struct
from fractions import Fraction
from pathlib import Path

import pysubs2
import pytest

from indexers.engines.captions import read_timed
from indexers.engines.exchanged import unrolled
from media.errors import Rejected
from tests.indexers import line21

_GSI = "3s8sc2s2s32s32s32s32s32s32s16s6s6s2s5s5s3s2s2s1s8s8s1s1s3s32s32s32s75x576s"


def stl(language: bytes, *shown: tuple[tuple[int, ...], tuple[int, ...], bytes]) -> bytes:
    """`shown`: timecodes at 25 fps from and to, and the bytes of the text field."""
    names = [b""] * 6
    head = struct.pack(
        _GSI, b"850", b"STL25.01", b"1", b"00", language, *names, b"", b"", b"", b"01",
        b"00001", b"00001", b"001", b"40", b"23", b"1", b"10000000", b"10000000", b"1", b"1",
        b"", b"", b"", b"", b"",
    )  # fmt: skip
    blocks = [
        struct.pack("<BHBB4B4BBBB112s", 0, at, 0xFF, 0, *start, *end, 20, 2, 0,
                    text.ljust(112, b"\x8f"))
        for at, (start, end, text) in enumerate(shown)
    ]  # fmt: skip
    return head + b"".join(blocks)


def test_scc_is_read_with_its_timecodes(tmp_path: Path) -> None:
    path = tmp_path / "A001.scc"
    sent = {
        "01:00:01:00": line21.popped("MAYOR: Good evening."),
        "01:00:03:00": line21.popped("Who is it?"),
        "01:00:05:00": line21.ERASE,
    }
    path.write_bytes(line21.scenarist(sent))
    first, second = read_timed(path)
    assert (first.speaker, first.text, second.text) == ("MAYOR", "Good evening.", "Who is it?")
    shown = float(first.start) / 1.001  # by a clock: the timecode counts 30 frames as a second
    assert 3601 < shown < 3602.5 < float(second.start) / 1.001 < 3604.5
    assert first.language == "en"


def test_rows_of_scc_that_roll_up_come_once(tmp_path: Path) -> None:
    rows = ("THE STORM CAME", "OVER THE HARBOR", "JUST NOW.")
    sent = {f"00:00:0{2 * at}:00": line21.rolled(row) for at, row in enumerate(rows)}
    path = tmp_path / "A001.scc"
    path.write_bytes(line21.scenarist(sent | {"00:00:08:00": line21.ERASE}))
    assert [line.text for line in read_timed(path)] == list(rows)


def test_ebu_stl_is_read_and_says_its_language(tmp_path: Path) -> None:
    path = tmp_path / "A001.stl"
    double = b"\x0d\x0b\x0b"  # double height, boxed: control codes of teletext
    path.write_bytes(
        stl(
            b"0F",
            ((10, 0, 1, 0), (10, 0, 2, 12), double + b"Les \xc2et\xc2es\x8a" + double + b"d'or."),
            ((10, 0, 3, 0), (10, 0, 4, 0), b"Bonsoir."),
        )
    )
    first, second = read_timed(path)
    assert (first.text, second.text) == ("Les étés d'or.", "Bonsoir.")
    assert (first.start, first.end) == (36001, 36002 + Fraction(12, 25))
    assert {first.language, second.language} == {"fr"}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.scc", b"what is this"),
        ("a.scc", b""),
        ("a.stl", b"solid cube\nfacet normal 0 0 0"),  # of a 3-D printer
        ("a.stl", stl(b"09", ((10, 0, 1, 0), (10, 0, 2, 0), b"Good evening."))[:1100]),
        ("a.stl", stl(b"09")),
    ],
)
def test_what_is_neither_is_rejected_by_name(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(Rejected, match=rf"{name} (is no|is damaged|holds no captions)"):
        read_timed(path)


def test_rows_that_stood_there_before_are_left_out() -> None:
    shown = [pysubs2.SSAEvent(0, 1, text) for text in
             ("One", r"One\NTwo", r"Two\NThree", r"Three\NThree", "Four")]  # fmt: skip
    assert [event.text for event in unrolled(shown)] == ["One", "Two", "Three", "Three", "Four"]
