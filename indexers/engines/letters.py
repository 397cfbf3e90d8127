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

import numpy as np
from numpy.typing import NDArray

from media.errors import Misconfigured

_Vector = NDArray[np.float32]
_Network = dict[str, NDArray[np.float32]]

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
    state = np.zeros(network["fc_w"].shape[1], np.float32)
    for letter in (*word, "</s>"):
        state = _step(network, "enc", _LETTERS.index(letter), state)
    found: list[int] = []
    last = _BEGIN
    while last != _END and len(found) < _LONGEST:
        state = _step(network, "dec", last, state)
        last = int((network["fc_w"] @ state + network["fc_b"]).argmax())
        found.append(last)
    return tuple(re.sub(r"\d", "", _PHONES[phone]) for phone in found if phone > _END)


def _step(network: _Network, cell: str, symbol: int, state: _Vector) -> _Vector:
    """One step of a gated recurrent unit (Cho et al. 2014): the state after this symbol."""
    entered = network[f"{cell}_w_ih"] @ network[f"{cell}_emb"][symbol] + network[f"{cell}_b_ih"]
    recalled = network[f"{cell}_w_hh"] @ state + network[f"{cell}_b_hh"]
    size = len(state)
    gates = 1 / (1 + np.exp(-entered[: 2 * size] - recalled[: 2 * size]))
    reset, update = np.split(gates, 2)
    new = np.tanh(entered[2 * size :] + reset * recalled[2 * size :])
    stepped: _Vector = (1 - update) * new + update * state
    return stepped


@functools.cache
def _network() -> _Network:
    spec = find_spec("g2p_en")
    if spec is None or not spec.submodule_search_locations:
        raise Misconfigured("g2p_en is not installed: install Stringout's packages again")
    with np.load(Path(spec.submodule_search_locations[0]) / "checkpoint20.npz") as weights:
        return {name: weights[name] for name in weights.files}
