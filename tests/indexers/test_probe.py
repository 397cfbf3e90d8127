import struct
import subprocess
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from catalog.models import Footage
from demo.footage import Recording
from indexers.probe import Probe, ask, from_card, read
from media import nrt
from media.errors import Rejected
from media.original import Original
from media.timecode import Timecode
from tests.conftest import Accept, Record

NTSC, FILM = Fraction(30000, 1001), Fraction(24000, 1001)
LINES = (("We have to leave before the river rises", "rms"),)
H264 = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p"


def probed(path: Path) -> Footage:
    return read(ask(Original(path)), path)


def start(footage: Footage) -> str:
    return str(Timecode(footage.start_frame, footage.rate, footage.drop_frame))


def remade(path: Path, target: Path, *options: str) -> Path:
    """A copy of the streams in another wrapping."""
    subprocess.run(
        ["ffmpeg", "-v", "error", "-y", "-i", f"file:{path}", *options, "-c", "copy", str(target)],
        check=True,
    )
    return target


@pytest.mark.parametrize(
    ("name", "rate", "label", "frames"),
    [
        ("a.mp4", Fraction(25), "01:00:00:00", 60),
        ("a.mov", NTSC, "10:59:58;00", 61),
        ("a.mxf", Fraction(25), "10:00:00:00", 62),
        ("b.mxf", NTSC, "09:59:59;28", 31),
        ("a.mkv", FILM, "01:00:00:00", 48),
        ("b.mov", FILM, "01:00:00:00", 47),
        ("c.mov", Fraction(50), "23:59:59:49", 75),
        ("d.mov", Fraction(60000, 1001), "00:01:00;04", 33),
        ("e.mov", Fraction(30), "00:01:00;02", 30),
        ("f.mov", NTSC, "00:01:00:00", 30),
    ],
)
def test_rate_timecode_and_length_are_exact(
    record: Record, name: str, rate: Fraction, label: str, frames: int
) -> None:
    footage = probed(record(Recording(name, rate, label, frames=frames)))
    assert (footage.rate, start(footage), footage.frames) == (rate, label, frames)
    assert footage.drop_frame == (";" in label)
    assert footage.has_timecode
    assert not footage.variable_rate
    assert footage.warnings == []
    assert (footage.width, footage.height) == (480, 270)


def test_the_stage_makes_one_row_of_the_asset(record: Record, accept: Accept) -> None:
    recording = Recording("A001_C002.mov", NTSC, "10:59:58;00", LINES, reel="A001R2XY")
    work = accept(record(recording))
    facts = Probe().run(work)
    [footage] = facts.rows
    assert isinstance(footage, Footage)
    assert footage.asset_id == work.asset_id
    assert footage.reel == "A001R2XY"
    assert (footage.video_codec, footage.audio_codec, footage.audio_channels) == (
        "prores", "pcm_s16le", 2,
    )  # fmt: skip
    assert facts.message.endswith("480×270 prores, pcm_s16le 2 ch, from 10:59:58;00")


def test_without_a_reel_the_file_name_is_the_reel(record: Record) -> None:
    assert probed(record(Recording("访谈 张三.mp4", frames=5))).reel == "访谈 张三"


def test_no_timecode_is_counted_from_zero_with_a_warning(record: Record) -> None:
    footage = probed(record(Recording("plain.mp4", frames=5)))
    assert (footage.start_frame, footage.has_timecode) == (0, False)
    assert "no timecode" in footage.warnings[0]


def test_sound_without_picture_is_counted_at_25(record: Record) -> None:
    footage = probed(record(Recording("sound.wav", frames=50)))
    assert (footage.rate, footage.frames) == (25, 50)
    assert (footage.has_picture, footage.has_sound, footage.width) == (False, True, 0)


