import subprocess
from pathlib import Path

import numpy as np
import pytest

from indexers.probe import Probe
from indexers.scan import Scan
from media.colour import Colour
from tests.conftest import Accept, Keep

# Luma of diffuse white, 203 nits, in 10 bits (ITU-R BT.2408): 58 % of PQ's range, 75 % of HLG's.
WHITE = {"smpte2084": 572, "arib-std-b67": 721}


def hdr(transfer: str) -> list[str]:
    flat = f"format=yuv420p10le,geq=lum={WHITE[transfer]}:cb=512:cr=512"
    return ["-f", "lavfi", "-i", "color=c=white:s=480x270:r=25:d=0.4", "-vf", flat,
            "-color_primaries", "bt2020", "-color_trc", transfer, "-colorspace", "bt2020nc",
            "-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=error",
            "-tag:v", "hvc1"]  # fmt: skip


CLEAR = ["-f", "lavfi", "-i", "color=c=white:s=480x270:r=25:d=0.4", "-vf",
         "format=yuva444p10le,geq=lum='p(X,Y)':cb='cb(X,Y)':cr='cr(X,Y)':a='if(gt(X,240),0,1023)'",
         "-c:v", "prores_ks", "-profile:v", "4444"]  # fmt: skip
RED_SD = ["-f", "lavfi", "-i", "color=c=0x20c040:s=720x576:r=25:d=0.4", "-vf",
          "scale=out_color_matrix=smpte170m,format=yuv420p", "-c:v", "mpeg2video",
          "-q:v", "1"]  # fmt: skip


def proxy_colour(path: Path) -> np.ndarray:
    """RGB of the proxy's first picture, decoded as BT.709 as its tags say."""
    command = ["ffmpeg", "-v", "error", "-i", str(path), "-frames:v", "1", "-vf",
               "scale=in_color_matrix=bt709,format=rgb24", "-f", "rawvideo", "-"]  # fmt: skip
    raw = subprocess.run(command, capture_output=True, check=True).stdout
    return np.frombuffer(raw, np.uint8).reshape(-1, 3)


@pytest.fixture
def proxied(accept: Accept, keep: Keep, tmp_path: Path):
    def _proxied(options: list[str], name: str) -> Path:
        source = tmp_path / name
        subprocess.run(["ffmpeg", "-v", "error", *options, str(source)], check=True)
        work = accept(source)
        keep(Probe().run(work))
        Scan().run(work)
        return work.scratch / "proxy.mp4"

    return _proxied


@pytest.mark.parametrize("transfer", WHITE)
def test_high_dynamic_range_is_tone_mapped(proxied, transfer: str) -> None:
    """Diffuse white is nearly white; untouched PQ shows it as mid grey (148), HLG as 191."""
    picture = proxy_colour(proxied(hdr(transfer), "hdr.mp4"))
    assert picture.mean() > 210
    assert np.ptp(picture.mean(0)) < 6


def test_what_is_transparent_is_black(proxied) -> None:
    path = proxied(CLEAR, "clear.mov")
    picture = proxy_colour(path).reshape(-1, 480, 3)
    assert picture[:, :200].mean() > 240
    assert picture[:, 280:].mean() < 10


def test_the_colour_of_standard_definition_stays(proxied) -> None:
    picture = proxy_colour(proxied(RED_SD, "sd.mxf"))
    assert picture.mean(0) == pytest.approx([0x20, 0xC0, 0x40], abs=6)


def test_without_tags_the_number_of_lines_decides() -> None:
    assert Colour.of({"height": 1080}).matrix == "bt709"
    assert Colour.of({"height": 576}).matrix == "smpte170m"
    assert Colour.of({"height": 576, "color_space": "bt709"}).matrix == "bt709"
    assert Colour.of({"height": 2160, "color_transfer": "arib-std-b67"}).hdr
    assert Colour.of({"height": 2160, "pix_fmt": "yuva444p12le"}).alpha
