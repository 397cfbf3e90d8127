"""Where in much speech it is worth looking for a line: windows that share its telling words.

All lines against all words is a product: 1,000 lines in 50,000 clips are 5,000 million cells,
minutes of work. A line's rare words, also badly heard, point at a few windows instead; only
there the exact fit is sought. Small stories are searched everywhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from indexers.matching.alignment import SAME, Floats
from indexers.matching.spoken import Corpus, Speech, Wanted

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

_SMALL = 30_000  # heard words up to which every place is looked at: under ten seconds
_WINDOW, _STEP = 40, 20  # words; a window holds any line of 20 words whole
_MOST = 192  # windows of a line that are looked into
_BLOCK = 128  # lines at a time


@dataclass(frozen=True)
class Place:
    """Words [start, end) of a speech: a place to look."""

    speech: Speech
    start: int
    end: int


@dataclass(frozen=True)
class Vocabulary:
    """The words of all lines (rows) and of all speech (columns), and how alike they are."""

    row: Mapping[str, int]
    column: Mapping[str, int]
    alike: "csr_matrix"  # only likenesses from SAME on

    def words(self, line: Wanted) -> list[int]:
        """The rows of a line's words."""
        return [self.row[word] for word in line.words]


def places(lines: Sequence[Wanted], corpus: Corpus, vocabulary: Vocabulary) -> list[list[Place]]:
    """For each line the places to look at, best first in much speech."""
    if corpus.size <= _SMALL:
        whole = [Place(speech, 0, len(speech.words)) for speech in corpus.speeches]
        return [whole] * len(lines)
    windows = [place for speech in corpus.speeches for place in _windows(speech)]
    table = _table(windows, vocabulary)
    found: list[list[Place]] = []
    for start in range(0, len(lines), _BLOCK):
        block = lines[start : start + _BLOCK]
        scores = (_wanted(block, corpus, vocabulary) @ table).tocsr()
        found += [_best(scores[i], windows) for i in range(len(block))]
    return found


def _windows(speech: Speech) -> list[Place]:
    count = len(speech.words)
    starts = range(0, max(1, count - _WINDOW + _STEP), _STEP)
    return [Place(speech, start, min(count, start + _WINDOW)) for start in starts]


def _sparse(*cells: Any) -> "csr_matrix":
    """A matrix of mostly nothing. Imported here: 30 MB that only matching needs."""
    from scipy.sparse import csr_matrix

    return csr_matrix(*cells)


def _table(windows: Sequence[Place], vocabulary: Vocabulary) -> "csr_matrix":
    """Heard words (rows) × windows (columns): whether the word is in it."""
    held = [{vocabulary.column[t] for t in w.speech.texts[w.start : w.end]} for w in windows]
    rows = np.fromiter((word for one in held for word in one), np.int32)
    columns = np.repeat(np.arange(len(windows)), [len(one) for one in held])
    ones = np.ones(len(rows), np.float32)
    return _sparse((ones, (rows, columns)), (len(vocabulary.column), len(windows)))


def _wanted(lines: Sequence[Wanted], corpus: Corpus, vocabulary: Vocabulary) -> "csr_matrix":
    """Lines × heard words: how much each heard word tells for the line."""
    rows: list[int] = []
    words: list[int] = []
    bits: list[Floats] = []
    for number, line in enumerate(lines):
        rows += [number] * len(line.words)
        words += vocabulary.words(line)
        bits.append(corpus.bits(line.words))
    told: NDArray[np.float32] = np.concatenate(bits)
    own = _sparse((told, (rows, words)), (len(lines), len(vocabulary.row)))
    return own @ vocabulary.alike


def _best(scores: "csr_matrix", windows: Sequence[Place]) -> list[Place]:
    """The best windows; neighbours are joined so that no line is cut at an edge."""
    order = np.argsort(-scores.data, kind="stable")[:_MOST]
    chosen = sorted(int(scores.indices[i]) for i in order)
    joined: list[Place] = []
    for window in (windows[i] for i in chosen):
        last = joined[-1] if joined else None
        if last and last.speech is window.speech and window.start <= last.end:
            joined[-1] = Place(last.speech, last.start, window.end)
        else:
            joined.append(window)
    return joined


def vocabulary(lines: Sequence[Wanted], corpus: Corpus, alike: Floats) -> Vocabulary:
    """`alike`: lines' words × heard words, both in sorted order."""
    rows = sorted({word for line in lines for word in line.words})
    columns = sorted(corpus.counts)
    kept = np.where(alike >= SAME, alike, np.float32(0))
    return Vocabulary(
        {word: i for i, word in enumerate(rows)},
        {word: i for i, word in enumerate(columns)},
        _sparse(kept),
    )
