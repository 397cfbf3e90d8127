"""What the index can do, whoever keeps it. Everything else in Stringout sees only this."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import xxhash

from catalog.words import sparse_terms
from catalog.work import Point

# Names of the two vectors of a point, and of the payload fields that queries filter by.
DENSE = "dense"
SPARSE = "sparse"
NUMBERS = ("asset_id", "story_id")
KEYWORDS = ("emotion", "speaker")

BATCH = 256  # points per upsert: the embedded store holds the GIL for a whole call
# Cosine below which two texts have nothing to do with each other: 99 % of unrelated pairs lie
# under it, 2 % of two captions of one picture (all-MiniLM-L6-v2).
FLOOR = 0.2
WIDTH = 5  # each of the two rankings gives this many times the limit to be fused

# A field and the value it must have, or the values it may have.
Filters = Mapping[str, str | int | Sequence[str] | Sequence[int]]


@dataclass(frozen=True)
class Hit:
    """One point that a query found. `score` orders the hits of one query and nothing more."""

    id: str
    score: float
    payload: Mapping[str, Any] = field(default_factory=dict)


class VectorStore(Protocol):
    """One collection: the clips of every asset, embedded by one engine."""

    def replace(self, asset_id: int, points: Sequence[Point]) -> None:
        """Make `points` all there is of this asset, durably. Running it twice changes nothing.

        A point with an empty vector is found by its words only.
        """

    def query(
        self,
        dense: Sequence[float] | None,
        terms: Mapping[str, float],
        *,
        limit: int,
        filters: Filters | None = None,
    ) -> list[Hit]:
        """The best `limit` points by meaning (`dense`) and by words (`terms`), best first.

        Both rankings are fused by reciprocal rank; either may be left out (None, {}). What
        neither shares a word nor is nearer in meaning than FLOOR is no answer.
        """

    def count(self) -> int:
        """How many points there are."""

    def close(self) -> None:
        """Give the index back. Nothing may be called afterwards."""


def collection_name(prefix: str, engine: str) -> str:
    """The collection of an embedding engine: vectors of two engines can't be compared."""
    return f"{prefix}-{engine}"


def sparse(terms: Mapping[str, float]) -> tuple[list[int], list[float]]:
    """Terms as indices and weights. Indices are the xxh32 of the term: stable for ever.

    Two terms of one text with the same hash (1 in 4 billion pairs) are added up.
    """
    weights: dict[int, float] = {}
    for term, weight in terms.items():
        index = xxhash.xxh32_intdigest(term.encode())
        weights[index] = weights.get(index, 0.0) + weight
    return list(weights), list(weights.values())


def sparse_text(text: str) -> tuple[list[int], list[float]]:
    """The sparse vector of a text."""
    return sparse(sparse_terms(text))


def values(wanted: str | int | Sequence[str] | Sequence[int]) -> list[Any]:
    """A filter's value or values as a list."""
    return [wanted] if isinstance(wanted, str | int) else list(wanted)


def batches(points: Sequence[Point]) -> list[Sequence[Point]]:
    """`points` in pieces that one upsert may carry."""
    return [points[start : start + BATCH] for start in range(0, len(points), BATCH)]
