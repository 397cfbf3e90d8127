"""A trigram language model of a few hundred lines, in the ARPA format that recognisers read.

Backed-off trigrams with absolute discounting (Ney, Essen and Kneser 1994): of every count a
fixed part is taken away and given to what was not seen, in proportion to the shorter history.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

BEGIN, END = "<s>", "</s>"
_DISCOUNT = 0.5  # of one count; the usual value for small samples. Of less than one its half
# How often a pause parts a line at each of its words, and how often the next line follows without
# one. With 0.3 ten recordings had 12.9 instead of 14.2 % word errors; 0.1 to 1 do nearly as well.
_PAUSED, _NEXT = 0.3, 0.5
_NOTHING = 1e-9  # of a probability
_IMPOSSIBLE = -99.0  # log10 of the probability of <s>, by convention

Gram = tuple[str, ...]
Counts = MutableMapping[Gram, float]


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
    """The model of these lines of words, in their order. At least one must have a word.

    What is heard at once may begin and end within a line, and go on with the next one.
    """
    counts = _counted([tuple(line) for line in lines if line])
    total = sum(counts[1].values())
    logs: dict[Gram, float] = {(BEGIN,): _IMPOSSIBLE}
    logs.update({gram: math.log10(count / total) for gram, count in counts[1].items()})
    model = Trigrams(logs, {})
    for order in (2, 3):
        model = _longer(model, counts[order])
    return model


def _counted(lines: Sequence[Gram]) -> dict[int, Counts]:
    """How often each sequence of 1, 2 and 3 words comes."""
    counts: dict[int, Counts] = {order: defaultdict(float) for order in (1, 2, 3)}

    def add(gram: Gram, count: float) -> None:
        counts[len(gram)][gram] += count

    for line in lines:
        words = (BEGIN, *line, END)
        for order in (1, 2, 3):
            for at in range(order == 1, len(words) - order + 1):
                add(words[at : at + order], 1)
        for at in range(1, len(line)):  # a pause
            before, after = line[max(0, at - 2) : at], line[at : at + 2]
            for gram in {(BEGIN, *after[:1]), (BEGIN, *after), (END,), (*before, END),
                         (*before[-1:], END)}:  # fmt: skip
                add(gram, _PAUSED)
    for line, following in pairwise(lines):
        last, first = line[-2:], following[:2]
        for gram in {(*last[-1:], *first[:1]), (*last, *first[:1]), (*last[-1:], *first)}:
            add(gram, _NEXT)
    return counts


def _longer(shorter: Trigrams, counts: Counts) -> Trigrams:
    """The model with the sequences of one more word."""
    after: dict[Gram, dict[str, float]] = {}
    for gram, count in counts.items():
        after.setdefault(gram[:-1], {})[gram[-1]] = count
    logs, backoffs = dict(shorter.logs), dict(shorter.backoffs)
    for history, words in after.items():
        total = sum(words.values())
        left = 1.0 - sum(shorter.probability(history[1:], word) for word in words)
        # Nothing is taken away where every word has followed: nobody could be given it.
        taken = {word: min(_DISCOUNT, count / 2) if left > _NOTHING else 0.0
                 for word, count in words.items()}  # fmt: skip
        for word, count in words.items():
            logs[(*history, word)] = math.log10((count - taken[word]) / total)
        if left > _NOTHING:
            backoffs[history] = math.log10(sum(taken.values()) / total / left)
    return Trigrams(logs, backoffs)
