"""Hearing with OpenAI's Whisper, where its weights are on disk. Nothing is ever downloaded."""

import os
import pickle
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, ClassVar

from indexers.engines.batches import BatchSize, in_batches
from indexers.engines.captions import timed_words
from indexers.engines.residence import RESIDENCE, file_bytes, out_of_memory
from indexers.engines.speech import Samples, Utterance, Word, mean_confidence, spoken_lines
from media.errors import Misconfigured

# Best for its cost first: turbo is as good as large at a sixth of the work. The English-only
# ones come last, because half of our users speak Chinese.
PREFERRED = (
    "large-v3-turbo", "large-v3", "large-v2", "large-v1", "medium", "small", "base", "tiny",
    "medium.en", "small.en", "base.en", "tiny.en",
)  # fmt: skip
_OTHER_NAMES = {"turbo": "large-v3-turbo", "large": "large-v3"}

# What Whisper says of segments that it made up: it doubts that there is speech and is
# unsure of its words, or it repeats itself (the limits are Whisper's own, for one retry).
_NO_SPEECH, _UNSURE, _REPETITIVE = 0.6, -0.7, 2.4
# Whisper repeats a window that went wrong at these temperatures. Its own list has six, and
# each costs five decodings: what fails three times is no speech.
_TRIES = (0.0, 0.4, 0.8)


@dataclass(frozen=True)
class Whisper:
    """The engine. `weights` is a .pt file of OpenAI's format; `prompt` has names to expect."""

    weights: Path
    prompt: str = ""
    name: ClassVar[str] = "whisper"
    stretch: ClassVar[Fraction] = Fraction(30)  # its window: less costs as much

    @property
    def model(self) -> str:
        """The file's name without suffix."""
        return self.weights.stem

    @property
    def version(self) -> str:
        """Of the package."""
        return version("openai-whisper")

    def hear(self, samples: Samples, language: str) -> list[Utterance]:
        """The lines of one stretch. "auto" asks Whisper which language it is.

        Raises Misconfigured when the weights can't be loaded.
        """
        load = partial(_load, self.weights)
        with RESIDENCE.using(self.weights, load, file_bytes(self.weights)) as model:
            heard = self._transcribe(model, samples, language)
        segments = [segment for segment in heard["segments"] if trusted(segment)]
        return [line for segment in segments for line in lines_of(segment, heard["language"])]

    def _transcribe(self, model: Any, samples: Samples, language: str) -> dict[str, Any]:
        """In the memory there is: without the other models, if it must be."""
        transcribe = partial(
            model.transcribe,
            language=None if language == "auto" else language,
            word_timestamps=True,
            initial_prompt=self.prompt or None,
            condition_on_previous_text=False,  # one wrong line would pull the next ones along
            temperature=_TRIES,
            fp16=model.device.type == "cuda",
            verbose=None,
        )
        (heard,) = in_batches([samples], BatchSize(1), lambda one: transcribe(*one))
        return dict(heard)


def cache_folder() -> Path:
    """Where Whisper keeps its models, by its own rule."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "whisper"


def find_weights(model: str) -> Path | None:
    """The .pt file meant by `model`: a path, a name in the cache, or "" for the best there."""
    if model.endswith(".pt"):
        path = Path(model).expanduser()
        return path if path.is_file() else None
    names = (_OTHER_NAMES.get(model, model),) if model else PREFERRED
    paths = (cache_folder() / f"{name}.pt" for name in names)
    return next((path for path in paths if path.is_file()), None)


def _load(weights: Path) -> Any:
    import whisper

    try:
        model = whisper.load_model(str(weights))
    except (RuntimeError, KeyError, TypeError, EOFError, OSError, pickle.UnpicklingError) as error:
        if out_of_memory(error):
            raise
        raise Misconfigured(
            f"{weights} can't be loaded as Whisper weights ({type(error).__name__}): copy it "
            'again, or set engine = "pocketsphinx" in [transcript]'
        ) from error
    # Loaded by path (by name it would check and download), Whisper doesn't know which of its
    # heads follow the words in time.
    heads = whisper._ALIGNMENT_HEADS.get(weights.stem)
    if heads:
        model.set_alignment_heads(heads)
    return model


def trusted(segment: dict[str, Any]) -> bool:
    """Whether a segment of `transcribe` is likely to have been said."""
    made_up = segment["no_speech_prob"] > _NO_SPEECH and segment["avg_logprob"] < _UNSURE
    return not made_up and segment["compression_ratio"] <= _REPETITIVE


def lines_of(segment: dict[str, Any], language: str) -> list[Utterance]:
    """A segment of `transcribe` as spoken lines; Chinese words become characters."""
    pieces = [
        Word(piece["word"], _seconds(piece["start"]), _seconds(piece["end"]), piece["probability"])
        for piece in segment["words"]
    ]
    return [line for part in spoken_lines(pieces) for line in _line(part, language)]


def _line(pieces: tuple[Word, ...], language: str) -> list[Utterance]:
    """One line of Whisper's pieces, which carry spaces and punctuation; none if no words."""
    words = tuple(
        word
        for piece in pieces
        for word in timed_words(piece.text, piece.start, piece.end, float(piece.confidence))
    )
    text = "".join(piece.text for piece in pieces).strip()
    return [Utterance(text, words, language, mean_confidence(words))] if words else []


def _seconds(value: float) -> Fraction:
    """Whisper's times are multiples of 20 ms that went through floats."""
    return Fraction(round(float(value) * 1000), 1000)
