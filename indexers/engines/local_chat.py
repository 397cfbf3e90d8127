"""A chat model on this machine: a folder as transformers saves it.

GLM-4, GLM-Edge, Qwen and whatever else transformers itself knows and whose tokenizer has a chat
template. Code that comes with a model is never run.
"""

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

from indexers.engines.asking import Question
from indexers.engines.batches import BatchSize, in_batches
from indexers.engines.residence import RESIDENCE, file_bytes, out_of_memory
from media.errors import Misconfigured

_AT_ONCE = 8  # questions, at most


class Local:
    """A causal language model of transformers, in memory while it is used. `device`: "auto", or
    as torch names it; `bits`: 16 (on a CPU 32), or 8 and 4 through bitsandbytes."""

    def __init__(self, folder: Path, device: str = "auto", bits: int = 16) -> None:
        """Loads nothing yet. Raises Misconfigured for what is no model folder."""
        require(folder, bits)
        self.name = f"{folder.name}-{bits}"
        self._folder, self._device, self._bits = folder, device, bits
        self._bytes = file_bytes(folder) * bits // 16
        self._size = BatchSize(_AT_ONCE)

    def answers(self, questions: Sequence[Question]) -> list[str]:
        """As Chat. Raises Misconfigured when the folder doesn't hold a whole chat model."""
        with self._loaded() as model:
            said = in_batches(questions, self._size, model.answer)
        return [answer for batch in said for answer in batch]

    @contextmanager
    def _loaded(self) -> "Iterator[_Loaded]":
        key = (self._folder, self._device, self._bits)
        with RESIDENCE.using(key, self._load, self._bytes) as model:
            yield model

    def _load(self) -> "_Loaded":
        try:
            return _load(self._folder, self._device, self._bits)
        except (OSError, ValueError, KeyError, RuntimeError, ImportError,
                UnpicklingError) as error:  # fmt: skip
            if out_of_memory(error):
                raise
            raise Misconfigured(
                f"the chat model in {self._folder} can't be loaded ({error}): copy the whole "
                "folder again, or set another [chat] model, device or bits"
            ) from error


@dataclass(frozen=True)
class _Loaded:
    """A network on its device and its tokenizer."""

    network: Any
    words: Any

    def answer(self, questions: Sequence[Question]) -> list[str]:
        import torch

        given = self.words.apply_chat_template(
            [question.messages for question in questions], add_generation_prompt=True,
            padding=True, return_dict=True, return_tensors="pt",
        ).to(self.network.device)  # fmt: skip
        with torch.inference_mode():
            made = self.network.generate(
                **given, do_sample=False, pad_token_id=self.words.pad_token_id,
                max_new_tokens=max(question.longest for question in questions),
            )  # fmt: skip
        said = made[:, given["input_ids"].shape[1] :]
        return list(self.words.batch_decode(said, skip_special_tokens=True))

    def parameters(self) -> Iterator[Any]:
        """As a torch module: Residence counts their bytes."""
        return self.network.parameters()  # type: ignore[no-any-return]

    def buffers(self) -> Iterator[Any]:
        """As a torch module."""
        return self.network.buffers()  # type: ignore[no-any-return]


def _load(folder: Path, device: str, bits: int) -> _Loaded:
    os.environ["HF_HUB_OFFLINE"] = "1"  # read when the libraries are imported
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, BitsAndBytesConfig

    torch.set_num_threads(1)
    place = ("cuda" if torch.cuda.is_available() else "cpu") if device == "auto" else device
    words: Any = AutoTokenizer.from_pretrained(folder, local_files_only=True, padding_side="left")
    if not words.chat_template:
        raise ValueError("its tokenizer has no chat template: it is no chat model")
    if words.pad_token is None:
        words.pad_token = words.eos_token
    how: dict[str, Any] = {"dtype": torch.float32 if place == "cpu" else "auto"}
    if bits < 16:
        small: Any = BitsAndBytesConfig
        small = small(load_in_4bit=bits == 4, load_in_8bit=bits == 8)
        how |= {"quantization_config": small, "device_map": {"": place}}
    made: Any = AutoModelForCausalLM.from_pretrained(folder, local_files_only=True, **how)
    return _Loaded((made if bits < 16 else made.to(place)).eval(), words)


def require(folder: Path, bits: int) -> None:
    """Raises Misconfigured, saying why no model can be made of it."""
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Misconfigured(
            f"[chat] model: {folder} has no readable config.json: name a folder with a chat model "
            "as transformers saves it"
        ) from error
    if "auto_map" in config and "model_type" not in config:
        raise Misconfigured(f"[chat] model: {folder} needs code of its own, which is not run")
    if bits < 16 and not (find_spec("bitsandbytes") and find_spec("accelerate")):
        raise Misconfigured(f"[chat] bits = {bits} needs the extra stringout[gpu]")
