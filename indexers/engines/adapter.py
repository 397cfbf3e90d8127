"""MiniLM adapted to feelings: small matrices of low rank that are added to its weights.

LoRA (Hu et al. 2021, "LoRA: low-rank adaptation of large language models"): each matrix W of
the encoder becomes W + B A, of rank 16. The adapted model is one of its own in memory, 90 MB while
it is used (residence.py); who searches by meaning keeps the original.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from indexers.engines.batches import BatchSize, in_batches
from indexers.engines.residence import RESIDENCE, file_bytes
from indexers.engines.sentence import load

_BATCH = 64
_LONGEST = 64  # tokens that are read of a text, as in training


class Adapted:
    """Reads what English texts express: logarithms of the probabilities of 28 fine labels."""

    def __init__(self, folder: Path, adapter: Path) -> None:
        """Loads nothing yet. `folder`: all-MiniLM-L6-v2; `adapter`: what training.adapter wrote."""
        self._folder, self._adapter = folder, adapter
        self._bytes = file_bytes(folder)
        self._size = BatchSize(_BATCH)

    def read(self, texts: Sequence[str]) -> np.ndarray:
        """(n, 28) in the order of emotion_talk.FINE."""
        order = sorted(range(len(texts)), key=lambda number: len(texts[number]))
        found = np.zeros((len(texts), len(np.load(self._adapter)["head_bias"])))
        if order:
            key = (self._folder, self._adapter)
            with RESIDENCE.using(key, self._load, self._bytes) as model:
                arranged = [texts[number] for number in order]
                made = in_batches(arranged, self._size, lambda batch: _read(model, batch))
            found[order] = np.concatenate(made)
        return found

    def _load(self) -> Any:
        """The sentence model with the adapter added, and its head. Raises Misconfigured."""
        import torch

        sentences, stored = load(self._folder), np.load(self._adapter)
        for name, module in sentences[0].auto_model.encoder.named_modules():
            if f"{name}.a" in stored:
                added = stored[f"{name}.b"].astype(np.float32) @ stored[f"{name}.a"]
                with torch.no_grad():
                    module.weight += torch.from_numpy(added).to(module.weight.device)
        return sentences, stored["head_weights"], stored["head_bias"]


def _read(model: Any, batch: Sequence[str]) -> np.ndarray:
    import torch

    sentences, weights, bias = model
    encoder, tokenizer = sentences[0].auto_model, sentences.tokenizer
    asked = tokenizer(
        list(batch), padding=True, truncation=True, max_length=_LONGEST, return_tensors="pt"
    ).to(encoder.device)
    with torch.inference_mode():
        states = encoder(**asked).last_hidden_state
        mask = asked["attention_mask"].unsqueeze(-1)
        mean = ((states * mask).sum(1) / mask.sum(1)).float().cpu().numpy()
    logits = mean @ weights + bias
    raised = logits - logits.max(axis=1, keepdims=True)
    return np.asarray(raised - np.log(np.exp(raised).sum(axis=1, keepdims=True)))
