"""A trigram language model of a few hundred lines, in the ARPA format that recognisers read.

Backed-off trigrams with absolute discounting (Ney, Essen and Kneser 1994): of every count a
fixed part is taken away and given to what was not seen, in proportion to the shorter history.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

BEGIN, END = "<s>", "</s>"
_DISCOUNT = 0.5  # of one count; the usual value for small samples
_NOTHING = 1e-9  # of a probability
_IMPOSSIBLE = -99.0  # log10 of the probability of <s>, by convention

Gram = tuple[str, ...]


@dataclass(frozen=True)
class Trigrams:
    """log10 probabilities and back-off weights of word sequences of length 1 to 3."""

    logs: Mapping[Gram, float]
    backoffs: Mapping[Gram, float]  # of the histories, length 1 and 2

    def probability(self, history: Gram, word: str) -> float:
        """P(word | history), 0 to 1; of the history at most the last two words count."""
        history = history[-2:]
        found = self.logs.get((*history, word))
        if found is not None:
            return float(10.0**found)
        if not history:
            return 0.0
        return float(10.0 ** self.backoffs.get(history, 0.0)) * self.probability(history[1:], word)

    def write(self, path: Path) -> None:
        """As an ARPA file."""
        orders = [[gram for gram in self.logs if len(gram) == order] for order in (1, 2, 3)]
        lines = ["\\data\\", *(f"ngram {n}={len(o)}" for n, o in enumerate(orders, 1)), ""]
        for number, order in enumerate(orders, 1):
            lines.append(f"\\{number}-grams:")
            lines += [self._line(gram) for gram in sorted(order)]
            lines.append("")
        path.write_text("\n".join([*lines, "\\end\\", ""]), encoding="utf-8")

    def _line(self, gram: Gram) -> str:
        backoff = f" {self.backoffs[gram]:.4f}" if gram in self.backoffs else ""
        return f"{self.logs[gram]:.4f} {' '.join(gram)}{backoff}"


def learn(lines: Iterable[Sequence[str]]) -> Trigrams:
    """The model of these lines of words. At least one line must have a word."""
    counts: dict[int, Counter[Gram]] = {1: Counter(), 2: Counter(), 3: Counter()}
    for line in lines:
        words = (BEGIN, *line, END)
        counts[1].update((word,) for word in words[1:])
        counts[2].update(pairwise(words))
        counts[3].update(zip(words, words[1:], words[2:], strict=False))
    total = counts[1].total()
    logs: dict[Gram, float] = {(BEGIN,): _IMPOSSIBLE}
    logs.update({gram: math.log10(count / total) for gram, count in counts[1].items()})
    model = Trigrams(logs, {})
    for order in (2, 3):
        model = _longer(model, counts[order])
    return model


def _longer(shorter: Trigrams, counts: Counter[Gram]) -> Trigrams:
    """The model with the sequences of one more word."""
    after: dict[Gram, Counter[str]] = {}
    for gram, count in counts.items():
        after.setdefault(gram[:-1], Counter())[gram[-1]] = count
    logs, backoffs = dict(shorter.logs), dict(shorter.backoffs)
    for history, words in after.items():
        total = words.total()
        left = 1.0 - sum(shorter.probability(history[1:], word) for word in words)
        # Nothing is taken away where every word has followed: nobody could be given it.
        taken = _DISCOUNT if left > _NOTHING else 0.0
        for word, count in words.items():
            logs[(*history, word)] = math.log10((count - taken) / total)
        if taken:
            backoffs[history] = math.log10(taken * len(words) / total / left)
    return Trigrams(logs, backoffs)
