"""What a stage says of its flags."""

from collections import Counter
from collections.abc import Sequence

from catalog.models import AnyFlag
from catalog.words import counted


def summary(rows: Sequence[AnyFlag], noun: str = "sensitive word") -> str:
    """`3 sensitive words: 2 profanity, 1 violence`."""
    if not rows:
        return f"no {noun}s"
    parts = ", ".join(f"{n} {what}" for what, n in Counter(r.category for r in rows).most_common())
    return f"{counted(len(rows), noun)}: {parts}"
