"""What sound recorders write into their files."""

import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media import ixml

XML = """<?xml version="1.0" encoding="UTF-8"?>
<BWFXML><IXML_VERSION>3.0</IXML_VERSION><SCENE>12A</SCENE><TAKE>3</TAKE>
<TRACK_LIST><TRACK_COUNT>3</TRACK_COUNT>
<TRACK><CHANNEL_INDEX>4</CHANNEL_INDEX><INTERLEAVE_INDEX>2</INTERLEAVE_INDEX><NAME>Lav 安娜</NAME></TRACK>
<TRACK><CHANNEL_INDEX>1</CHANNEL_INDEX><INTERLEAVE_INDEX>1</INTERLEAVE_INDEX><NAME>Boom</NAME></TRACK>
<TRACK><CHANNEL_INDEX>5</CHANNEL_INDEX><INTERLEAVE_INDEX>3</INTERLEAVE_INDEX><NAME/></TRACK>
</TRACK_LIST></BWFXML>"""  # noqa: E501
FOUND = {"scene": "12A", "take": "3", "channels": "Boom, Lav 安娜, ?"}


def chunk(name: bytes, data: bytes, size: int | None = None) -> bytes:
    length = len(data) if size is None else size
    return name + struct.pack("<I", length) + data + bytes(len(data) % 2)


def wave(*chunks: bytes, magic: bytes = b"RIFF") -> bytes:
    body = b"WAVE" + b"".join(chunks)
    return magic + struct.pack("<I", len(body)) + body


@pytest.mark.parametrize("end", [b"", b"\0" * 5])
def test_tracks_are_named_in_the_order_of_the_channels(tmp_path: Path, end: bytes) -> None:
    path, said = tmp_path / "a.wav", chunk(b"iXML", XML.encode() + end)
    samples = chunk(b"data", bytes(1001))
    for content in (wave(said, samples), wave(samples, said)):
        path.write_bytes(content)
        assert ixml.read(path) == FOUND


def test_it_is_found_behind_more_samples_than_a_riff_can_count(tmp_path: Path) -> None:
    sizes = chunk(b"ds64", struct.pack("<QQQI", 0, 1001, 0, 0))
    samples = chunk(b"data", bytes(1001), size=0xFFFFFFFF)
    path = tmp_path / "a.wav"
    path.write_bytes(wave(sizes, samples, chunk(b"iXML", XML.encode()), magic=b"RF64"))
    assert ixml.read(path) == FOUND


@given(cut=st.integers(0, 1000), flip=st.integers(0, 1000))
def test_what_is_damaged_says_nothing_or_less(
    tmp_path_factory: pytest.TempPathFactory, cut: int, flip: int
) -> None:
    whole = bytearray(wave(chunk(b"iXML", XML.encode()), chunk(b"data", bytes(20))))
    whole[flip % len(whole)] ^= 0x55
    path = tmp_path_factory.mktemp("damaged") / "a.wav"
    path.write_bytes(whole[:cut])
    assert set(ixml.read(path)) <= set(FOUND)
