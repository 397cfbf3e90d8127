"""Who turns pictures and texts into vectors of one space: CLIP, or Chinese-CLIP.

A text is near the pictures that show it. Nothing is loaded before the first picture; `choose`
looks at the disk only, and without weights there is no engine: words alone decide then.
"""

import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from pickle import UnpicklingError
from typing import Any, Protocol

import numpy as np
from PIL import Image

from catalog.words import is_chinese
from config.understanding import Vision as Section
from indexers.engines.batches import BatchSize, in_batches
from indexers.engines.models import vision_models
from indexers.engines.residence import RESIDENCE, file_bytes, out_of_memory
from media.accelerators import nvidia
from media.errors import Misconfigured

_KINDS = ("clip", "chinese_clip")  # `model_type` of config.json
_WEIGHTS = ("model.safetensors", "pytorch_model.bin")
_WORDS = ("tokenizer.json", "vocab.txt", "vocab.json")


class Vision(Protocol):
    """Turns pictures and texts into vectors whose dot product is their likeness, -1 to 1."""

    @property
    def name(self) -> str:
        """As it stands in the rows that it made: vectors of another one can't be compared."""

    @property
    def dimension(self) -> int:
        """Numbers in a vector."""

    @property
    def scale(self) -> float:
        """What the model multiplies a likeness with before a softmax; 100 as published."""

    def reads(self, text: str) -> bool:
        """Whether it knows the language. The vector of any other text says nothing."""

    def of_texts(self, texts: Sequence[str]) -> np.ndarray:
        """Float32 (n, dimension), rows of unit length. Long texts are cut off."""

    def of_pictures(self, paths: Sequence[Path]) -> np.ndarray:
        """Float32 (n, dimension), rows of unit length. Raises OSError for what is no picture."""

    def __hash__(self) -> int:
        """One engine is one key: what it made of the same texts is kept."""


@dataclass(frozen=True)
class Choice:
    """Which engine would look, and why: one phrase for `stringout doctor`. `folder`: None
    where nobody looks."""

    name: str
    reason: str
    folder: Path | None = None


def choose(section: Section) -> Choice:
    """What `section` means here, without loading anything. Raises Misconfigured when an engine
    is asked for that can't run here."""
    if section.engine == "none":
        return Choice("none", "switched off in [vision]")
    folder = Path(section.model).expanduser() if section.model else _best_there()
    if not find_spec("transformers"):
        why = "transformers is not installed"
    elif folder is None:
        why = "no weights of CLIP on disk: `stringout models` says which and where"
    elif trouble := _trouble(folder):
        why = f"{folder} {trouble}"
    else:
        return Choice(f"{_config(folder)['model_type']}:{folder.name}", f"in {folder}", folder)
    if section.engine == "clip" or section.model:
        raise Misconfigured(f"[vision] asks for CLIP, but {why}")
    return Choice("none", f"{why}; actions are found by words")


def vision(section: Section) -> Vision | None:
    """The engine that `choose` names, one for each process; None where there is none."""
    choice = choose(section)
    if choice.folder is None:
        return None
    return _engine(choice.name, choice.folder, section.device, section.batch)


@cache
def _engine(name: str, folder: Path, device: str, batch: int) -> Vision:
    return Contrastive(name, folder, device, batch)


class Contrastive:
    """A CLIP or Chinese-CLIP folder as transformers saves it, in memory while it is used.

    `device`: "auto", or as torch names it. `batch`: pictures or texts at once, at most.
    """

    def __init__(self, name: str, folder: Path, device: str = "auto", batch: int = 32) -> None:
        """Loads nothing yet. Raises Misconfigured for a folder that can't be read."""
        config = _config(folder)
        self.name = name
        self.dimension = int(config.get("projection_dim", 512))
        self._chinese = config.get("model_type") == "chinese_clip"
        self._longest = int(config.get("text_config", {}).get("max_position_embeddings", 77))
        self._folder, self._device, self._bytes = folder, device, file_bytes(folder)
        self._size = BatchSize(batch)

    @property
    def scale(self) -> float:
        """As Vision."""
        with self._loaded() as model:
            return float(model.network.logit_scale.detach().exp())

    def reads(self, text: str) -> bool:
        """CLIP has learnt English, Chinese-CLIP Chinese."""
        return is_chinese(text) == self._chinese

    def of_texts(self, texts: Sequence[str]) -> np.ndarray:
        """As Vision. Raises Misconfigured when the folder doesn't hold a whole model."""
        with self._loaded() as model:
            return self._vectors(texts, lambda batch: model.read(batch, self._longest))

    def of_pictures(self, paths: Sequence[Path]) -> np.ndarray:
        """As Vision. Raises Misconfigured when the folder doesn't hold a whole model."""
        with self._loaded() as model:
            return self._vectors(paths, model.see)

    def _vectors(self, items: Sequence[Any], act: Callable[[Sequence[Any]], Any]) -> np.ndarray:
        made = [np.zeros((0, self.dimension), np.float32), *in_batches(items, self._size, act)]
        vectors = np.concatenate(made)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.maximum(lengths, 1e-6), np.float32)

    @contextmanager
    def _loaded(self) -> "Iterator[_Loaded]":
        key = (self._folder, self._device)
        with RESIDENCE.using(key, lambda: _load(self._folder, self._device), self._bytes) as model:
            yield model


