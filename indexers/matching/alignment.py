"""Where in a stream of heard words a script line is said: fuzzy fitting alignment.

The whole script line is laid over a part of what was heard. Recognisers get up to half of
the words wrong, mostly by sound, so words match by the likeness of their letters, and two
words may stand for one ("to night"). Costs are in units of one average word of the line.

`sweep` scores every position of an asset at once (one numpy pass per script word, 1 ms for
12 words in 5,000); `trace` finds the exact words at the few positions that are worth it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

Floats = NDArray[np.float32]

SAME = 0.65  # likeness of letters from which two words count as the same, badly heard
EXACT = 0.85  # … from which they count as heard right ("retire" and "retired" do)
_WRONG = 0.15, 0.3  # a word in another's place: at least, and by how unlike it is
_MISSING = 0.3  # a script word that is not heard, times its weight
_EXTRA = 0.2  # a heard word that is not in the script
_JOINT = 0.1  # for taking two words as one
_TAIL = 4  # words before the end of a window where the line may end: `sweep` knew it within two
# Speech goes on over a breath; over a long pause it is somebody else, or another take.
_PAUSES = ((4.0, 2.0), (1.5, 1.0), (0.5, 0.5))  # seconds, cost


@dataclass(frozen=True)
class Pair:
    """Script word `script` is heard as words [heard, heard + count), `likeness` 0 to 1."""

    script: int
    heard: int
    count: int
    likeness: float


@dataclass(frozen=True)
class Fit:
    """A script line over heard words [start, end); `pairs` are those that match, in order."""

    start: int
    end: int
    pairs: tuple[Pair, ...]

    @property
    def said(self) -> tuple[int, ...]:
        """The script words that are heard, each once, in order."""
        return tuple(sorted({pair.script for pair in self.pairs}))

    def additions(self, words: int) -> int:
        """Heard words in the span beyond those of a script line of `words` words.

        A heard word in the place of a missing script word is that word, badly heard.
        """
        taken = {pair.heard + i for pair in self.pairs for i in range(pair.count)}
        return max(0, self.end - self.start - len(taken) - (words - len(self.said)))


def likeness(script: Sequence[str], heard: Sequence[str]) -> Floats:
    """Likeness (0 to 1) of each script word (rows) and each heard word (columns)."""
    if not script or not heard:
        return np.zeros((len(script), len(heard)), np.float32)
    found = process.cdist(script, heard, scorer=fuzz.ratio, dtype=np.float32)
    return np.asarray(found / np.float32(100), np.float32)


def pause_costs(pauses: Sequence[float]) -> Floats:
    """What it costs to go on over the pause (seconds) before each heard word."""
    costs = [next((cost for least, cost in _PAUSES if pause >= least), 0.0) for pause in pauses]
    return np.asarray(costs, np.float32)


def sweep(alike: Floats, weights: Floats, pauses: Floats) -> Floats:
    """The best score (1 = every word) of the whole line ending at each heard word.

    `alike`: line × heard, `weights`: of the line's words, `pauses`: from `pause_costs`.
    """
    gains = _gains(alike, weights)
    steps = np.cumsum(np.float32(_EXTRA) + pauses, dtype=np.float32)
    skipped = np.float32(0)  # cost of the script words before the first that is heard
    row = np.full(alike.shape[1], -np.inf, np.float32)
    for gain, weight in zip(gains, weights, strict=True):
        before = np.concatenate(([np.float32(-np.inf)], row[:-1])) - pauses
        here = np.maximum(gain + np.maximum(before, -skipped), row - np.float32(_MISSING) * weight)
        row = np.maximum.accumulate(here + steps) - steps
        skipped += np.float32(_MISSING) * weight
    return np.asarray(row / weights.sum(), np.float32)


def peaks(scores: Floats, apart: int, floor: float, most: int) -> list[int]:
    """The best positions with at least `floor`, no two nearer than `apart`, the best first."""
    found: list[int] = []
    above = np.flatnonzero(scores >= floor)
    # A stable sort of later positions first: of equals the end nearest to the words wins.
    for position in above[np.argsort(-scores[above], kind="stable")]:
        if all(abs(int(position) - other) >= apart for other in found):
            found.append(int(position))
            if len(found) == most:
                break
    return found


def trace(
    script: Sequence[str], heard: Sequence[str], weights: Floats, pauses: Floats
) -> Fit | None:
    """The best fit of a script line that ends within the last words of a short window.

    None when none of the line's words is in it.
    """
    alike = likeness(script, heard)
    table = _Table(script, heard, alike, _gains(alike, weights))
    best = [[0.0] * (len(heard) + 1)]
    moves: list[list[tuple[int, int, float]]] = [[(0, 0, 0.0)] * (len(heard) + 1)]
    skipped = 0.0
    for i in range(1, len(script) + 1):
        weight = float(weights[i - 1])
        scores, chosen = [-skipped - _MISSING * weight], [(1, 0, 0.0)]
        for j in range(1, len(heard) + 1):
            options = [
                (best[i - 1][j] - _MISSING * weight, (1, 0, 0.0)),
                (scores[j - 1] - _EXTRA - float(pauses[j - 1]), (0, 1, 0.0)),
                *table.steps(i, j, best, weights, pauses),
            ]
            score, move = max(options)
            scores.append(score)
            chosen.append(move)
        best.append(scores)
        moves.append(chosen)
        skipped += _MISSING * weight
    last = range(max(0, len(heard) - _TAIL), len(heard) + 1)
    return _walk(moves, max(last, key=lambda j: best[-1][j]))


@dataclass(frozen=True)
class _Table:
    """The words of one `trace`, and what laying some over others is worth."""

    script: Sequence[str]
    heard: Sequence[str]
    alike: Floats
    gains: Floats

    def steps(
        self, i: int, j: int, best: list[list[float]], weights: Floats, pauses: Floats
    ) -> list[tuple[float, tuple[int, int, float]]]:
        """Ways to end with script word i on heard word j (both from 1): score and move.

        A move is (script words, heard words, likeness); likeness 0 when they don't match.
        """
        alike = float(self.alike[i - 1, j - 1])
        pause = float(pauses[j - 1]) if i > 1 and _begun(best, i - 1, j - 1) else 0.0
        found = [
            (
                best[i - 1][j - 1] + float(self.gains[i - 1, j - 1]) - pause,
                (1, 1, alike if alike >= SAME else 0.0),
            )
        ]
        if alike >= EXACT:
            return found
        if j > 1:
            joined = self._joined(self.heard[j - 2], self.heard[j - 1], self.script[i - 1])
            gain = joined * float(weights[i - 1]) - _JOINT
            found += [(best[i - 1][j - 2] + gain, (1, 2, joined))] if joined else []
        if i > 1:
            joined = self._joined(self.script[i - 2], self.script[i - 1], self.heard[j - 1])
            gain = joined * float(weights[i - 1] + weights[i - 2]) - _JOINT
            found += [(best[i - 2][j - 1] + gain, (2, 1, joined))] if joined else []
        return found

    def _joined(self, first: str, second: str, word: str) -> float:
        """Likeness of two words written as one to `word`; 0 unless it is high. Not for Chinese.

        Both must be in it: "number" alone is more like "number" than "number two" is.
        """
        if min(len(first) + len(second), len(word)) < 4:
            return 0.0
        found = fuzz.ratio(first + second, word)
        alone = max(fuzz.ratio(first, word), fuzz.ratio(second, word))
        return found / 100 if found > max(alone, (SAME + 0.1) * 100) else 0.0


def _begun(best: list[list[float]], i: int, j: int) -> bool:
    """Whether the best path to (i, j) has used a heard word; else its score is column 0's."""
    return best[i][j] > best[i][0]


def _gains(alike: Floats, weights: Floats) -> Floats:
    least, unlike = _WRONG
    wrong = -np.float32(least) - np.float32(unlike) * (np.float32(1) - alike)
    return np.where(alike >= SAME, alike * weights[:, None], wrong).astype(np.float32)


def _walk(moves: list[list[tuple[int, int, float]]], end: int) -> Fit | None:
    """Follow the moves back from the end of the line at heard word `end`."""
    i, j = len(moves) - 1, end
    pairs: list[Pair] = []
    used: list[int] = []
    while i > 0:
        scripts, count, alike = moves[i][j]
        i, j = i - scripts, j - count
        if scripts and count:
            used.append(j)
            if alike:
                pairs += [Pair(i + k, j, count, alike) for k in reversed(range(scripts))]
        if scripts and count and len(used) == 1:
            end = j + count
    if not pairs:
        return None
    return Fit(used[-1], end, tuple(reversed(pairs)))
