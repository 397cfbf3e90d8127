"""The moderation stage: spoken lines that a person should look at before others see them."""

import uuid
from collections import Counter
from collections.abc import Sequence

import xxhash
from sqlmodel import col, select

from catalog.models import AnyFlag, Asset, Flag, Line
from catalog.words import counted
from catalog.work import Facts, Queue, Work
from indexers.moderation.lists import SHIPPED, Term, terms
from indexers.moderation.words import find

NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "stringout/flag")  # never to change: keys are kept


class Moderate:
    """Lines in, one Flag out for each sensitive word of each line."""

    name = "moderation"
    needs = ("transcript",)
    queue = Queue.IO
    version = 1
    limit = 300.0
    makes = (Flag,)

    def inputs(self, work: Work) -> str:
        """As the function."""
        return inputs(work)

    def run(self, work: Work) -> Facts:
        """See Stage. Raises Misconfigured for a list that can't be read."""
        if not work.settings.moderation.words:
            return Facts("moderation is switched off in the settings", skipped=True)
        found = select(Line).where(Line.asset_id == work.asset_id).order_by(col(Line.number))
        lines = work.session.exec(found).all()
        if not lines:
            return Facts("nothing is said in it", skipped=True)
        asset = work.session.get_one(Asset, work.asset_id)
        rows = flags(asset, lines, looked_for(work))
        return Facts(summary(rows), rows=rows, engine="words")


def flags(asset: Asset, lines: Sequence[Line], wanted: Sequence[Term]) -> list[Flag]:
    """One row per line and term, in order of time."""
    assert asset.id is not None
    found = [(line, hit) for line in lines for hit in find(line.text, wanted)]
    return [
        Flag(
            asset_id=asset.id,
            number=number,
            key=_key(asset.checksum, line, hit.term.text),
            line=line.number,
            in_frame=line.in_frame,
            out_frame=line.out_frame,
            **hit.as_columns(),
        )
        for number, (line, hit) in enumerate(found)
    ]


def summary(rows: Sequence[AnyFlag]) -> str:
    """`3 sensitive words: 2 profanity, 1 violence`."""
    if not rows:
        return "no sensitive words"
    parts = ", ".join(f"{n} {what}" for what, n in Counter(r.category for r in rows).most_common())
    return f"{counted(len(rows), 'sensitive word')}: {parts}"


def inputs(work: Work) -> str:
    """A digest of the lists: other words are looked for in what is there already. Raises
    Misconfigured."""
    return xxhash.xxh3_64_hexdigest(repr(looked_for(work)).encode())


def looked_for(work: Work) -> tuple[Term, ...]:
    """The terms of all lists; none where moderation is off. Raises Misconfigured."""
    section = work.settings.moderation
    return terms((*SHIPPED, *section.lists)) if section.words else ()


def _key(checksum: str, line: Line, term: str) -> str:
    return str(uuid.uuid5(NAMESPACE, f"{checksum}:{line.in_frame}:{line.out_frame}:{term}"))