def test_a_sound_recorders_time_reference_is_its_timecode(record: Record, tmp_path: Path) -> None:
    wav = record(Recording("sound.wav", frames=50))
    reference = f"time_reference={48000 * 3600 * 10 + 48000 // 25 * 7}"
    footage = probed(remade(wav, tmp_path / "bwf.wav", "-write_bext", "1", "-metadata", reference))
    assert start(footage) == "10:00:00:07"
    assert footage.has_timecode


def test_picture_without_sound(record: Record) -> None:
    footage = probed(record(Recording("mute.mov", frames=5, sound=False, video=H264)))
    assert (footage.has_sound, footage.audio_codec, footage.audio_channels) == (False, "", 0)


def test_cover_art_is_not_a_picture(record: Record, tmp_path: Path) -> None:
    cover = tmp_path / "cover.jpg"
    movie = record(Recording("plain.mp4", frames=5))
    subprocess.run(
        ["ffmpeg", "-v", "error", "-i", str(movie), "-frames:v", "1", str(cover)], check=True
    )
    song = record(Recording("song.m4a", frames=50))
    both = ["-i", str(cover), "-map", "0", "-map", "1", "-disposition:v:0", "attached_pic"]
    footage = probed(remade(song, tmp_path / "song.m4a", *both))
    assert (footage.has_picture, footage.has_sound, footage.frames) == (False, True, 50)


def test_interlaced_footage_is_known(record: Record) -> None:
    recording = Recording("i.mxf", start="10:00:00:00", frames=10, interlaced=True)
    assert probed(record(recording)).interlaced
    assert not probed(record(Recording("plain.mp4", frames=5))).interlaced


@pytest.mark.parametrize("turn", ["90", "270"])
def test_a_phone_held_upright_has_an_upright_picture(
    record: Record, tmp_path: Path, turn: str
) -> None:
    movie = record(Recording("plain.mp4", frames=5))
    footage = probed(remade(movie, tmp_path / "up.mp4", "-metadata:s:v", f"rotate={turn}"))
    assert (footage.width, footage.height) == (270, 480)


def test_anamorphic_pixels_are_made_square(record: Record) -> None:
    wide = f"{H264} -aspect 16:9"
    footage = probed(record(Recording("dv.mp4", size=(360, 270), frames=5, video=wide)))
    assert (footage.width, footage.height) == (480, 270)


@pytest.mark.parametrize("name", ["phone.mp4", "phone.mkv"])
def test_a_variable_rate_is_noticed_and_conformed(record: Record, name: str) -> None:
    footage = probed(record(Recording(name, frames=100, variable=True)))
    assert (footage.variable_rate, footage.rate) == (True, 25)
    assert footage.frames == 118  # 100 and two more for each of the nine pauses inside
    assert "variable frame rate" in footage.warnings[-1]


def test_millisecond_time_stamps_are_no_variable_rate(record: Record, tmp_path: Path) -> None:
    movie = record(Recording("b.mov", FILM, "01:00:00:00", frames=47))
    footage = probed(remade(movie, tmp_path / "b.mkv", "-map", "0:v", "-map", "0:a"))
    assert (footage.rate, footage.frames, footage.variable_rate) == (FILM, 47, False)


def test_a_late_picture_is_measured(record: Record, tmp_path: Path) -> None:
    movie = record(Recording("late.mkv", frames=50))
    late = ["-itsoffset", "0.52", "-i", str(movie), "-map", "1:v", "-map", "0:a"]
    footage = probed(remade(movie, tmp_path / "late.mkv", *late))
    assert footage.picture_offset == pytest.approx(0.52, abs=0.002)
    assert footage.frames == 50


def test_the_channels_of_all_streams_are_counted(record: Record, tmp_path: Path) -> None:
    movie = record(Recording("mono.mov", frames=25, channels=1))
    four = ["-map", "0:v", "-map", "0:a", "-map", "0:a", "-map", "0:a", "-map", "0:a"]
    assert probed(remade(movie, tmp_path / "four.mov", *four)).audio_channels == 4