@dataclass(frozen=True)
class _Loaded:
    """A network on its device, with who prepares its pictures and its texts."""

    network: Any
    pictures: Any
    words: Any
    device: str

    def read(self, texts: Sequence[str], longest: int) -> np.ndarray:
        given = self.words(
            list(texts), padding=True, truncation=True, max_length=longest, return_tensors="pt"
        )
        return self._features(self.network.get_text_features, given)

    def see(self, paths: Sequence[Path]) -> np.ndarray:
        opened = [_rgb(path) for path in paths]
        given = self.pictures(images=opened, return_tensors="pt")
        return self._features(self.network.get_image_features, given)

    def parameters(self) -> Iterator[Any]:
        """As a torch module: Residence counts their bytes."""
        return self.network.parameters()  # type: ignore[no-any-return]

    def buffers(self) -> Iterator[Any]:
        """As a torch module."""
        return self.network.buffers()  # type: ignore[no-any-return]

    def _features(self, act: Callable[..., Any], given: Any) -> np.ndarray:
        import torch

        with torch.inference_mode():
            found = act(**given.to(self.device))
        found = getattr(found, "pooler_output", found)  # a tensor before transformers 5
        return np.asarray(found.float().cpu().numpy(), np.float32)


def _load(folder: Path, device: str) -> _Loaded:
    os.environ["HF_HUB_OFFLINE"] = "1"  # read when the libraries are imported
    import torch
    from safetensors import SafetensorError
    from transformers import AutoImageProcessor, AutoModel, AutoTokenizer

    torch.set_num_threads(1)
    place = ("cuda" if torch.cuda.is_available() else "cpu") if device == "auto" else device
    try:
        network = AutoModel.from_pretrained(folder, local_files_only=True)
        words = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        processor: Any = AutoImageProcessor
        pictures = processor.from_pretrained(folder, local_files_only=True)
        return _Loaded(network.to(place).eval(), pictures, words, place)
    except (OSError, ValueError, KeyError, AssertionError, RuntimeError, UnpicklingError,
            SafetensorError) as error:  # fmt: skip
        if out_of_memory(error):
            raise
        raise Misconfigured(
            f"the vision model in {folder} can't be loaded on {place} ({error}): copy the whole "
            "folder again, or set another [vision] device"
        ) from error


def _best_there() -> Path | None:
    """The first of the known models that is there; the large ones last on a CPU."""
    there = [model for model in vision_models() if model.there]
    ordered = sorted(there, key=lambda model: model.megabytes, reverse=True) if nvidia() else there
    return next((model.folder for model in ordered), None)


def _trouble(folder: Path) -> str:
    """Why no engine can be made of a folder; "" when one can."""
    if not (folder / "config.json").is_file():
        return "is no model folder: it has no config.json"
    kind = _config(folder).get("model_type")
    if kind not in _KINDS:
        return f"is a model of the kind {kind!r}: it must be one of {', '.join(_KINDS)}"
    for names in (_WEIGHTS, _WORDS, ("preprocessor_config.json",)):
        if not any((folder / name).is_file() for name in names):
            return f"is not whole: it has no {' or '.join(names)}"
    return ""


def _config(folder: Path) -> dict[str, Any]:
    try:
        read = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Misconfigured(
            f"{folder} has no readable config.json: copy the whole model folder again"
        ) from error
    return read if isinstance(read, dict) else {}


def _rgb(path: Path) -> Image.Image:
    with Image.open(path) as picture:
        return picture.convert("RGB")
