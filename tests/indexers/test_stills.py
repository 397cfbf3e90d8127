import struct
import subprocess
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from catalog.models import Footage, Quality
from catalog.places import CONTACT_SHEET
from catalog.work import Work
from indexers import checksum
from indexers.probe import Probe
from indexers.scan import Scan
from media.errors import Rejected
from media.ffmpeg import probe
from tests.conftest import Accept, Keep

_FRAMES = 12
_RED, _BLUE = (200, 30, 30), (30, 30, 200)


def picture(path: Path, left: tuple[int, int, int] = _RED, orientation: int = 1) -> Path:
    """320×180, one colour at the left, blue at the right."""
    path.parent.mkdir(parents=True, exist_ok=True)
    image = Image.new("RGB", (320, 180), left)
    image.paste(_BLUE, (160, 0, 320, 180))
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x0110] = orientation, "Canon", "EOS R5"
    exif.get_ifd(0x8769)[0x9003] = "2026:03:01 10:11:12"
    image.save(path, exif=exif)
    return path


def sequence(folder: Path, suffix: str, numbers: range, *, rate: float = 0) -> list[Path]:
    """Frame n is of grey level 4 n: what is shown can be told."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number in numbers:
        path = folder / f"shot.{number:04}.{suffix}"
        Image.new("RGB", (64, 36), (4 * number,) * 3).save(path.with_suffix(".png"))
        paths.append(path)
    if suffix != "png":
        links = ["-start_number", str(numbers[0]), "-i", str(folder / "shot.%04d.png")]
        target = ["-start_number", str(numbers[0]), str(folder / f"shot.%04d.{suffix}")]
        subprocess.run(["ffmpeg", "-v", "error", *links, *target], check=True)
        for path in paths:
            path.with_suffix(".png").unlink()
    for path in paths if rate else ():
        made = path.read_bytes()  # ffmpeg leaves the headers of film and television out
        order = ">" if made.startswith(b"SDPX") else "<"
        (begin,) = struct.unpack_from(f"{order}I", made, 4)
        head = bytearray(made[:begin].ljust(2048, b"\0"))
        struct.pack_into(f"{order}I", head, 4, len(head))
        struct.pack_into(f"{order}I", head, 16, len(made) - begin + len(head))
        struct.pack_into(f"{order}f", head, 1940, rate)
        struct.pack_into(f"{order}I", head, 1920, 0x10203004)
        path.write_bytes(head + made[begin:])
    return paths


def of_all(work: Work, paths: list[Path]) -> Work:
    """Its item, as it is accepted of a sequence."""
    states = [path.stat() for path in paths]
    work.item.sequence_files = len(paths)
    work.item.size = sum(state.st_size for state in states)
    work.item.mtime_ns = max(state.st_mtime_ns for state in states)
    work.session.commit()
    return work


def through(work: Work, keep: Keep) -> tuple[Footage, str]:
    """Probed and scanned: what is known of it, and what was said."""
    facts = keep(Probe().run(work))
    footage = facts.rows[0]
    assert isinstance(footage, Footage)
    keep(Scan().run(work))
    return footage, facts.message


def shown(path: Path, frame: int) -> np.ndarray:
    """A frame of a proxy, in grey."""
    picked = ["-vf", f"select=eq(n\\,{frame}),format=gray", "-frames:v", "1", "-f", "rawvideo", "-"]
    raw = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", str(path), *picked], check=True, capture_output=True
    ).stdout
    stream = probe(path)["streams"][0]
    return np.frombuffer(raw, np.uint8).reshape(stream["height"], stream["width"])


@pytest.mark.parametrize("suffix", ["jpg", "png", "tif", "webp", "bmp"])
def test_a_still_is_a_clip_of_five_seconds_that_a_browser_plays(
    accept: Accept, keep: Keep, tmp_path: Path, suffix: str
) -> None:
    work = accept(picture(tmp_path / f"pier.{suffix}"))
    footage, said = through(work, keep)
    assert (footage.still, footage.frames, footage.rate) == (True, 125, 25)
    assert (footage.width, footage.height, footage.has_sound) == (320, 180, False)
    stream = probe(work.scratch / "proxy.mp4")["streams"][0]
    assert (stream["codec_name"], stream["pix_fmt"], int(stream["nb_frames"])) == (
        "h264", "yuv420p", 125,
    )  # fmt: skip
    assert (work.scratch / CONTACT_SHEET).is_file()
    assert said.startswith("picture, 320×180 ")
    assert said.endswith("shown for 5.0 s")


def test_a_photograph_is_upright_and_says_when_and_with_what_it_was_taken(
    accept: Accept, keep: Keep, tmp_path: Path
) -> None:
    work = accept(picture(tmp_path / "a.jpg", left=(255, 255, 255), orientation=6))
    footage, said = through(work, keep)
    assert (footage.width, footage.height) == (180, 320)
    assert "taken 2026-03-01 10:11:12, with Canon EOS R5, turned 90°" in said
    first = shown(work.scratch / "proxy.mp4", 0)
    assert first.shape == (320, 180)
    assert first[:140].mean() > 200 > 60 > first[180:].mean()  # the left side is up now


def test_the_quality_of_a_still_is_known(accept: Accept, keep: Keep, tmp_path: Path) -> None:
    work = accept(picture(tmp_path / "a.png"))
    keep(Probe().run(work))
    rows = [row for row in Scan().run(work).rows if isinstance(row, Quality)]
    assert len(rows) == 1
    assert rows[0].shake == rows[0].motion == 0


def test_frames_with_a_rate_and_a_timecode_of_their_own_have_those(
    accept: Accept, keep: Keep, tmp_path: Path
) -> None:
    paths = sequence(tmp_path / "s", "dpx", range(1, 1 + _FRAMES), rate=24)
    work = of_all(accept(paths[0]), paths)
    footage, said = through(work, keep)
    assert (footage.rate, footage.frames, footage.still) == (24, _FRAMES, False)
    assert footage.start_frame == ((10 * 60 + 20) * 60 + 30) * 24 + 4
    assert said.startswith(
        "image sequence shot.[0001-0012].dpx (12 files), 0.5 s at 24 fps, 64×36 dpx, "
    )
    assert said.endswith(", from 10:20:30:04")
    stream = probe(work.scratch / "proxy.mp4")["streams"][0]
    assert (int(stream["nb_frames"]), stream["tags"]["timecode"]) == (_FRAMES, "10:20:30:04")
    assert not (work.settings.folders.state / "frames" / str(work.item.id)).exists()


@pytest.mark.parametrize("suffix", ["png", "exr", "tiff"])
def test_a_gap_is_told_once_and_every_frame_stays_at_its_number(
    accept: Accept, keep: Keep, tmp_path: Path, suffix: str
) -> None:
    paths = sequence(tmp_path / "s", suffix, range(11, 31))
    for number in (15, 16, 20):
        paths.pop(next(n for n, path in enumerate(paths) if f".{number:04}." in path.name)).unlink()
    work = of_all(accept(paths[0]), paths)
    footage, _ = through(work, keep)
    assert footage.warnings == [
        "3 of 20 frames are missing (0015–0016, 0020): the one before is shown in their place; "
        "add them, and the sequence is taken anew"
    ]
    assert (footage.start_frame, footage.frames, footage.rate) == (11, 20, Fraction(25))
    levels = [shown(work.scratch / "proxy.mp4", n).mean() for n in (3, 5, 6, 9, 10)]
    assert levels[0] == pytest.approx(levels[1], abs=1.5)  # 14, and 16 which is missing
    assert levels[1] < levels[2] < levels[4]
    assert levels[3] < levels[4]


def test_a_frame_that_cannot_be_decoded_moves_no_other(
    accept: Accept, keep: Keep, tmp_path: Path
) -> None:
    paths = sequence(tmp_path / "s", "png", range(10, 10 + _FRAMES))
    paths[4].write_bytes(paths[4].read_bytes()[:60])
    work = of_all(accept(paths[0]), paths)
    keep(Probe().run(work))
    Scan().run(work)
    stream = probe(work.scratch / "proxy.mp4")["streams"][0]
    assert int(stream["nb_frames"]) == _FRAMES
    ninth, last = (shown(work.scratch / "proxy.mp4", at).mean() for at in (8, 11))
    assert last - ninth == pytest.approx(12, abs=2)  # four levels a frame


def test_the_content_of_a_sequence_is_that_of_all_its_frames(
    accept: Accept, tmp_path: Path
) -> None:
    paths = sequence(tmp_path / "s", "png", range(1, 1 + _FRAMES))
    work = of_all(accept(paths[0]), paths)
    first = checksum.Checksum().run(work).checksum
    assert first == checksum.Checksum().run(work).checksum
    paths[7].write_bytes(paths[7].read_bytes() + b"\0")
    with pytest.raises(Rejected, match="changed after it was accepted"):
        checksum.Checksum().run(work)
    assert checksum.Checksum().run(of_all(work, paths)).checksum != first


@pytest.mark.parametrize("name", ["a.heic", "a.CR3", "a.dng"])
def test_photographs_that_cannot_be_decoded_say_what_to_drop_instead(
    accept: Accept, tmp_path: Path, name: str
) -> None:
    path = picture(tmp_path / "a.jpg").rename(tmp_path / name)
    with pytest.raises(Rejected, match="export it as JPEG, PNG or TIFF and drop that"):
        Probe().run(accept(path))
