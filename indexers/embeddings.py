"""The meaning of every clip in which something is said, as a vector."""

from collections.abc import Sequence

from sqlmodel import col, select

from catalog.models import Clip, Embedding
from catalog.work import Facts, Queue, Work
from indexers.engines.sentence import Embedder, choose, embedder


class Embeddings:
    """Clips in, one Embedding out for each whose text the engine can read."""

    name = "embeddings"
    needs = ("clips",)
    queue = Queue.GPU
    version = 1
    limit = 600.0
    makes = (Embedding,)

    def inputs(self, work: Work) -> str:
        """The engine: vectors of another one can't be compared, so all are made again."""
        return choose(work.settings.embeddings).name

    def run(self, work: Work) -> Facts:
        """See Stage."""
        return self.run_together([work])[0]

    def run_together(self, works: Sequence[Work]) -> list[Facts]:
        """See Together: the clips of all of them are one batch."""
        clips = [_spoken(work) for work in works]
        engine = embedder(works[0].settings.embeddings)
        rows = embed_clips([clip for some in clips for clip in some], engine)
        found: dict[int, list[Embedding]] = {work.asset_id: [] for work in works}
        for row in rows:
            found[row.asset_id].append(row)
        return [
            _facts(some, found[work.asset_id], engine.name)
            for work, some in zip(works, clips, strict=True)
        ]


def _spoken(work: Work) -> Sequence[Clip]:
    found = select(Clip).where(Clip.asset_id == work.asset_id, Clip.text != "")
    return work.session.exec(found.order_by(col(Clip.number))).all()


def _facts(clips: Sequence[Clip], rows: Sequence[Embedding], engine: str) -> Facts:
    if not clips:
        return Facts("nothing is said in it", skipped=True)
    left = len(clips) - len(rows)
    message = f"{len(rows)} clips by {engine}"
    if left:
        message += f"; {left} in a language that it can't read are found by their words"
    return Facts(message, rows=rows, engine=engine)


def embed_clips(clips: Sequence[Clip], engine: Embedder) -> list[Embedding]:
    """One row for each clip whose text `engine` reads, all in one batch.

    The others get none: MiniLM turns every Chinese sentence into the same unknown words, and
    vectors of those would make all of them alike.
    """
    read = [clip for clip in clips if engine.reads(clip.text)]
    vectors = engine.embed([clip.text for clip in read]).astype("<f4")
    return [
        Embedding(
            asset_id=clip.asset_id,
            number=clip.number,
            engine=engine.name,
            vector=vector.tobytes(),
        )
        for clip, vector in zip(read, vectors, strict=True)
    ]