def answer(**video: Any) -> dict[str, Any]:
    stream = {
        "index": 0, "codec_type": "video", "codec_name": "h264", "width": 1920, "height": 1080,
        "r_frame_rate": "50/1", "avg_frame_rate": "50/1", "time_base": "1/50",
        "duration_ts": 100, "nb_frames": "100",
    } | video  # fmt: skip
    return {"streams": [stream], "format": {"format_name": "mov,mp4"}}


@pytest.mark.parametrize(
    ("rate", "counted", "expected"),
    [(Fraction(25), "25", "10:53:05:12"), (Fraction(50), "25", "10:53:05:24")],
)
def test_a_sony_cameras_xml_beside_its_clip_has_its_timecode(
    record: Record, tmp_path: Path, rate: Fraction, counted: str, expected: str
) -> None:
    clip = tmp_path / "C0001.MP4"
    clip.symlink_to(record(Recording("a.mp4", rate, frames=30)))
    clip.with_name("C0001.XML").write_text("<tt/>")  # captions, say
    clip.with_name("C0001M01.XML").write_text(
        '<NonRealTimeMeta xmlns="urn:schemas-professionalDisc:nonRealTimeMeta:ver.2.00">'
        f'<LtcChangeTable tcFps="{counted}" halfStep="false">'
        '<LtcChange frameCount="0" value="12055310" status="increment"/></LtcChangeTable>'
        "</NonRealTimeMeta>"
    )
    footage = from_card(probed(clip), nrt.beside(clip), clip)
    assert (start(footage), footage.has_timecode, footage.warnings) == (expected, True, [])
    clip.with_name("C0001M01.XML").unlink()
    assert nrt.beside(clip) == {}


def test_timecode_that_counts_at_half_the_rate_is_doubled() -> None:
    found = answer()
    found["streams"].append(
        {
            "codec_type": "data", "codec_tag_string": "tmcd", "avg_frame_rate": "25/1",
            "tags": {"timecode": "01:00:00:24"},
        }
    )  # fmt: skip
    assert start(read(found, Path("a.mov"))) == "01:00:00:48"


def test_timecode_of_the_track_goes_before_that_of_the_container() -> None:
    found = answer(tags={"timecode": "02:00:00:00"})
    found["format"]["tags"] = {"TIMECODE": "03:00:00:00"}
    assert start(read(found, Path("a.mov"))) == "02:00:00:00"


@pytest.mark.parametrize("label", ["25:61:00:00", "hello", "10:00:00:77", "00:00:00"])
def test_malformed_timecode_is_a_warning(label: str) -> None:
    found = answer(tags={"timecode": label})
    footage = read(found, Path("a.mov"))
    assert (footage.start_frame, footage.has_timecode) == (0, False)
    assert label in footage.warnings[0]
    found["format"]["tags"] = {"timecode": "03:00:00:00"}
    assert start(read(found, Path("a.mov"))) == "03:00:00:00"


def test_a_semicolon_at_25_is_not_drop_frame() -> None:
    footage = read(answer(tags={"timecode": "10:00:00;00"}), Path("a.mov"))
    assert (start(footage), footage.drop_frame) == ("10:00:00:00", False)


def listed(rate: Fraction, count: int, base: int, gap_at: int = -1) -> list[dict[str, Any]]:
    """Packets at a rate with timestamps in 1/`base` s, and a join of 0.7 s before `gap_at`."""
    late = Fraction(7, 10)
    return [
        {"pts": round((n / rate + (late if 0 <= gap_at <= n else 0)) * base), "flags": "K_"}
        for n in range(count)
    ]


