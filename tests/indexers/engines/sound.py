"""Speech as the scan stage leaves it: 16 kHz mono 16-bit WAV."""

import wave
from pathlib import Path

import numpy as np
from scipy.signal import resample_poly

from demo.speech import speak
from indexers.engines.speech import SAMPLE_RATE, Samples


def said(text: str, voice: str = "slt") -> Samples:
    """A spoken line, silence at both ends removed."""
    return (resample_poly(speak(text, voice), 1, 3) / 32768).astype(np.float32)


def silence(seconds: float) -> Samples:
    """Nothing, for some time."""
    return np.zeros(round(seconds * SAMPLE_RATE), np.float32)


def hiss(seconds: float, level: float) -> Samples:
    """White noise; `level` is its RMS."""
    count = round(seconds * SAMPLE_RATE)
    return (np.random.default_rng(1).standard_normal(count) * level).astype(np.float32)


def write_wav(path: Path, *parts: Samples) -> Path:
    """Write the parts one after the other."""
    pcm = np.clip(np.concatenate(parts) * 32768, -32768, 32767).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(pcm.tobytes())
    return path
