"""Training the adapter of MiniLM (indexers/engines/adapter.py): 20 CPU minutes.

Cross-entropy over the 28 fine labels of comments; our own lines, which have one of eight labels,
are asked for the sum of the fine labels that mean it in talk. A quarter of the texts come without
punctuation, as speech recognition writes. Sums in bfloat16 round otherwise on other processors:
the scores come out alike, the bytes don't.
"""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from indexers.engines.emotion_talk import FINE, of_talk
from indexers.engines.sentence import load, minilm_folder
from training.corpora import Corpus

_RANK, _SCALE = 16, 2.0
_EPOCHS, _BATCH, _OWN = 3, 64, 3  # times that our own lines are seen in an epoch
_BARE = 0.25
_RATE, _HEAD_RATE, _WARM_UP = 6e-4, 2e-3, 0.06
_LONGEST = 64  # tokens
_NO_WORD = re.compile(r"[^\w\s'’\[\]]+")


class LowRank(nn.Module):
    """A frozen linear layer and what is added to it."""

    def __init__(self, base: nn.Linear) -> None:
        """Adds nothing yet."""
        super().__init__()
        self.base = base
        self.a = nn.Parameter(torch.randn(_RANK, base.in_features) / math.sqrt(base.in_features))
        self.b = nn.Parameter(torch.zeros(base.out_features, _RANK))

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        """As the layer, and more."""
        added = functional.linear(functional.linear(states, self.a), self.b)
        return self.base(states) + _SCALE * added


@dataclass(frozen=True)
class Example:
    """Tokens with and without punctuation. `fine` (28,) of a comment, `coarse` (8,) of our line."""

    tokens: list[int]
    bare: list[int]
    fine: np.ndarray
    coarse: np.ndarray


def train(comments: Corpus, lines: Corpus) -> dict[str, np.ndarray]:
    """The arrays of adapter.npz. `comments` with their fine labels, `lines` with ours."""
    torch.manual_seed(0)
    torch.set_num_threads(1)
    sentences = load(minilm_folder())
    encoder = sentences[0].auto_model
    head = nn.Linear(encoder.config.hidden_size, len(FINE))
    nn.init.zeros_(head.weight)
    nn.init.zeros_(head.bias)
    adapt(encoder)
    examples = _examples(sentences.tokenizer, *comments, coarse=False)
    examples += _OWN * _examples(sentences.tokenizer, *lines, coarse=True)
    _fit(encoder, head, examples)
    return stored(encoder, head)


def adapt(encoder: Any) -> None:
    """Freeze the encoder and give each linear layer its small matrices."""
    encoder.requires_grad_(False)
    for name, layer in list(encoder.encoder.named_modules()):
        if isinstance(layer, nn.Linear):
            above, _, last = name.rpartition(".")
            setattr(encoder.encoder.get_submodule(above), last, LowRank(layer))


def stored(encoder: Any, head: nn.Linear) -> dict[str, np.ndarray]:
    """The matrices by the name of their layer, and the head."""
    arrays = {
        "head_weights": head.weight.detach().numpy().T.astype(np.float32),
        "head_bias": head.bias.detach().numpy().astype(np.float32),
    }
    for name, layer in encoder.encoder.named_modules():
        if isinstance(layer, LowRank):
            arrays[f"{name}.a"] = layer.a.detach().numpy().astype(np.float16)
            arrays[f"{name}.b"] = (_SCALE * layer.b).detach().numpy().astype(np.float16)
    return arrays


def _fit(encoder: Any, head: nn.Linear, examples: Sequence[Example]) -> None:
    small = [one for one in encoder.parameters() if one.requires_grad]
    groups = [{"params": small, "lr": _RATE}, {"params": head.parameters(), "lr": _HEAD_RATE}]
    steps = _EPOCHS * math.ceil(len(examples) / _BATCH)
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01)

    def rate(step: int) -> float:
        fall = 0.5 * (1 + math.cos(math.pi * step / steps))
        return min(1, (step + 1) / (_WARM_UP * steps)) * fall

    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, rate)
    encoder.train()
    for epoch in range(_EPOCHS):
        for batch, tokens in _batches(examples, np.random.default_rng(epoch + 1)):
            loss = _loss(_read(encoder, head, tokens), batch)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(small, 1.0)
            optimizer.step()
            schedule.step()


def _read(encoder: Any, head: nn.Linear, tokens: Sequence[Sequence[int]]) -> torch.Tensor:
    width = max(map(len, tokens))
    padded = torch.tensor([[*one, *[0] * (width - len(one))] for one in tokens])
    mask = torch.tensor([[1.0] * len(one) + [0.0] * (width - len(one)) for one in tokens])
    with torch.autocast("cpu", dtype=torch.bfloat16):
        states = encoder(input_ids=padded, attention_mask=mask).last_hidden_state.float()
    mean = (states * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
    logits = head(functional.dropout(mean, 0.2))
    return torch.log_softmax(logits, 1)


def _loss(logs: torch.Tensor, batch: Sequence[Example]) -> torch.Tensor:
    fine = torch.tensor(np.array([one.fine for one in batch]), dtype=torch.float32)
    coarse = torch.tensor(np.array([one.coarse for one in batch]), dtype=torch.float32)
    talk = torch.log(logs.exp() @ torch.tensor(of_talk(), dtype=torch.float32) + 1e-6)
    return -((fine * logs).sum(1) + (coarse * talk).sum(1)).mean()


def _batches(
    examples: Sequence[Example], chance: np.random.Generator
) -> Iterator[tuple[list[Example], list[list[int]]]]:
    """All examples in batches of like length, in an order by chance."""
    order = chance.permutation(len(examples))
    bare = chance.random(len(order)) < _BARE
    drawn = [
        (examples[n], examples[n].bare if cut else examples[n].tokens)
        for n, cut in zip(order, bare, strict=True)
    ]
    batches = []
    for start in range(0, len(drawn), 50 * _BATCH):
        part = sorted(drawn[start : start + 50 * _BATCH], key=lambda one: len(one[1]))
        batches += [part[at : at + _BATCH] for at in range(0, len(part), _BATCH)]
    for number in chance.permutation(len(batches)):
        yield [one for one, _ in batches[number]], [tokens for _, tokens in batches[number]]


def _examples(
    tokenizer: Any, texts: Sequence[str], shares: np.ndarray, *, coarse: bool
) -> list[Example]:
    bare = [_NO_WORD.sub(" ", text) for text in texts]
    whole, without = (
        tokenizer(list(some), truncation=True, max_length=_LONGEST)["input_ids"]
        for some in (texts, bare)
    )
    nothing = np.zeros(len(FINE) if coarse else of_talk().shape[1])
    return [
        Example(a, b, nothing if coarse else share, share if coarse else nothing)
        for a, b, share in zip(whole, without, shares, strict=True)
    ]
