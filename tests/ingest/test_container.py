import os
import struct
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.container import certain, missing

_PICTURE = ["-f", "lavfi", "-i", "testsrc2=s=64x64:r=25:d=1"]
_SOUND = ["-f", "lavfi", "-i", "sine=d=1:r=48000"]
_H264 = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]
_PCM = ["-c:a", "pcm_s16le"]
_WAYS = {
    "end.mp4": [*_PICTURE, *_SOUND, *_H264, "-c:a", "aac"],
    "start.mp4": [*_PICTURE, *_SOUND, *_H264, "-c:a", "aac", "-movflags", "+faststart"],
    "a.mov": [*_PICTURE, *_SOUND, "-c:v", "prores", *_PCM],
    "a.mxf": [*_PICTURE, *_SOUND, "-c:v", "mpeg2video", *_PCM],
    "a.wav": [*_SOUND, *_PCM],
    "rf64.wav": [*_SOUND, *_PCM, "-rf64", "always"],
    "a.aiff": [*_SOUND, "-c:a", "pcm_s16be"],
    "a.avi": [*_PICTURE, *_SOUND, "-c:v", "mpeg4", *_PCM],
    "a.mkv": [*_PICTURE, *_SOUND, *_H264, "-c:a", "flac"],
}
_WHOLE: dict[str, bytes] = {}


def encode(target: Path, options: list[str]) -> bytes:
    command = ["ffmpeg", "-v", "error", "-nostdin", "-y", *options, f"file:{target}"]
    subprocess.run(command, check=True)
    return target.read_bytes()


def whole(name: str) -> bytes:
    assert name in _WHOLE, "the fixture makes them"
    return _WHOLE[name]


