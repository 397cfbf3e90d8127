"""The index on a Qdrant server, shared by any number of hosts. Same behaviour as edge.py."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from qdrant_client import QdrantClient
from qdrant_client import models as q
from qdrant_client.http.exceptions import ResponseHandlingException, UnexpectedResponse

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
from media.errors import Misconfigured, TryLater

_CONFLICT = 409


class ServerVectors:
    """One collection of a server. Tests hand in qdrant-client's local mode as the client."""

    def __init__(self, client: QdrantClient, collection: str, dimension: int) -> None:
        """Make the collection if it isn't there. Raises TryLater or Misconfigured."""
        self._client = client
        self._collection = collection
        with _translated():
            if not client.collection_exists(collection):
                self._create(dimension)

    def replace(self, asset_id: int, points: Sequence[Point]) -> None:
        """As VectorStore. New points come before old ones go: the asset is always findable."""
        outdated = q.Filter(
            must=[_match("asset_id", asset_id)],
            must_not=[q.HasIdCondition(has_id=[point.id for point in points])],
        )
        with _translated():
            for batch in batches(points):
                rows = [_point(point) for point in batch]
                self._client.upsert(self._collection, rows, wait=True)
            self._client.delete(self._collection, q.FilterSelector(filter=outdated), wait=True)

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
            q.Prefetch(
                query=query,
                using=name,
                limit=limit * WIDTH,
                filter=wanted,
                score_threshold=FLOOR if name == DENSE else None,
            )
            for name, query in _queries(dense, terms)
        ]
        if not rankings:
            return []
        with _translated():
            found = self._client.query_points(
                self._collection,
                query=q.FusionQuery(fusion=q.Fusion.RRF),
                prefetch=rankings,
                limit=limit,
            ).points
        return [Hit(str(point.id), point.score, point.payload or {}) for point in found]

    def count(self) -> int:
        """As VectorStore."""
        with _translated():
            return self._client.count(self._collection).count

    def close(self) -> None:
        """As VectorStore."""
        self._client.close()

    def _create(self, dimension: int) -> None:
        try:
            self._client.create_collection(
                self._collection,
                vectors_config={DENSE: q.VectorParams(size=dimension, distance=q.Distance.COSINE)},
                sparse_vectors_config={SPARSE: q.SparseVectorParams(modifier=q.Modifier.IDF)},
            )
        except UnexpectedResponse as error:
            if error.status_code != _CONFLICT:  # another worker made it a moment ago
                raise
        for name in KEYWORDS:
            self._index(name, q.PayloadSchemaType.KEYWORD)
        for name in NUMBERS:
            self._index(name, q.PayloadSchemaType.INTEGER)

    def _index(self, name: str, kind: q.PayloadSchemaType) -> None:
        self._client.create_payload_index(self._collection, name, field_schema=kind)


def connect(url: str, collection: str, dimension: int) -> ServerVectors:
    """The collection on the server at `url`. Raises TryLater when it doesn't answer."""
    client = QdrantClient(url, check_compatibility=False)  # its check warns from a thread
    return ServerVectors(client, collection, dimension)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except ResponseHandlingException as error:
        raise TryLater(f"the Qdrant server does not answer: {error.source}") from error
    except UnexpectedResponse as error:
        if error.status_code and error.status_code < 500:
            raise Misconfigured(f"the Qdrant server refuses: {error}") from error
        raise TryLater(f"the Qdrant server has a problem of its own: {error}") from error


def _point(point: Point) -> q.PointStruct:
    indices, weights = sparse_text(point.text)
    vectors: dict[str, Any] = {SPARSE: q.SparseVector(indices=indices, values=weights)}
    if len(point.vector):
        vectors[DENSE] = [float(number) for number in point.vector]
    return q.PointStruct(id=point.id, vector=vectors, payload=dict(point.payload))


def _queries(
    dense: Sequence[float] | None, terms: Mapping[str, float]
) -> Iterator[tuple[str, Any]]:
    if dense is not None:
        yield DENSE, [float(number) for number in dense]
    if terms:
        indices, weights = sparse(terms)
        yield SPARSE, q.SparseVector(indices=indices, values=weights)


def _match(name: str, wanted: Any) -> q.FieldCondition:
    return q.FieldCondition(key=name, match=q.MatchAny(any=values(wanted)))


def _filter(filters: Filters) -> q.Filter | None:
    if not filters:
        return None
    return q.Filter(must=[_match(name, wanted) for name, wanted in filters.items()])
