import subprocess
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from catalog import models
from catalog.models import Footage, Quality, Shot
from config.settings import load
from demo.footage import BLACK, STILL, Recording, frame_numbers
from indexers import measures
from indexers.pictures.keyframes import best
from indexers.probe import Probe
from indexers.scan import Scan
from media import ffmpeg
from media.errors import Rejected, TryLater
from tests.conftest import Accept, Keep, Record
from tests.indexers.scanned import Scanning, remade

NTSC, FILM = Fraction(30000, 1001), Fraction(24000, 1001)
LINE = (("We have to leave before the river rises", "slt"),)
H264 = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p"


@pytest.mark.parametrize(
    "recording",
    [
        Recording("25p.mp4", start="01:00:00:00", lines=LINE),
        Recording("29.97 drop.mov", NTSC, "10:59:58;00", LINE),
        Recording("dnx.mxf", NTSC, "00:59:59;28", frames=61, video=(
            "-c:v dnxhd -profile:v dnxhr_lb -pix_fmt yuv422p")),
        Recording("long gop.mxf", start="10:00:00:00", frames=77),
        Recording("film.mkv", FILM, "01:00:00:00", frames=77),
        Recording("fast.mov", Fraction(60000, 1001), "23:59:59;00", frames=121, video=H264),
        Recording("slow.mp4", Fraction(15), frames=31),
        Recording("mute.mov", Fraction(50), "10:00:00:49", frames=51, sound=False, video=H264),
        Recording("1080i.mxf", start="10:00:00:00", frames=26, size=(1920, 1080), interlaced=True),
        Recording("576i.mxf", start="10:00:00:00", frames=26, size=(720, 576), interlaced=True),
        Recording("现场 录音😀.mp4", frames=26),
        Recording("a:b's [50%d],1;2.mp4", frames=26),
        Recording("-x.mp4", frames=26),
    ],
    ids=lambda recording: recording.name,
)  # fmt: skip
def test_proxy_frame_n_is_source_frame_n(
    record: Record, scanned: Scanning, recording: Recording
) -> None:
    result = scanned(record(recording))
    frames = frame_numbers(record(recording))
    assert frames == list(range(len(frames)))
    assert frame_numbers(result.proxy) == frames
    streams = ffmpeg.probe(result.proxy)["streams"]
    video = streams[0]
    assert Fraction(video["avg_frame_rate"]) == recording.rate
    assert Fraction(video["r_frame_rate"]) == recording.rate
    assert (video["start_time"], video["nb_frames"]) == ("0.000000", str(len(frames)))
    assert (video["profile"], video["pix_fmt"], video["field_order"]) == (
        "High", "yuv420p", "progressive",
    )  # fmt: skip
    labels = [s["tags"]["timecode"] for s in streams if s["codec_tag_string"] == "tmcd"]
    assert labels == ([recording.start] if recording.start else [])


def test_the_proxy_can_be_played_before_it_is_whole(record: Record, scanned: Scanning) -> None:
    result = scanned(record(Recording("25p.mp4", start="01:00:00:00", lines=LINE)))
    head = result.proxy.read_bytes()
    assert head.index(b"moov") < head.index(b"mdat")
    packets = ffmpeg.probe(
        result.proxy, "-select_streams", "v:0", "-show_entries", "packet=pts_time,flags"
    )
    keys = [float(p["pts_time"]) for p in packets["packets"] if p["flags"].startswith("K")]
    assert set(np.arange(len(keys) - 1)) <= set(keys)


def test_profiles_beside_the_first_come_from_the_same_pass(
    record: Record, accept: Accept, keep: Keep
) -> None:
    recording = record(Recording("25p.mp4", start="01:00:00:00", lines=LINE))
    changed = load(
        proxy={"also": ["edit", "dnxhr", "abr"]},
        profiles={
            "edit": {"burn_timecode": True, "max_mbit": 8.0},
            "abr": {"rungs": [{"height": 90, "max_mbit": 0.2}, {"height": 720, "max_mbit": 3}]},
        },
    )
    work = accept(recording)
    switched = {"proxy": changed.proxy, "profiles": changed.profiles}
    work = replace(work, settings=work.settings.model_copy(update=switched))
    keep(Probe().run(work))
    named = {file.name: file.kind for file in Scan().run(work).files}
    edit, avid = work.scratch / "proxy.edit.mov", work.scratch / "proxy.dnxhr.mov"
    frames = frame_numbers(recording)
    assert frame_numbers(edit) == frame_numbers(work.scratch / "proxy.mp4") == frames
    packets = ffmpeg.probe(edit, "-select_streams", "v:0", "-show_entries", "packet=flags")
    assert all(packet["flags"].startswith("K") for packet in packets["packets"])
    assert _band(edit).std() > _band(work.source).std() + 20
    video, sound, *_ = ffmpeg.probe(avid)["streams"]
    assert (video["codec_name"], video["profile"]) == ("dnxhd", "DNXHR LB")
    assert (sound["codec_name"], int(video["nb_frames"])) == ("pcm_s16le", len(frames))
    # The rung that is higher than the original is left out.
    assert named["proxy.abr/master.m3u8"] == named["proxy.abr/90.m4s"] == "ladder"
    assert "proxy.abr/720.m4s" not in named
    rung = ffmpeg.probe(work.scratch / "proxy.abr/90.m4s", "-count_packets", "-show_streams")
    assert int(rung["streams"][0]["nb_read_packets"]) == len(frames)


