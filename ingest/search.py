"""`stringout search`: beside the running service, which keeps the index, and without it."""

import os
from dataclasses import dataclass

from catalog.database import Catalog
from catalog.models import Label
from catalog.search import Found, search
from catalog.vectors.shared import open_vectors
from config.settings import Settings
from indexers.engines import sentence


@dataclass(frozen=True)
class Query:
    """What to look for."""

    words: str
    emotion: Label | None
    story: str | None
    limit: int
    speaker: str | None = None


def find(settings: Settings, catalog: Catalog, query: Query) -> list[Found]:
    """The clips that fit best, best first. Raises TryLater while the service is starting."""
    os.environ["TQDM_DISABLE"] = "1"  # the model is loaded without a progress bar
    embedder = sentence.embedder(settings.embeddings)
    dense = embedder.embed([query.words])[0].tolist() if embedder.reads(query.words) else None
    vectors = open_vectors(settings, embedder.name, embedder.dimension)
    try:
        with catalog.reading() as session:
            return search(
                session, vectors, dense, query.words,
                story=query.story, emotion=query.emotion, speaker=query.speaker,
                limit=query.limit,
            )  # fmt: skip
    finally:
        vectors.close()
