"""The emotion of every spoken line."""

from collections import Counter
from collections.abc import Sequence
from itertools import islice

from sqlmodel import col, select

from catalog.models import Emotion, Label, Line
from catalog.work import Facts, Queue, Work
from indexers.engines.emotion_text import EmotionEngine, text_emotions

_DIGITS = 4  # of a stored probability


class Emotions:
    """Lines in, one Emotion each out."""

    name = "emotions"
    needs = ("transcript",)
    queue = Queue.GPU
    version = 1
    limit = 600.0
    makes = (Emotion,)

    def run(self, work: Work) -> Facts:
        """See Stage."""
        return self.run_together([work])[0]

    def run_together(self, works: Sequence[Work]) -> list[Facts]:
        """See Together: the lines of all of them are one batch."""
        if works[0].settings.emotions.engine == "none":
            return [Facts("emotions are switched off in the settings", skipped=True)] * len(works)
        lines = [_lines(work) for work in works]
        engine = text_emotions()  # "auto" and "text": the one engine there is
        rows = iter(feel([line for some in lines for line in some], engine))
        return [_facts(list(islice(rows, len(some))), engine.name) for some in lines]


def _lines(work: Work) -> Sequence[Line]:
    found = select(Line).where(Line.asset_id == work.asset_id).order_by(col(Line.number))
    return work.session.exec(found).all()


def _facts(rows: Sequence[Emotion], engine: str) -> Facts:
    if not rows:
        return Facts("nothing is said in it", skipped=True)
    return Facts(summary([row.label for row in rows]), rows=rows, engine=engine)


def feel(lines: Sequence[Line], engine: EmotionEngine) -> list[Emotion]:
    """One row per line: its most probable label, and all probabilities."""
    scores = engine.read([line.text for line in lines])
    return [
        Emotion(
            asset_id=line.asset_id,
            number=line.number,
            label=max(score, key=score.__getitem__),
            scores=_rounded(score),
            engine=engine.name,
        )
        for line, score in zip(lines, scores, strict=True)
    ]


def summary(labels: Sequence[Label]) -> str:
    """`12 lines: 5 calm, 4 joy, 3 sadness`."""
    noun = "line" if len(labels) == 1 else "lines"
    parts = ", ".join(f"{count} {label}" for label, count in Counter(labels).most_common())
    return f"{len(labels)} {noun}: {parts}"


def _rounded(score: dict[Label, float]) -> dict[str, float]:
    """Rounded so that they still sum to 1: the largest takes what rounding left."""
    rounded = {label.value: round(value, _DIGITS) for label, value in score.items()}
    largest = max(rounded, key=rounded.__getitem__)
    rest = sum(value for label, value in rounded.items() if label != largest)
    return {**rounded, largest: round(1 - rest, _DIGITS)}
