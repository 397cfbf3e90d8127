"""Flashes and clicks: picture and sound of the proxy stay together to the end."""

import subprocess
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from indexers.probe import Probe
from indexers.scan import Scan
from tests.conftest import Accept, Keep

SECONDS, EVERY = 120, 10
LATE = 0.005  # seconds that sound may be off
NTSC = Fraction(30000, 1001)


def flashing(folder: Path, name: str, rate: Fraction, options: list[str]) -> Path:
    """A white frame every ten seconds, and a click where it begins."""
    step = round(EVERY * rate)
    at = float(step / rate)
    picture = (
        f"color=black:s=160x90:r={rate}:d={SECONDS},"
        f"drawbox=t=fill:c=white:enable='eq(mod(n,{step}),{step // 2})'"
    )
    begin = float(step // 2 / rate)
    click = f"aevalsrc='lt(mod(t-{begin}+{at},{at}),0.002)*0.9':s=48000:d={SECONDS}"
    target = folder / name
    command = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", click,
               *options, str(target)]  # fmt: skip
    subprocess.run(command, check=True)
    return target


def flashes(proxy: Path, rate: Fraction) -> NDArray[np.float64]:
    """When white frames begin, in seconds."""
    command = ["ffmpeg", "-v", "error", "-i", str(proxy), "-vf", "scale=16:9,format=gray",
               "-fps_mode", "passthrough", "-f", "rawvideo", "-"]  # fmt: skip
    raw = subprocess.run(command, capture_output=True, check=True).stdout
    light = np.frombuffer(raw, np.uint8).reshape(-1, 144).mean(1)
    return np.flatnonzero((light[1:] > 128) & (light[:-1] <= 128)) / float(rate) + 1 / float(rate)


def clicks(proxy: Path) -> NDArray[np.float64]:
    """When clicks begin, in seconds of the proxy's own time."""
    command = ["ffmpeg", "-v", "error", "-i", str(proxy), "-vn", "-ac", "1", "-f", "s16le", "-"]
    raw = subprocess.run(command, capture_output=True, check=True).stdout
    loud = np.flatnonzero(np.abs(np.frombuffer(raw, "<i2").astype(int)) > 6000)
    first = loud[np.flatnonzero(np.diff(loud, prepend=-48000) > 24000)]
    return first / 48000


@pytest.mark.parametrize(
    ("name", "rate", "options"),
    [
        ("drop.mov", NTSC, ["-c:v", "mjpeg", "-q:v", "8", "-pix_fmt", "yuvj420p", "-c:a",
                            "pcm_s16le", "-timecode", "10:59:00;00"]),
        ("long.mp4", Fraction(25), ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt",
                                    "yuv420p", "-c:a", "aac"]),
        ("film.mkv", Fraction(24000, 1001), ["-c:v", "libx264", "-preset", "ultrafast",
                                             "-pix_fmt", "yuv420p", "-c:a", "flac"]),
    ],
)  # fmt: skip
def test_sound_stays_with_the_picture_to_the_end(
    accept: Accept, keep: Keep, tmp_path: Path, name: str, rate: Fraction, options: list[str]
) -> None:
    work = accept(flashing(tmp_path, name, rate, options))
    keep(Probe().run(work))
    Scan().run(work)
    proxy = work.scratch / "proxy.mp4"
    seen, heard = flashes(proxy, rate), clicks(proxy)
    assert len(seen) == len(heard) >= SECONDS // EVERY - 1
    assert np.abs(seen - heard).max() < LATE
