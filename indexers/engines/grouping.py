"""Which lines are in one voice: average-linkage clustering that asks how alike a voice's lines are.

How alike lines of one voice are depends on the recording: 0.9 where a synthesiser speaks, 0.7
where somebody reads in a noisy room. So two groups are one voice when they are nearly as alike
as the lines within each.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from indexers.engines.voices import Voices

# Mean likenesses (cosine): of two groups of one voice at least _LEAST, and less than _DROP below
# what is usual within them. Set on eight synthetic voices (0.87 to 0.92 within, 0.42 to 0.81
# between two) and five readers (0.68 to 0.82, 0.36 to 0.50); anything from 0.50 to 0.60 and 0.13
# to 0.16 does about as well there.
_LEAST, _DROP = 0.56, 0.13
_USUAL = 0.75  # within a voice, where nothing is known yet
_SLOPE = 25.0  # of the confidence: a line 0.1 nearer to its voice than to the next is 92 % sure
# Seconds. Shorter lines say too little of a voice (the network hears 1.6 s at once): they join the
# nearest one.
_SHORT = 1.2
_MOST = 1000  # lines that are compared with each other; further ones join the nearest


@dataclass(frozen=True)
class Groups:
    """Of each line which voice it is, numbered by appearance, and how sure that is (0 to 1)."""

    numbers: list[int]
    confidence: list[float]


@dataclass(frozen=True)
class _Group:
    """Lines in one voice; `alike`: the sum of the likenesses of their pairs."""

    lines: tuple[int, ...]
    alike: float = 0.0
    sure: float = 1.0  # that it is one voice, and all of it

    @property
    def within(self) -> float | None:
        """Mean likeness; None for a line alone."""
        count = len(self.lines)
        return self.alike / (count * (count - 1) / 2) if count > 1 else None


_NONE = _Group(())  # what was merged into another


def grouped(told: Voices, lengths: NDArray[np.float64]) -> Groups:
    """Which lines are in one voice. `lengths` in seconds; at least one line."""
    longest = np.argsort(-lengths, kind="stable")[:_MOST]
    clear = np.sort([at for at in longest if lengths[at] >= _SHORT] or longest[:1])
    groups = _groups(told[clear])
    middles = np.array([told[clear[list(group.lines)]].mean(0) for group in groups])
    middles /= np.linalg.norm(middles, axis=1, keepdims=True)
    near = told @ middles.T
    chosen = near.argmax(1)
    for number, group in enumerate(groups):
        chosen[clear[list(group.lines)]] = number
    order = {one: number for number, one in enumerate(dict.fromkeys(chosen.tolist()))}
    whole = np.array([group.sure for group in groups])[chosen]
    confidence = np.minimum(_nearer(near, chosen), whole)
    return Groups([order[one] for one in chosen.tolist()], confidence.tolist())


def _groups(told: Voices) -> list[_Group]:
    """Merges the two most alike groups as long as they are one voice."""
    groups = [_Group((at,)) for at in range(len(told))]
    sums = told.astype(np.float64)
    alike = sums @ sums.T
    np.fill_diagonal(alike, -1)
    while (best := float(alike.max())) >= _LEAST:
        one, other = (int(at) for at in np.unravel_index(alike.argmax(), alike.shape))
        limit = max(_LEAST, _usual((groups[one], groups[other]), groups) - _DROP)
        if best < limit:  # they are two, perhaps
            for at in (one, other):
                groups[at] = replace(groups[at], sure=min(groups[at].sure, _sure(limit - best)))
            alike[one, other] = alike[other, one] = -1
            continue
        groups[one] = _merged(groups[one], groups[other], best, limit)
        groups[other] = _NONE
        sums[one] += sums[other]
        counts = [len(group.lines) for group in groups]
        alike[one] = sums @ sums[one] / np.maximum(1, np.array(counts) * counts[one])
        alike[one, [at for at, count in enumerate(counts) if at == one or not count]] = -1
        alike[:, one] = alike[one]
        alike[other] = alike[:, other] = -1
    return [group for group in groups if group.lines]


def _merged(one: _Group, other: _Group, alike: float, limit: float) -> _Group:
    pairs = one.alike + other.alike + alike * len(one.lines) * len(other.lines)
    sure = min(one.sure, other.sure, _sure(alike - limit))
    return _Group(one.lines + other.lines, pairs, sure)


def _usual(pair: Sequence[_Group], others: Sequence[_Group]) -> float:
    """How alike the lines of these two are among themselves; else those of all groups."""
    for some in (pair, others):
        known = [group.within for group in some if group.within is not None]
        if known:
            return sum(known) / len(known)
    return _USUAL


def _nearer(near: NDArray[np.float32], chosen: NDArray[np.int64]) -> NDArray[np.float64]:
    """By how much nearer a line is to its voice than to the next one, or to a stranger's."""
    rows = np.arange(len(near))
    others = near.copy()
    others[rows, chosen] = _LEAST
    ahead = near[rows, chosen] - np.maximum(others.max(1), _LEAST)
    return np.asarray(1 / (1 + np.exp(-_SLOPE * ahead)), np.float64)


def _sure(ahead: float) -> float:
    return float(1 / (1 + np.exp(-_SLOPE * ahead)))