@pytest.fixture(scope="module", autouse=True)
def _containers(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("containers")
    for name, options in _WAYS.items():
        _WHOLE[name] = encode(folder / name, options)


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("scratch")


@pytest.mark.parametrize("name", _WAYS)
def test_a_whole_file_lacks_nothing(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(whole(name))
    assert missing(tmp_path / name) == ""


@pytest.mark.parametrize("name", _WAYS)
@settings(max_examples=25, deadline=None)
@given(part=st.floats(0, 1, exclude_max=True))
def test_every_beginning_of_a_file_lacks_something(name: str, scratch: Path, part: float) -> None:
    data = whole(name)
    length = max(16, int(len(data) * part))
    # Shorter ones are left to ffprobe. An MXF may lawfully end before its random index pack.
    if name == "a.mxf" and length == len(data) - int.from_bytes(data[-4:], "big"):
        length += 1
    (scratch / name).write_bytes(data[:length])
    assert missing(scratch / name)


@pytest.mark.parametrize("name", _WAYS)
@pytest.mark.parametrize("lacking", [1, 2, 7, 8, 100])
def test_the_last_bytes_are_missed_too(name: str, lacking: int, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(whole(name)[:-lacking])
    assert missing(tmp_path / name)


@pytest.mark.parametrize("name", ["end.mp4", "a.wav", "a.mxf", "a.mkv"])
@pytest.mark.parametrize("length", [1, 4, 12])
def test_a_few_bytes_are_not_a_file_yet(name: str, length: int, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(whole(name)[:length])
    assert missing(tmp_path / name)


@pytest.mark.parametrize("name", _WAYS)
def test_a_whole_file_that_says_how_long_it_is_is_certain(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(whole(name))
    assert certain(tmp_path / name)


def test_what_may_be_the_beginning_of_more_is_not_certain(tmp_path: Path) -> None:
    live = encode(tmp_path / "live.mkv", [*_PICTURE, *_H264, "-live", "1"])
    parts = ["-movflags", "frag_keyframe+empty_moov"]
    fragments = encode(tmp_path / "fragments.mp4", [*_PICTURE, *_H264, *parts])
    assert live
    assert fragments
    (tmp_path / "script.txt").write_bytes(b"INT. HOUSE - DAY")
    for name in ("live.mkv", "fragments.mp4", "script.txt"):
        assert not certain(tmp_path / name)


def test_a_hole_in_the_middle_is_not_certain(tmp_path: Path) -> None:
    block = 1 << 16
    data = b"RIFF" + (4 * block).to_bytes(4, "little") + b"WAVE" + b"x" * (4 * block - 4)
    path = tmp_path / "a.wav"
    with path.open("wb") as file:  # as an NFS server writes it that gets the end first
        file.write(data[:block])
        file.seek(3 * block)
        file.write(data[3 * block :])
    assert missing(path) == ""
    assert not certain(path)
    path.write_bytes(data)
    assert certain(path)


def test_an_empty_file_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.mov").touch()
    assert missing(tmp_path / "a.mov") == "it is empty"


def test_a_missing_index_and_missing_bytes_are_told_apart(tmp_path: Path) -> None:
    data = whole("end.mp4")
    (tmp_path / "a.mp4").write_bytes(data[: data.index(b"moov") - 4])
    assert missing(tmp_path / "a.mp4") == "its index (moov) is still missing"
    (tmp_path / "a.mp4").write_bytes(data[:-10])
    assert missing(tmp_path / "a.mp4") == "10 bytes of it are still missing"


@pytest.mark.parametrize("name", ["end.mp4", "a.mov", "a.mxf"])
def test_a_size_reserved_with_zeros_deceives_nobody(name: str, tmp_path: Path) -> None:
    data = whole(name)
    (tmp_path / name).write_bytes(data[: len(data) // 2].ljust(len(data), b"\0"))
    assert missing(tmp_path / name)
    (tmp_path / name).write_bytes(bytes(len(data)))
    assert missing(tmp_path / name)


@pytest.mark.parametrize("name", ["start.mp4", "a.wav", "a.avi", "a.mkv"])
def test_a_size_reserved_without_writing_is_seen_by_its_hole(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    with path.open("wb") as file:
        file.write(whole(name)[: len(whole(name)) // 2])
        file.truncate(len(whole(name)))
        os.fsync(file.fileno())
    if path.stat().st_blocks * 512 >= path.stat().st_size:
        pytest.skip("this file system has no holes of this size")
    assert missing(path) == "its end is not written yet"


def test_digital_silence_at_the_end_is_no_hole(tmp_path: Path) -> None:
    silence = ["-f", "lavfi", "-i", "anullsrc=r=48000:d=2", *_PCM]
    encode(tmp_path / "silence.wav", silence)
    assert missing(tmp_path / "silence.wav") == ""


def test_the_first_bytes_count_and_not_the_suffix(tmp_path: Path) -> None:
    (tmp_path / "a.dat").write_bytes(whole("end.mp4")[:-1])
    assert missing(tmp_path / "a.dat") == "1 bytes of it are still missing"


def test_a_recorder_that_has_not_written_the_length_yet_is_waited_for(tmp_path: Path) -> None:
    data = bytearray(whole("a.wav"))
    data[4:8] = b"\xff\xff\xff\xff"
    (tmp_path / "a.wav").write_bytes(data)
    assert missing(tmp_path / "a.wav") == "its length is not written yet"


def test_every_part_of_a_long_avi_must_be_there(tmp_path: Path) -> None:
    second = b"RIFF" + struct.pack("<I", 104) + b"AVIX" + bytes(100)
    data = whole("a.avi") + second
    (tmp_path / "a.avi").write_bytes(data)
    assert missing(tmp_path / "a.avi") == ""
    (tmp_path / "a.avi").write_bytes(data[:-5])
    assert missing(tmp_path / "a.avi") == "5 bytes of it are still missing"


def test_a_trailer_after_the_last_box_is_allowed(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(whole("end.mp4") + b"\x00\x00\x01\x22\x8d\xb4\x2d\x69" * 9)
    assert missing(tmp_path / "a.mp4") == ""


def test_an_mxf_without_a_random_index_pack_ends_with_its_footer(tmp_path: Path) -> None:
    data = whole("a.mxf")
    pack = int.from_bytes(data[-4:], "big")
    (tmp_path / "a.mxf").write_bytes(data[:-pack])
    assert missing(tmp_path / "a.mxf") == ""


def test_an_open_mxf_lacks_its_footer(tmp_path: Path) -> None:
    data = bytearray(whole("a.mxf"))
    place = data.rindex(bytes.fromhex("060e2b34020501010d0102010104"))
    (tmp_path / "a.mxf").write_bytes(data[:place])
    assert missing(tmp_path / "a.mxf") == "its footer is still missing"


def test_a_live_matroska_that_knows_no_length_is_left_to_the_clock(tmp_path: Path) -> None:
    encode(tmp_path / "a.mkv", [*_PICTURE, *_H264, "-live", "1"])
    assert missing(tmp_path / "a.mkv") == ""


def test_what_has_no_structure_must_open_in_ffprobe(tmp_path: Path) -> None:
    encode(tmp_path / "a.ts", [*_PICTURE, *_H264])
    assert missing(tmp_path / "a.ts") == ""
    (tmp_path / "b.ts").write_bytes(bytes(5000))
    assert missing(tmp_path / "b.ts") == "ffprobe can't open it"


@settings(max_examples=60, deadline=None)
@given(
    head=st.sampled_from(
        [b"\0\0\0\x18ftyp", b"RIFF", b"RF64", b"\x1a\x45\xdf\xa3",
         bytes.fromhex("060e2b34020501010d01020101020400")]
    ),
    rest=st.binary(max_size=300),
)  # fmt: skip
def test_damage_is_a_sentence_and_never_a_crash(head: bytes, rest: bytes, scratch: Path) -> None:
    (scratch / "damaged").write_bytes(head + rest)
    assert isinstance(missing(scratch / "damaged"), str)