def _band(movie: Path) -> NDArray[np.uint8]:
    """The lower edge of the last picture of the first second, between the recording's own texts."""
    command = ["ffmpeg", "-v", "error", "-i", str(movie), "-vf",
               "select=eq(n\\,24),scale=480:270,crop=160:14:160:248,format=gray",
               "-frames:v", "1", "-f", "rawvideo", "-"]  # fmt: skip
    raw = subprocess.run(command, capture_output=True, check=True).stdout
    return np.frombuffer(raw, np.uint8)


@pytest.mark.parametrize(
    ("size", "expected"),
    [((1920, 1080), (960, 540)), ((320, 180), (320, 180)), ((608, 1080), (540, 960))],
)
def test_the_proxy_is_scaled_down_and_never_up(
    record: Record, scanned: Scanning, size: tuple[int, int], expected: tuple[int, int]
) -> None:
    recording = Recording("size.mp4", size=size, frames=5, sound=False)
    video = ffmpeg.probe(scanned(record(recording)).proxy)["streams"][0]
    assert (video["width"], video["height"]) == expected
    assert video["sample_aspect_ratio"] == "1:1"


def test_pictures_are_turned_upright(record: Record, scanned: Scanning, tmp_path: Path) -> None:
    movie = record(Recording("plain.mp4", frames=26))
    turned = remade(
        ["-i", str(movie), "-c", "copy", "-metadata:s:v", "rotate=90"], tmp_path / "phone.mp4"
    )
    result = scanned(turned)
    video = ffmpeg.probe(result.proxy)["streams"][0]
    assert (video["width"], video["height"]) == (270, 480)
    assert "side_data_list" not in video
    assert frame_numbers(result.proxy, turn=3) == list(range(26))


def test_a_variable_rate_is_conformed_to_the_clock(record: Record, scanned: Scanning) -> None:
    result = scanned(record(Recording("phone.mp4", frames=100, variable=True)))
    shown = [number for number in range(100) for _ in range(3 if number % 10 == 9 else 1)]
    assert frame_numbers(result.proxy) == shown[:118]


def test_picture_without_sound_has_no_sound_file(record: Record, scanned: Scanning) -> None:
    result = scanned(record(Recording("mute.mov", frames=50, sound=False, video=H264)))
    assert not (result.work.scratch / "sound.wav").exists()
    assert result.row.loudness is None
    assert result.facts.message == "2.0 s, 1 shot"


def test_shots_are_found_at_their_frames(record: Record, scanned: Scanning) -> None:
    scenes = ((0, 0), (33, 1), (41, 2), (77, 3))
    result = scanned(record(Recording("cuts.mp4", frames=101, scenes=scenes)))
    assert [(s.in_frame, s.out_frame) for s in result.shots] == [
        (0, 33), (33, 41), (41, 77), (77, 101),
    ]  # fmt: skip
    for shot in result.shots:
        assert shot.in_frame <= int(Path(shot.thumbnail).stem) < shot.out_frame


def test_thumbnails_show_the_frame_they_are_named_after(record: Record, scanned: Scanning) -> None:
    scenes = ((0, 0), (33, 1), (41, 2), (77, 3))
    for recording in (
        Recording("cuts.mp4", frames=101, scenes=scenes),
        Recording("cuts.mxf", NTSC, frames=151, scenes=scenes),
    ):
        result = scanned(record(recording))
        frames = [frame for frame, _ in result.row.thumbnails]
        longest = max(b - a for a, b in pairwise([0, *frames, recording.frames]))
        assert longest <= 2 * round(recording.rate)
        for frame, name in result.row.thumbnails:
            assert frame_numbers(result.work.scratch / name) == [frame]
        listed = [file.name for file in result.facts.files if file.kind == "thumbnail"]
        made = sorted((result.work.scratch / "thumbs").iterdir())
        assert listed == [f"thumbs/{path.name}" for path in made]


