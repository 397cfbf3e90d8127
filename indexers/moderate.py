"""The moderation stage: lines and pictures that a person should look at before others do."""

from collections.abc import Sequence

import xxhash
from sqlmodel import col, select

from catalog.models import Asset, Flag, Line, PictureFlag
from catalog.work import Facts, Queue, Work
from indexers import sighting
from indexers.moderation.keys import key
from indexers.moderation.lists import SHIPPED, Term, terms
from indexers.moderation.summary import summary
from indexers.moderation.words import find


class Moderate:
    """Out come one Flag for each sensitive word of each line, and one PictureFlag for each span
    whose pictures seem to show something sensitive."""

    name = "moderation"
    needs = ("transcript", "vision")
    queue = Queue.GPU  # the vision engine reads what it compares pictures with
    version = 2
    limit = 600.0
    makes = (Flag, PictureFlag)

    def inputs(self, work: Work) -> str:
        """A digest of what is looked for. Raises Misconfigured."""
        return f"{inputs(work)} {sighting.inputs(work)}".rstrip()

    def run(self, work: Work) -> Facts:
        """See Stage. Raises Misconfigured for a list that can't be read."""
        section = work.settings.moderation
        if not (section.words or section.pictures):
            return Facts("moderation is switched off in the settings", skipped=True)
        said, seen = _said(work), sighting.look(work)
        found = [facts for facts in (said, seen) if facts]
        if not found:
            return Facts("there is nothing to moderate in it", skipped=True)
        return Facts(
            "; ".join(facts.message for facts in found),
            rows=[row for facts in found for row in facts.rows],
            engine=", ".join(facts.engine for facts in found),
        )


def _said(work: Work) -> Facts | None:
    """None where nothing is said, or words are not looked for."""
    ordered = select(Line).where(Line.asset_id == work.asset_id).order_by(col(Line.number))
    lines = work.session.exec(ordered).all() if work.settings.moderation.words else ()
    if not lines:
        return None
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
            key=key(asset.checksum, line.in_frame, line.out_frame, hit.term.text),
            line=line.number,
            in_frame=line.in_frame,
            out_frame=line.out_frame,
            **hit.as_columns(),
        )
        for number, (line, hit) in enumerate(found)
    ]


def inputs(work: Work) -> str:
    """A digest of the lists: other words are looked for in what is there already. Raises
    Misconfigured."""
    return xxhash.xxh3_64_hexdigest(repr(looked_for(work)).encode())


def looked_for(work: Work) -> tuple[Term, ...]:
    """The terms of all lists; none where moderation is off. Raises Misconfigured."""
    section = work.settings.moderation
    return terms((*SHIPPED, *section.lists)) if section.words else ()
