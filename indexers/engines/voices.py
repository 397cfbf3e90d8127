"""Whose voice it is: 256 numbers that are alike for one voice, whatever it says.

The network and its weights are those of Resemblyzer 0.1.4 (Resemble AI, Apache-2.0), trained by
generalised end-to-end loss (Wan et al. 2018) on English read and interview speech. They lie in
its wheel; the package itself is not imported: it would compile a voice activity detector and
load librosa. Its front end is computed here: 40 mel bands, 25 ms every 10.
"""

import functools
from collections.abc import Iterable
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexers.engines.speech import SAMPLE_RATE, Samples
from media.errors import Misconfigured

Voices = NDArray[np.float32]  # (lines, 256), each of length 1

_BANDS, _WINDOW, _STEP = 40, 400, 160
_PART, _EVERY = 160, 77  # frames: 1.6 s is heard at once, every 0.77 s
_LEVEL = 10 ** (-30 / 20)  # RMS that quieter speech is brought to
_LINEAR, _BEND = 200 / 3, 1000.0  # Slaney's mel scale: linear below 1 kHz, then logarithmic
_GROWTH = np.log(6.4) / 27


def description() -> str:
    """Name and version, for provenance."""
    return f"voices told apart by Resemblyzer {version('Resemblyzer')}"


def voices(pieces: Iterable[Samples]) -> Voices:
    """The voice of each piece of speech at 16 kHz. Raises Misconfigured without the weights."""
    found = [_voice(piece) for piece in pieces]
    return np.array(found, np.float32).reshape(len(found), -1)


def _voice(samples: Samples) -> NDArray[np.float32]:
    import torch

    torch.set_num_threads(1)
    bands = _mel(samples)
    short = max(0, _PART - len(bands))
    bands = torch.nn.functional.pad(bands, (0, 0, 0, short))
    parts = bands.unfold(0, _PART, _EVERY).transpose(1, 2)
    lstm, linear = _network()
    with torch.no_grad():
        _, (states, _) = lstm(parts)
        told = torch.nn.functional.normalize(torch.relu(linear(states[-1])), dim=1)
        mean = torch.nn.functional.normalize(told.mean(0), dim=0)
    return np.asarray(mean.numpy(), np.float32)


def _mel(samples: Samples) -> Any:
    """(frames, bands): power, not logarithmic, as the network learned it."""
    import torch

    level = float(np.sqrt(np.mean(samples.astype(np.float64) ** 2))) if len(samples) else 0.0
    gain = max(1.0, _LEVEL / level) if level else 1.0
    sound = torch.from_numpy(samples * np.float32(gain))
    spectrum = torch.stft(
        sound, _WINDOW, _STEP, window=torch.hann_window(_WINDOW), center=True,
        pad_mode="constant", return_complex=True,
    )  # fmt: skip
    return (torch.from_numpy(_filters()) @ spectrum.abs() ** 2).T


@functools.cache
def _filters() -> NDArray[np.float32]:
    """(bands, bins) triangles of equal area between 0 and 8 kHz (Slaney's Auditory Toolbox)."""
    top = 15 + np.log(SAMPLE_RATE / 2 / _BEND) / _GROWTH
    mels = np.linspace(0, top, _BANDS + 2)
    edges = np.where(mels < 15, mels * _LINEAR, _BEND * np.exp(_GROWTH * (mels - 15)))
    bins = np.linspace(0, SAMPLE_RATE / 2, _WINDOW // 2 + 1)
    rising = (bins - edges[:-2, None]) / np.diff(edges)[:-1, None]
    falling = (edges[2:, None] - bins) / np.diff(edges)[1:, None]
    height = 2 / (edges[2:] - edges[:-2])
    return np.asarray(np.maximum(0, np.minimum(rising, falling)) * height[:, None], np.float32)


@functools.cache
def _network() -> tuple[Any, Any]:
    import torch

    spec = find_spec("resemblyzer")
    if spec is None or not spec.submodule_search_locations:
        raise Misconfigured("Resemblyzer is not installed: install Stringout's packages again")
    path = Path(spec.submodule_search_locations[0]) / "pretrained.pt"
    weights = torch.load(path, map_location="cpu", weights_only=True)["model_state"]
    lstm = torch.nn.LSTM(_BANDS, 256, 3, batch_first=True)
    linear = torch.nn.Linear(256, 256)
    for name, module in (("lstm.", lstm), ("linear.", linear)):
        own = {k.removeprefix(name): v for k, v in weights.items() if k.startswith(name)}
        module.load_state_dict(own)
    return lstm.eval(), linear.eval()