def test_black_and_frozen_pictures_are_measured(record: Record, scanned: Scanning) -> None:
    scenes = ((0, 0), (30, BLACK), (60, 1), (90, STILL), (190, 2))
    result = scanned(record(Recording("still.mov", frames=220, scenes=scenes)))
    assert result.row.black == [[30, 60]]
    [[first, last]] = result.row.freeze
    assert (first, last) == (pytest.approx(90, abs=1), 190)


def test_black_to_the_end_ends_at_the_end(record: Record, scanned: Scanning) -> None:
    result = scanned(record(Recording("fade.mp4", frames=80, scenes=((0, 0), (50, BLACK)))))
    assert result.row.black == [[50, 80]]


def test_provenance_names_engine_and_settings(record: Record, scanned: Scanning) -> None:
    facts = scanned(record(Recording("plain.mp4", frames=26))).facts
    assert facts.engine.startswith("ffmpeg ")
    assert facts.settings["crf"] == 23


def _cut_short(movie: Path, folder: Path, part: float) -> Path:
    whole = remade(
        ["-i", str(movie), "-c", "copy", "-movflags", "+faststart"], folder / "whole.mp4"
    ).read_bytes()
    short = folder / "short.mp4"
    short.write_bytes(whole[: int(len(whole) * part)])
    return short


def test_of_a_movie_that_ends_early_there_is_what_can_be_had(
    record: Record, scanned: Scanning, tmp_path: Path
) -> None:
    movie = record(Recording("25p.mp4", start="01:00:00:00", lines=LINE))
    result = scanned(_cut_short(movie, tmp_path, 0.6))
    decoded = result.row.decoded or 0
    whole = len(frame_numbers(movie))
    assert whole * 0.3 < decoded < whole * 0.9
    assert frame_numbers(result.proxy) == list(range(decoded))
    assert result.shots[-1].out_frame == decoded
    assert f"{decoded} of {whole} frames could be decoded" in result.row.warnings[0]
    assert result.row.warnings[0] in result.facts.message


def test_a_movie_of_which_hardly_anything_is_there_is_rejected(
    record: Record, accept: Accept, keep: Keep, tmp_path: Path
) -> None:
    movie = record(Recording("25p.mp4", start="01:00:00:00", lines=LINE))
    work = accept(_cut_short(movie, tmp_path, 0.02))
    keep(Probe().run(work))
    with pytest.raises(Rejected, match=r"^short\.mp4\W"):
        Scan().run(work)


def test_a_full_disk_is_waited_for(record: Record, accept: Accept, keep: Keep) -> None:
    work = accept(record(Recording("plain.mp4", frames=26)))
    keep(Probe().run(work))
    folders = work.settings.folders.model_copy(update={"free_floor_gb": 1e9})
    full = replace(work, settings=work.settings.model_copy(update={"folders": folders}))
    with pytest.raises(TryLater, match="make room"):
        Scan().run(full)
    assert list(work.scratch.iterdir()) == []


def test_the_scratch_folder_may_have_any_name(
    record: Record, accept: Accept, keep: Keep, tmp_path: Path
) -> None:
    work = accept(record(Recording("plain.mp4", frames=26)))
    scratch = tmp_path / "第 1 天: it's [50%d],a;b=😀"
    scratch.mkdir()
    keep(Probe().run(work))
    facts = Scan().run(replace(work, scratch=scratch))
    made = {str(p.relative_to(scratch)) for p in scratch.rglob("*") if p.is_file()}
    assert {file.name for file in facts.files} == made


def test_spans_that_never_end_last_to_the_end() -> None:
    log = "[silencedetect @ 0x1] silence_start: 0.5\n"
    assert measures.sound(log, Fraction(25), 100).silence == ((13, 100),)


def test_the_best_thumbnail_of_a_shot_is_the_one_with_most_merit() -> None:
    merits = {0: 0.1, 25: 0.4, 50: 0.3, 53: 0.9}
    assert best(merits, 0, 53) == 25
    assert best(merits, 26, 53) == 50
    assert best(merits, 60, 70) == 53  # the nearest


def test_the_row_belongs_to_the_asset(record: Record, scanned: Scanning) -> None:
    result = scanned(record(Recording("plain.mp4", frames=26)))
    assert {
        row.asset_id for row in result.facts.rows if isinstance(row, Shot | Quality | models.Scan)
    } == {result.work.asset_id}
    assert Scan().makes == (models.Scan, Shot, Quality)
    assert Footage not in Scan().makes
