"""How an English word that no dictionary has is pronounced: letters to phones.

The network and its weights are those of g2p_en (Kyubyong Park and Jongseok Kim, Apache-2.0),
a GRU that writes ARPAbet letter by letter, trained on the CMU dictionary. The package itself
is not imported: it would download other things first.
"""

import functools
import re
import unicodedata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import torch

from media.errors import Misconfigured

_LETTERS = ("<pad>", "<unk>", "</s>", *"abcdefghijklmnopqrstuvwxyz")
_VOWELS = ("AA", "AE", "AH", "AO", "AW", "AY")
# In the order of the network's output; a vowel's digit is its stress.
_PHONES = (
    "<pad>", "<unk>", "<s>", "</s>", *(f"{v}{n}" for v in _VOWELS for n in range(3)),
    "B", "CH", "D", "DH", *(f"{v}{n}" for v in ("EH", "ER", "EY") for n in range(3)),
    "F", "G", "HH", *(f"{v}{n}" for v in ("IH", "IY") for n in range(3)),
    "JH", "K", "L", "M", "N", "NG", *(f"{v}{n}" for v in ("OW", "OY") for n in range(3)),
    "P", "R", "S", "SH", "T", "TH", *(f"UH{n}" for n in range(3)),
    "UW", *(f"UW{n}" for n in range(3)), "V", "W", "Y", "Z", "ZH",
)  # fmt: skip
_BEGIN, _END = _PHONES.index("<s>"), _PHONES.index("</s>")
_LONGEST = 20  # phones; the network was trained with no more


def phones(word: str) -> tuple[str, ...]:
    """The phones of a word in ARPAbet without stress; none when it has no Latin letters."""
    plain = "".join(c for c in unicodedata.normalize("NFD", word.lower()) if "a" <= c <= "z")
    return _phones(plain) if plain else ()


@functools.lru_cache(maxsize=4096)
def _phones(word: str) -> tuple[str, ...]:
    network = _network()
    state = torch.zeros(1, network.size)
    with torch.inference_mode():
        for letter in (*word, "</s>"):
            state = network.encoder(network.letters[None, _LETTERS.index(letter)], state)
        return tuple(re.sub(r"\d", "", _PHONES[phone]) for phone in _decoded(network, state))


def _decoded(network: "_Network", state: torch.Tensor) -> list[int]:
    found: list[int] = []
    last = _BEGIN
    while len(found) < _LONGEST:
        state = network.decoder(network.phones[None, last], state)
        last = int((state @ network.out.T + network.bias).argmax())
        if last == _END:
            break
        found.append(last)
    return [phone for phone in found if phone > _END]


class _Network:
    """Two GRU cells: one reads the letters, one writes the phones."""

    def __init__(self, weights: Any) -> None:
        self.letters, self.phones = (torch.tensor(weights[f"{n}_emb"]) for n in ("enc", "dec"))
        self.encoder, self.decoder = (_cell(weights, name) for name in ("enc", "dec"))
        self.out, self.bias = torch.tensor(weights["fc_w"]), torch.tensor(weights["fc_b"])
        self.size = self.out.shape[1]


def _cell(weights: Any, name: str) -> torch.nn.GRUCell:
    tensors = {part: torch.tensor(weights[f"{name}_{part}"]) for part in ("w_ih", "w_hh")}
    tensors |= {part: torch.tensor(weights[f"{name}_{part}"]) for part in ("b_ih", "b_hh")}
    cell = torch.nn.GRUCell(tensors["w_ih"].shape[1], tensors["w_hh"].shape[1])
    names = {"weight_ih": "w_ih", "weight_hh": "w_hh", "bias_ih": "b_ih", "bias_hh": "b_hh"}
    cell.load_state_dict({key: tensors[part] for key, part in names.items()})
    return cell


@functools.cache
def _network() -> _Network:
    spec = find_spec("g2p_en")
    if spec is None or not spec.submodule_search_locations:
        raise Misconfigured("g2p_en is not installed: install Stringout's packages again")
    path = Path(spec.submodule_search_locations[0]) / "checkpoint20.npz"
    with np.load(path) as weights:
        return _Network(weights)