@pytest.mark.parametrize("rate", [FILM, Fraction(24), Fraction(25), NTSC, Fraction(30)])
def test_neither_of_ffprobes_rates_is_believed(rate: Fraction) -> None:
    found = answer(r_frame_rate="1000000/1", avg_frame_rate="29965/1000", time_base="1/1000")
    footage = read(found | {"packets": listed(rate, 100, 1000)}, Path("a.mov"))
    assert (footage.rate, footage.frames, footage.variable_rate) == (rate, 100, False)


def test_one_irregular_join_does_not_average_the_rate() -> None:
    found = answer(r_frame_rate="30/1", avg_frame_rate="29965/1000", time_base="1/600")
    footage = read(found | {"packets": listed(Fraction(30), 300, 600, 150)}, Path("a.mov"))
    assert (footage.rate, footage.variable_rate) == (30, True)
    assert footage.frames == 300 + 21


def test_parts_of_different_rates_are_called_mixed() -> None:
    found = answer(r_frame_rate="50/1", avg_frame_rate="3000/100", time_base="1/600")
    slow = listed(Fraction(25), 100, 600)
    fast = [{"pts": 2400 + n * 12, "flags": "K_"} for n in range(60)]
    footage = read(found | {"packets": slow + fast}, Path("a.mov"))
    assert (footage.rate, footage.variable_rate) == (25, True)
    assert footage.warnings[-1].startswith("mixed frame rates (25, 50 fps): the proxy is conformed")


def test_frames_that_an_edit_list_hides_do_not_count() -> None:
    found = answer(r_frame_rate="25/1", avg_frame_rate="25/1", time_base="1/1000")
    packets = listed(Fraction(25), 50, 1000)
    for packet in packets[:10]:
        packet["flags"] = "KD"
    assert read(found | {"packets": packets}, Path("a.mov")).frames == 40


def test_packets_of_single_fields_are_half_frames() -> None:
    """AVCHD at 1080i may hold one field a packet."""
    found = answer(r_frame_rate="50/1", avg_frame_rate="25/1", time_base="1/90000")
    found["streams"][0]["field_order"] = "tt"
    footage = read(found | {"packets": listed(Fraction(50), 100, 90000)}, Path("00001.MTS"))
    assert (footage.rate, footage.frames) == (25, 50)


def test_missing_presentation_times_are_no_missing_frames() -> None:
    """A program stream leaves some out; decoding times run one frame ahead."""
    found = answer(r_frame_rate="25/1", avg_frame_rate="0/0", time_base="1/90000")
    packets = [{"pts": n * 3600 + 48600, "dts": n * 3600 + 45000, "flags": "K_"} for n in range(9)]
    del packets[5]["pts"]
    footage = read(found | {"packets": packets}, Path("a.mpg"))
    assert (footage.rate, footage.frames, footage.variable_rate) == (25, 9, False)
    assert footage.picture_offset == pytest.approx(0.54)


def test_one_crooked_time_stamp_is_no_variable_rate() -> None:
    """Fragmented MP4s of ffmpeg begin with a frame of one and a half times the length."""
    found = answer(r_frame_rate="25/1", avg_frame_rate="1152000/46217", time_base="1/12800")
    packets = [{"pts": n * 512 + (274 if n else 0), "flags": "K_"} for n in range(180)]
    footage = read(found | {"packets": packets}, Path("frag.mp4"))
    assert (footage.rate, footage.frames, footage.variable_rate) == (25, 180, False)


