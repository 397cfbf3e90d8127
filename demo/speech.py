"""Spoken lines by flite and espeak-ng, which Debian has."""

import subprocess
import tempfile
import wave
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]

SAMPLE_RATE = 48_000
FLITE = ("slt", "rms", "awb", "kal16", "kal")  # pocketsphinx hears slt and rms best
VOICE = "slt"


@cache
def speak(text: str, voice: str = VOICE) -> Samples:
    """The line as 48 kHz mono samples on the scale of 16 bits, silence at both ends removed.

    `voice`: one of FLITE, else a voice of espeak-ng such as "en-us" or "cmn" (Mandarin).
    """
    with tempfile.TemporaryDirectory() as scratch:
        target = Path(scratch) / "line.wav"
        if voice in FLITE:
            command = ["flite", "-voice", voice, "-t", text, "-o", str(target)]
        else:
            command = ["espeak-ng", "-v", voice, "-s", "150", "-w", str(target), "--", text]
        subprocess.run(command, check=True, capture_output=True)
        with wave.open(str(target)) as file:
            rate = file.getframerate()
            raw = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32)
    return _trim(_resample(raw, rate))


def _resample(samples: Samples, rate: int) -> Samples:
    """Band-limited, by padding the spectrum."""
    count = round(len(samples) * SAMPLE_RATE / rate)
    wide = np.fft.irfft(np.fft.rfft(samples), count) * (count / len(samples))
    return wide.astype(np.float32)


def _trim(samples: Samples) -> Samples:
    """Without what is below −40 dB of the loudest sample at both ends."""
    loud = np.flatnonzero(np.abs(samples) > np.abs(samples).max() * 0.01)
    return samples[loud[0] : loud[-1] + 1]
