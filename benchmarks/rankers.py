"""Rankers that others use, to compare with: BM25, dense vectors, and both by reciprocal ranks."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from catalog.words import bigrams, tokens
from indexers.engines.sentence import minilm

Table = NDArray[np.float64]
_K1, _B = 1.5, 0.75
_RRF = 60  # Cormack, Clarke and Büttcher, SIGIR 2009


def bm25(queries: Sequence[str], texts: Sequence[str]) -> Table:
    """Queries × texts; Chinese by characters and pairs of them."""
    counts = [Counter(tokens(text) + bigrams(text)) for text in texts]
    index = {term: i for i, term in enumerate(sorted(set().union(*counts)))}
    lengths = np.array([count.total() for count in counts], float)
    norm = _K1 * (1 - _B + _B * lengths / lengths.mean())
    found = np.zeros((len(index), len(texts)))
    for column, count in enumerate(counts):
        for term, number in count.items():
            found[index[term], column] = number * (_K1 + 1) / (number + norm[column])
    held = (found > 0).sum(axis=1)
    found *= np.log(1 + (len(texts) - held + 0.5) / (held + 0.5))[:, None]
    rows = []
    for query in queries:
        terms = [index[term] for term in tokens(query) + bigrams(query) if term in index]
        rows.append(found[terms].sum(axis=0))
    return np.array(rows)


def dense(queries: Sequence[str], texts: Sequence[str]) -> Table:
    """Queries × texts: cosine of MiniLM's vectors."""
    engine = minilm()
    return np.asarray(engine.embed(list(queries)) @ engine.embed(list(texts)).T, float)


def rrf(*tables: Table) -> Table:
    """Reciprocal rank fusion."""
    ranks = [(-table).argsort(axis=1).argsort(axis=1) for table in tables]
    return np.asarray(sum(1 / (_RRF + 1 + rank) for rank in ranks), float)
