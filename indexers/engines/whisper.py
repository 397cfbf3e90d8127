"""Hearing with OpenAI's Whisper, where its weights are on disk. Nothing is ever downloaded."""

import pickle
from contextlib import AbstractContextManager
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from indexers.engines.batches import BatchSize, in_batches
from indexers.engines.captions import timed_words
from indexers.engines.prompt import fitting
from indexers.engines.residence import RESIDENCE, file_bytes, out_of_memory
from indexers.engines.speech import Samples, Utterance, Word, mean_confidence, spoken_lines
from media.errors import Misconfigured

# What Whisper says of segments that it made up: it doubts that there is speech and is
# unsure of its words, or it repeats itself (the limits are Whisper's own, for one retry).
_NO_SPEECH, _UNSURE, _REPETITIVE = 0.6, -0.7, 2.4
# Whisper repeats a window that went wrong at these temperatures. Its own list has six, and
# each costs five decodings: what fails three times is no speech.
TRIES = (0.0, 0.4, 0.8)


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
        with self._loaded() as model:
            heard = self._transcribe(model, samples, language)
        return [line for part in heard["segments"] for line in lines_of(part, heard["language"])]

    def languages(self, samples: Samples) -> dict[str, float]:
        """As Polyglot."""
        import whisper

        with self._loaded() as model:
            if not model.is_multilingual:
                return {"en": 1.0}
            sound = whisper.pad_or_trim(np.ascontiguousarray(samples))
            mel = whisper.log_mel_spectrogram(sound, model.dims.n_mels).to(model.device)
            _, chances = model.detect_language(mel)
        return dict(chances)

    def _loaded(self) -> AbstractContextManager[Any]:
        load = partial(_load, self.weights)
        return RESIDENCE.using(self.weights, load, file_bytes(self.weights))

    def _transcribe(self, model: Any, samples: Samples, language: str) -> dict[str, Any]:
        """In the memory there is: without the other models, if it must be."""
        transcribe = partial(
            model.transcribe,
            language=None if language == "auto" else language,
            word_timestamps=True,
            initial_prompt=self._prompt(model) or None,
            condition_on_previous_text=False,  # one wrong line would pull the next ones along
            temperature=TRIES,
            fp16=model.device.type == "cuda",
            verbose=None,
        )
        (heard,) = in_batches([samples], BatchSize(1), lambda one: transcribe(*one))
        return dict(heard)

    def _prompt(self, model: Any) -> str:
        from whisper.tokenizer import get_tokenizer

        encode = get_tokenizer(model.is_multilingual).encode
        return fitting(self.prompt, lambda text: len(encode(text)), model.dims.n_text_ctx // 2 - 1)


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


def doubt_of(segment: dict[str, Any]) -> str:
    """Why a segment of `transcribe` was perhaps never said; "" when it was."""
    if segment["compression_ratio"] > _REPETITIVE:
        return "it repeats itself"
    if segment["no_speech_prob"] > _NO_SPEECH and segment["avg_logprob"] < _UNSURE:
        return "Whisper itself doubts that anybody speaks"
    return ""


def lines_of(segment: dict[str, Any], language: str) -> list[Utterance]:
    """A segment of `transcribe` as spoken lines; Chinese words become characters."""
    pieces = [
        Word(piece["word"], _seconds(piece["start"]), _seconds(piece["end"]), piece["probability"])
        for piece in segment["words"]
    ]
    doubt = doubt_of(segment)
    return [line for part in spoken_lines(pieces) for line in _line(part, language, doubt)]


def _line(pieces: tuple[Word, ...], language: str, doubt: str) -> list[Utterance]:
    """One line of Whisper's pieces, which carry spaces and punctuation; none if no words."""
    words = tuple(
        word
        for piece in pieces
        for word in timed_words(piece.text, piece.start, piece.end, float(piece.confidence))
    )
    text = "".join(piece.text for piece in pieces).strip()
    if not words:
        return []
    return [Utterance(text, words, language, mean_confidence(words), doubt=doubt)]


def _seconds(value: float) -> Fraction:
    """Whisper's times are multiples of 20 ms that went through floats."""
    return Fraction(round(float(value) * 1000), 1000)
