"""Hearing with Whisper in CTranslate2's form (faster-whisper): an extra, where it is installed.

On a CPU its weights are rounded to 8 bits, three to four times as fast as openai-whisper; on
a GPU several stretches are heard at once. Nothing is ever downloaded.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from fractions import Fraction
from functools import partial
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from indexers.engines.batches import BatchSize, in_batches
from indexers.engines.prompt import fitting
from indexers.engines.residence import RESIDENCE, file_bytes, out_of_memory
from indexers.engines.speech import SAMPLE_RATE, Samples, Utterance, moved
from indexers.engines.whisper import TRIES, lines_of
from media.accelerators import nvidia
from media.errors import Misconfigured

_BATCH = 16  # stretches at once on a GPU: large-v3 in half precision takes some 8 GB with them
_CORES = 4  # more threads gain little, and other lanes work beside


@dataclass(frozen=True)
class FasterWhisper:
    """The engine. `weights` is a converted folder; `prompt` has names to expect."""

    weights: Path
    prompt: str = ""
    name: ClassVar[str] = "faster-whisper"
    stretch: ClassVar[Fraction] = Fraction(30)  # Whisper's window: less costs as much

    @property
    def model(self) -> str:
        """The folder's name."""
        return self.weights.name

    @property
    def version(self) -> str:
        """Of the package and of what runs the weights."""
        return f"{version('faster-whisper')} (CTranslate2 {version('ctranslate2')})"

    @property
    def batch(self) -> int:
        """How many stretches it likes at once: one on a CPU, where they gain nothing."""
        return _BATCH if nvidia() else 1

    def languages(self, samples: Samples) -> dict[str, float]:
        """As Polyglot."""
        with self._loaded() as model:
            if not model.model.is_multilingual:
                return {"en": 1.0}
            _, _, chances = model.detect_language(samples)
        return dict(chances)

    def hear(self, samples: Samples, language: str) -> list[Utterance]:
        """The lines of one stretch. "auto" asks Whisper which language it is.

        Raises Misconfigured when the weights can't be loaded.
        """
        with self._loaded() as model:
            segments, info = model.transcribe(
                samples, condition_on_previous_text=False, **self._asked(model, language)
            )
            found = [asdict(segment) for segment in segments]  # it transcribes while one asks
        return [line for segment in found for line in lines_of(segment, info.language)]

    def hear_together(self, pieces: Sequence[Samples], language: str) -> list[list[Utterance]]:
        """As Together: as many at once as the memory holds."""
        size = BatchSize(self.batch)
        batches = in_batches(pieces, size, lambda some: self._together(some, language))
        return [lines for batch in batches for lines in batch]

    def _together(self, pieces: Sequence[Samples], language: str) -> list[list[Utterance]]:
        from faster_whisper import BatchedInferencePipeline

        marks = np.cumsum([0, *map(len, pieces)])
        seconds = [float(mark) / SAMPLE_RATE for mark in marks]
        with self._loaded() as model:
            segments, info = BatchedInferencePipeline(model).transcribe(
                np.concatenate(pieces),
                clip_timestamps=[{"start": a, "end": b} for a, b in pairwise(seconds)],
                batch_size=len(pieces),
                vad_filter=False,
                **self._asked(model, language),
            )
            heard = [asdict(segment) for segment in segments]
        found: list[list[Utterance]] = [[] for _ in pieces]
        for segment in heard:
            middle = (segment["start"] + segment["end"]) / 2
            at = min(max(0, int(np.searchsorted(seconds, middle)) - 1), len(pieces) - 1)
            begin = Fraction(int(marks[at]), SAMPLE_RATE)
            found[at] += [moved(one, -begin) for one in lines_of(segment, info.language)]
        return found

    def _loaded(self) -> AbstractContextManager[Any]:
        load = partial(_load, self.weights)
        return RESIDENCE.using(self.weights, load, file_bytes(self.weights))

    def _asked(self, model: Any, language: str) -> dict[str, Any]:
        encode = partial(model.hf_tokenizer.encode, add_special_tokens=False)
        prompt = fitting(self.prompt, lambda text: len(encode(text)), model.max_length // 2 - 1)
        return {
            "language": None if language == "auto" else language,
            "word_timestamps": True,
            "initial_prompt": prompt or None,
            "temperature": list(TRIES),
        }


def _load(weights: Path) -> Any:
    from faster_whisper import WhisperModel

    on_gpu = nvidia() > 0
    try:
        return WhisperModel(
            str(weights),
            device="cuda" if on_gpu else "cpu",
            compute_type="float16" if on_gpu else "int8",
            cpu_threads=_CORES,
            local_files_only=True,
        )
    except (RuntimeError, ValueError, OSError) as error:
        if out_of_memory(error):
            raise
        raise Misconfigured(
            f"{weights} can't be loaded as faster-whisper weights ({error}): copy the whole "
            'folder again, or set engine = "pocketsphinx" in [transcript]'
        ) from error
