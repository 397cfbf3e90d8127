"""What a newsroom asks of its clips, generated: who works on what, for how long, and the nights.

A trace is a list of accesses in order of time. Everything that makes one newsroom unlike another
(how many stories, how long the cuts, how often people search, what the night does) is drawn from
the seed, so that two seeds are two newsrooms and not two days of one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.random import Generator

DAYS = 3


@dataclass(frozen=True)
class Access:
    """Somebody, or with `bulk` the night's work, wants a clip of `size` bytes."""

    key: int
    size: int
    bulk: bool = False


@dataclass
class _Newsroom:
    """Its clips are numbered; story s has those from `first[s]` to `first[s + 1]`."""

    rng: Generator
    first: list[int]
    sizes: list[int]

    def add_story(self) -> int:
        """Footage of a new story comes in; its number."""
        count = int(self.rng.lognormal(4.3, 0.6)) + 10
        self.first.append(self.first[-1] + count)
        # All-intra 540p: 3 Mb/s, clips of 4 s, some of a minute.
        self.sizes += [int(s) for s in self.rng.lognormal(14.2, 0.8, count)]
        return len(self.first) - 2

    def clips(self, story: int) -> range:
        return range(self.first[story], self.first[story + 1])

    def access(self, key: int, bulk: bool = False) -> Access:
        return Access(key, self.sizes[key], bulk)


def trace(kind: str, seed: int) -> list[Access]:
    """`kind`: one of KINDS."""
    rng = np.random.default_rng([seed, list(KINDS).index(kind)])
    room = _Newsroom(rng, [0], [])
    for _ in range(int(rng.integers(100, 300))):
        room.add_story()  # the library
    weights = KINDS[kind]
    return [access for _ in range(DAYS) for access in _day(room, weights)]


# How much of a day is notes, new cuts, searches; and whether the night reads everything.
KINDS: dict[str, tuple[float, float, float, float]] = {
    "notes": (0.7, 0.15, 0.15, 0.0),
    "re-cuts": (0.2, 0.6, 0.2, 0.0),
    "searching": (0.35, 0.15, 0.5, 0.0),
    "bulk nights": (0.45, 0.3, 0.25, 1.0),
}


def _day(room: _Newsroom, weights: tuple[float, float, float, float]) -> Iterator[Access]:
    """People at their desks, and the service for them, all at once: access by access."""
    rng = room.rng
    stories = [room.add_story() for _ in range(int(rng.integers(10, 30)))]
    old = [int(s) for s in rng.integers(0, len(room.first) - 1, 5)]  # goes on from before
    desks = [_Desk(room, int(rng.choice(stories + old))) for _ in range(int(rng.integers(10, 30)))]
    *kinds, night = weights
    deeds = [desk.day(kinds) for desk in desks]
    while deeds:
        deed = deeds[int(rng.integers(len(deeds)))]
        some = list(islice(deed, int(rng.integers(1, 6))))
        yield from some
        if not some:
            deeds.remove(deed)
    if night:
        reach = room.first[-1] if rng.random() < 0.5 else room.first[-1] - room.first[-31]
        for key in range(room.first[-1] - reach, room.first[-1]):
            yield room.access(key, bulk=True)


FAMILIES = {"Zipf 0.9, scans": (0.9, 0.0), "Zipf 1.1, popularity drifts": (1.1, 1.0)}
_CLIPS, _ACCESSES = 20_000, 60_000


def families(first_seed: int, seeds: int) -> Iterator[tuple[str, list[list[Access]]]]:
    """Traces as the literature on caches describes them, which know nothing of newsrooms: Zipf
    popularity with a scan of 2,000 clips after every 10,000 accesses; popularity that drifts."""
    for name, (skew, drift) in FAMILIES.items():
        yield name, [_family(first_seed + seed, skew, drift) for seed in range(seeds)]


def _family(seed: int, skew: float, drift: float) -> list[Access]:
    rng = np.random.default_rng([seed, int(10 * skew)])
    weights = np.arange(1, _CLIPS + 1) ** -skew
    ranks = rng.choice(_CLIPS, _ACCESSES, p=weights / weights.sum())
    names = rng.permutation(_CLIPS)
    found: list[Access] = []
    for at, rank in enumerate(ranks):
        moved = int(drift * at / 200)  # everything has another rank after a while
        found.append(Access(int(names[(rank + moved) % _CLIPS]), 2_000_000))
        if not drift and at % 10_000 == 9_999:
            begin = int(rng.integers(0, _CLIPS - 2_000))
            found += [Access(key, 2_000_000) for key in range(begin, begin + 2_000)]
    return found


class _Desk:
    """One script of one story: a cut, its clips in order, and what is looked at besides.

    Every script line has some takes; some clips come from the pool that all stories draw on.
    """

    def __init__(self, room: _Newsroom, story: int) -> None:
        self._room, rng = room, room.rng
        clips = [int(k) for k in rng.permutation(np.array(room.clips(story)))]
        takes = int(rng.integers(2, 6))
        lines = [clips[at : at + takes] for at in range(0, len(clips), takes)]
        common = [[self._pool()] for _ in range(len(lines) // 10)]
        self._lines = lines[: int(rng.integers(15, 70))] + common
        self._cut = [takes[0] for takes in self._lines]

    def day(self, weights: list[float]) -> Iterator[Access]:
        """One thing after the other; `weights` of notes, new cuts and searches."""
        rng = self._room.rng
        for _ in range(int(rng.integers(5, 25))):
            deed = rng.choice(3, p=np.array(weights) / sum(weights))
            yield from (self._note, self._cut_again, self._search)[int(deed)]()

    def _note(self) -> Iterator[Access]:
        """Somebody looks at the takes of a few lines and changes his mind; the cut is made."""
        rng = self._room.rng
        for at in rng.integers(0, len(self._lines), int(rng.integers(1, 6))):
            for key in self._lines[at]:
                yield self._room.access(key)
            self._cut[at] = self._lines[at][int(rng.integers(len(self._lines[at])))]
        yield from self._made()

    def _cut_again(self) -> Iterator[Access]:
        """New footage or settings: some takes are others, and the cut is made."""
        rng = self._room.rng
        for at, takes in enumerate(self._lines):
            if rng.random() < 0.06:
                self._cut[at] = takes[int(rng.integers(len(takes)))]
        yield from self._made()

    def _made(self) -> Iterator[Access]:
        return (self._room.access(key) for key in list(self._cut))

    def _search(self) -> Iterator[Access]:
        """What a search of the whole library shows is looked at once; newer is found more."""
        rng = self._room.rng
        for _ in range(int(rng.integers(10, 60))):
            yield self._room.access(int(self._room.first[-1] * rng.beta(1.5, 1.0)))

    def _pool(self) -> int:
        """Archive pictures that many cuts use: a few very often (Zipf)."""
        rank = int(self._room.rng.zipf(1.3))
        return rank * 7919 % self._room.first[-1]
