"""Where somebody speaks: silero-vad, whose weights are inside its wheel.

It is used without torchaudio (whose PyPI wheel breaks the CPU torch): it gets tensors.
"""

import functools
import wave
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from indexers.engines.speech import SAMPLE_RATE, Samples
from media.errors import Rejected

# Ten minutes are 38 MB as float32: a day of sound needs no more memory than that.
_WINDOW = 600 * SAMPLE_RATE
_LONGEST_SECONDS = 30  # of one span: what a recogniser can hear at once
_SHORTEST_SECONDS = 20  # of what a longer one is split into
_QUIET = SAMPLE_RATE // 10  # samples: where a span is split it is quiet for so long, if anywhere
_SILENCE_MS = 300  # a shorter one is inside a sentence
_PAD_MS = 200  # consonants at the ends are quiet, and recognisers like a run-up
# Far speech sits 20 to 40 dB below a close microphone and is missed. Loud frames (the
# 95th percentile) are brought to -20 dBFS, by 30 dB at most, so that hiss stays hiss.
_LOUD, _MOST_GAIN = 0.1, 31.6
_FRAME = SAMPLE_RATE // 50


@dataclass(frozen=True)
class Span:
    """Samples [start, end) of a file, at SAMPLE_RATE."""

    start: int
    end: int


def description() -> str:
    """Name and version, for provenance."""
    return f"silero-vad {version('silero-vad')}"


def speech_spans(path: Path) -> list[Span]:
    """The spans of a 16 kHz mono 16-bit WAV in which somebody speaks, in order, ≤ 30 s each.

    Raises Rejected when the file is no such WAV.
    """
    spans: list[Span] = []
    total, start = length(path), 0
    while start < total:
        samples = read(path, Span(start, min(total, start + _WINDOW)))
        found = [Span(start + span.start, start + span.end) for span in _spans(samples)]
        after = start + len(samples)
        # Speech that the window cuts is heard again from its beginning.
        cut_off = found and found[-1].end > after - SAMPLE_RATE
        if cut_off and after < total and found[-1].start > start:
            after = found.pop().start
        spans += found
        start = after
    return spans


def length(path: Path) -> int:
    """How many samples the file has. Raises Rejected when it is no 16 kHz mono 16-bit WAV."""
    with _open(path) as sound:
        return int(sound.getnframes())


def read(path: Path, span: Span) -> Samples:
    """The samples of a span as float32, -1 to 1."""
    with _open(path) as sound:
        sound.setpos(span.start)
        data = sound.readframes(span.end - span.start)
    return np.frombuffer(data, dtype="<i2").astype(np.float32) / np.float32(32768)


def louder(samples: Samples) -> Samples:
    """Quiet sound brought to a usual level; loud sound as it is."""
    whole = samples[: len(samples) // _FRAME * _FRAME].reshape(-1, _FRAME)
    if not len(whole):
        return samples
    level = float(np.percentile(np.sqrt(np.mean(whole**2, axis=1)), 95))
    if level == 0 or level >= _LOUD:
        return samples
    gained: Samples = np.clip(samples * np.float32(min(_MOST_GAIN, _LOUD / level)), -1, 1)
    return gained


def _spans(samples: Samples) -> list[Span]:
    import torch
    from silero_vad import get_speech_timestamps

    torch.set_num_threads(1)
    found = get_speech_timestamps(
        torch.from_numpy(louder(samples)),
        _model(),
        sampling_rate=SAMPLE_RATE,
        min_silence_duration_ms=_SILENCE_MS,
        speech_pad_ms=_PAD_MS,
    )
    spans = (Span(int(span["start"]), int(span["end"])) for span in found)
    return [part for span in spans for part in split(samples, span)]


def split(samples: Samples, span: Span) -> list[Span]:
    """A span as several of at most 30 s, parted where it is quietest: never within a loud word.

    Nobody speaks for twenty seconds without a stop consonant or a breath.
    """
    parts: list[Span] = []
    while span.end - span.start > _LONGEST_SECONDS * SAMPLE_RATE:
        first = span.start + _SHORTEST_SECONDS * SAMPLE_RATE
        last = span.start + _LONGEST_SECONDS * SAMPLE_RATE
        energy = np.cumsum(samples[first:last].astype(np.float64) ** 2)
        middle = first + int((energy[_QUIET:] - energy[:-_QUIET]).argmin()) + _QUIET // 2
        parts.append(Span(span.start, middle))
        span = Span(middle, span.end)
    return [*parts, span]


@functools.cache
def _model() -> Any:
    from silero_vad import load_silero_vad

    return load_silero_vad()


def _open(path: Path) -> wave.Wave_read:
    try:
        sound = wave.open(str(path), "rb")  # noqa: SIM115 - the callers close it
    except (wave.Error, EOFError) as error:
        raise Rejected(f"{path} is no WAV file ({error}): scan the footage again") from error
    if (sound.getframerate(), sound.getnchannels(), sound.getsampwidth()) != (SAMPLE_RATE, 1, 2):
        sound.close()
        raise Rejected(f"{path} is not 16 kHz mono 16-bit: scan the footage again")
    return sound
