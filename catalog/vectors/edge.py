"""The embedded index: a Qdrant Edge shard in a folder, in this process.

Measured: 11 to 290 times faster than qdrant-client's local mode, and no
acknowledged point lost in 20 kill -9. HNSW is off (m = 0): the exact scan takes 1.3 ms at
10,000 clips, while building the graph would hold the GIL for seconds.
"""

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import qdrant_edge as edge

from catalog.vectors.store import (
    DENSE,
    FLOOR,
    KEYWORDS,
    NUMBERS,
    SPARSE,
    WIDTH,
    Filters,
    Hit,
    batches,
    sparse,
    sparse_text,
    values,
)
from catalog.work import Point

# k = 2 is Qdrant's default, so both stores rank alike. Any: the stubs don't call it a Fusion.
_FUSION: Any = edge.Fusion.Rrf(k=2)


class EdgeVectors:
    """One shard, owned by one process (catalog/vectors/shared.py keeps the others out)."""

    def __init__(self, folder: Path, dimension: int) -> None:
        """Open the shard in `folder`, or make it there. `dimension`: of the dense vectors."""
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._shard = edge.EdgeShard.load(str(folder), _config(dimension))
        for name in KEYWORDS:
            self._index(name, edge.PayloadSchemaType.Keyword)
        for name in NUMBERS:
            self._index(name, edge.PayloadSchemaType.Integer)

    def replace(self, asset_id: int, points: Sequence[Point]) -> None:
        """As VectorStore. New points come before old ones go: the asset is always findable."""
        for batch in batches(points):
            rows = [_point(point) for point in batch]
            with self._lock:
                self._shard.update(edge.UpdateOperation.upsert_points(rows))
        outdated = edge.Filter(
            must=[_match("asset_id", asset_id)],
            must_not=[edge.HasIdCondition({point.id for point in points})],
        )
        with self._lock:
            self._shard.update(edge.UpdateOperation.delete_points_by_filter(outdated))
            self._shard.flush()  # updates alone are not fsynced

    def query(
        self,
        dense: Sequence[float] | None,
        terms: Mapping[str, float],
        *,
        limit: int,
        filters: Filters | None = None,
    ) -> list[Hit]:
        """As VectorStore."""
        wanted = _filter(filters or {})
        rankings = [
            edge.Prefetch(limit=limit * WIDTH, query=query, filter=wanted, score_threshold=floor)
            for query, floor in _queries(dense, terms)
        ]
        if not rankings:
            return []
        request = edge.QueryRequest(
            limit=limit, prefetches=rankings, query=_FUSION, with_payload=True
        )
        with self._lock:
            found = self._shard.query(request)
        return [Hit(str(point.id), point.score, point.payload or {}) for point in found]

    def count(self) -> int:
        """As VectorStore."""
        with self._lock:
            return self._shard.count(edge.CountRequest())

    def close(self) -> None:
        """As VectorStore."""
        with self._lock:
            self._shard.flush()
            self._shard.close()

    def _index(self, name: str, kind: edge.PayloadSchemaType) -> None:
        if name not in self._shard.info().payload_schema:
            self._shard.update(edge.UpdateOperation.create_field_index(name, kind))


def _config(dimension: int) -> edge.EdgeConfig:
    return edge.EdgeConfig(
        vectors={DENSE: edge.EdgeVectorParams(size=dimension, distance=edge.Distance.Cosine)},
        sparse_vectors={SPARSE: edge.EdgeSparseVectorParams(modifier=edge.Modifier.Idf)},
        hnsw_config=edge.HnswIndexConfig(m=0, ef_construct=100, full_scan_threshold=10_000),
    )


def _point(point: Point) -> edge.Point:
    vectors: dict[str, Any] = {SPARSE: edge.SparseVector(*sparse_text(point.text))}
    if len(point.vector):
        vectors[DENSE] = [float(number) for number in point.vector]
    return edge.Point(id=point.id, vector=vectors, payload=dict(point.payload))


def _queries(
    dense: Sequence[float] | None, terms: Mapping[str, float]
) -> list[tuple[edge.Query, float | None]]:
    """Each ranking, and the least score of what is in it."""
    queries: list[tuple[edge.Query, float | None]] = []
    if dense is not None:
        meaning = edge.Query.Nearest([float(number) for number in dense], using=DENSE)
        queries.append((meaning, FLOOR))
    if terms:
        said = edge.Query.Nearest(edge.SparseVector(*sparse(terms)), using=SPARSE)
        queries.append((said, None))
    return queries


def _match(name: str, wanted: Any) -> edge.FieldCondition:
    return edge.FieldCondition(key=name, match=edge.MatchAny(values(wanted)))


def _filter(filters: Filters) -> edge.Filter | None:
    if not filters:
        return None
    return edge.Filter(must=[_match(name, wanted) for name, wanted in filters.items()])
