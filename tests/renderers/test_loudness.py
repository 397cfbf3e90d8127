"""The gain of a clip is measured on the recognisers' sound and must hold for the movie's."""

import subprocess
from fractions import Fraction
from pathlib import Path

import pytest

from catalog.models import Scan as Measured
from indexers.probe import Probe
from indexers.scan import Scan
from media import sound
from renderers.loudness import loudness
from tests.conftest import Accept, Keep

TONE = "0.0708*sin(2*PI*1000*t)"


@pytest.mark.parametrize("channels", ["1", "2"])
@pytest.mark.parametrize("codec", ["pcm_s16le", "aac"])
def test_the_recognisers_sound_is_as_loud_as_the_original(
    channels: str, codec: str, accept: Accept, keep: Keep, tmp_path: Path
) -> None:
    """One voice in one channel or in both: ffmpeg's EBU R128 of the original is the reference."""
    source = tmp_path / "tone.mov"
    tone = f"aevalsrc='{'|'.join([TONE] * int(channels))}':s=48000:d=3"
    command = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", tone, "-c:a", codec, str(source)]
    subprocess.run(command, check=True)
    work = accept(source)
    keep(Probe().run(work))
    measured = Scan().run(work).rows[0]
    assert isinstance(measured, Measured)
    heard = sound.read(work.scratch / "sound.wav", Fraction(0), Fraction(3))
    assert loudness(heard) == pytest.approx(measured.loudness, abs=0.2)