def test_frames_before_the_first_key_frame_do_not_count() -> None:
    found = answer(r_frame_rate="25/1", avg_frame_rate="0/0", time_base="1/90000")
    packets = listed(Fraction(25), 50, 90000)
    for packet in packets[:7]:
        packet["flags"] = "__"
    assert read(found | {"packets": packets}, Path("cut.ts")).frames == 43


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.mp4", b""),
        ("text.mp4", "只是一些文字 just some words\n".encode() * 200),
        ("noise.mov", bytes(n * 7919 % 251 for n in range(20_000))),
        ("words.srt", b"1\n00:00:01,000 --> 00:00:02,000\nHello\n"),
    ],
)
def test_what_is_not_footage_is_rejected(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(Rejected, match=rf"^{name} .*check the copy"):
        probed(path)


def test_half_a_movie_is_rejected(record: Record, tmp_path: Path) -> None:
    whole = record(Recording("plain.mp4", frames=5)).read_bytes()
    path = tmp_path / "half.mp4"
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(Rejected, match=r"^half\.mp4 .*check the copy"):
        probed(path)


def test_a_drawing_is_not_footage(tmp_path: Path) -> None:
    path = tmp_path / "a.gif"
    subprocess.run(
        ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "color", "-frames:v", "1", str(path)],
        check=True,
    )
    with pytest.raises(Rejected, match="is a drawing, not footage"):
        probed(path)


def _red(magic: bytes) -> bytes:
    """The first part of an R3D, as cameras lay it out, and some of its pictures."""
    head = bytes([2, 0, 0, 0]) + struct.pack(">II32xIIHHHB", 25000, 1, 4096, 2160, 0, 25, 1, 0)
    part = magic + head + b"A001_C001_0101AB_001.R3D".ljust(257, b"\0")
    part = struct.pack(">I", len(part) + 4) + part
    return part + bytes(-len(part) % 4) + (struct.pack(">I", 4096) + b"REDV" + bytes(4088)) * 20


@pytest.mark.parametrize("magic", [b"RED1", b"RED2"])
@pytest.mark.parametrize("name", ["A001_C001_0101AB_001.R3D", "renamed.mov"])
def test_red_raw_is_refused_with_what_to_drop_instead(
    accept: Accept, tmp_path: Path, magic: bytes, name: str
) -> None:
    (tmp_path / name).write_bytes(_red(magic))
    with pytest.raises(Rejected, match=r"is RED raw, which ffmpeg can't decode: drop a transcode"):
        Probe().run(accept(tmp_path / name))


@pytest.mark.parametrize(("tag", "name"), [(b"brst", "A001.braw"), (b"brvn", "renamed.mov")])
def test_blackmagic_raw_is_refused_though_its_sound_could_be_heard(
    accept: Accept, record: Record, tmp_path: Path, tag: bytes, name: str
) -> None:
    made = record(Recording("plain.mov", frames=5)).read_bytes()
    assert b"apco" in made  # its sample entry: a BRAW is QuickTime with another one
    (tmp_path / name).write_bytes(made.replace(b"apco", tag))
    with pytest.raises(Rejected, match=r"Blackmagic .*, which ffmpeg can't decode: drop a transco"):
        Probe().run(accept(tmp_path / name))


def test_a_picture_that_nobody_can_decode_is_told(record: Record, tmp_path: Path) -> None:
    made = record(Recording("plain.mov", frames=5)).read_bytes()
    path = tmp_path / "a.mov"
    path.write_bytes(made.replace(b"apco", b"xq7z"))
    footage = probed(path)
    assert (footage.has_picture, footage.has_sound) == (False, True)
    assert "can't decode its picture (xq7z)" in footage.warnings[-1]


def test_the_recorders_names_of_channels_scene_and_take_are_shown(
    accept: Accept, record: Record, tmp_path: Path
) -> None:
    xml = (
        b"<BWFXML><SCENE>12A</SCENE><TAKE>3</TAKE><TRACK_LIST><TRACK><NAME>Boom</NAME></TRACK>"
        b"<TRACK><NAME>Lav</NAME></TRACK></TRACK_LIST></BWFXML> "
    )
    path = tmp_path / "12A_3.wav"
    sound = record(Recording("plain.wav", frames=25)).read_bytes()
    path.write_bytes(sound + b"iXML" + struct.pack("<I", len(xml)) + xml + bytes(len(xml) % 2))
    facts = Probe().run(accept(path))
    assert "pcm_s16le 2 ch (Boom, Lav), scene 12A, take 3" in facts.message
