"""Whether a cut is held back from publishing until a person has looked at it."""

from collections import Counter

import xxhash
from sqlmodel import Session

from catalog.approvals import flagged, waiting
from catalog.models import Cut, Flag
from catalog.places import script_name
from catalog.words import counted
from catalog.work import Work
from renderers.cuts import newest
from renderers.sequence import Sequence, from_json


def shown(sequence: Sequence) -> list[tuple[int, int, int]]:
    """What the cut shows, on any track: asset and [in, out) frames of its source."""
    tracks = (sequence.events, *(track.events for track in sequence.tracks))
    return [
        (event.source.asset_id, event.in_frame, event.out_frame)
        for events in tracks
        for event in events
        if event.source
    ]


def flags_of(session: Session, cut: Cut) -> list[Flag]:
    """The sensitive words of what the cut shows, in record order."""
    return flagged(session, shown(from_json(cut.sequence)))


def held(work: Work, cut: Cut) -> list[Flag]:
    """The flags that hold the cut back; none where [moderation] hold is off."""
    if not work.settings.moderation.hold:
        return []
    return waiting(work.session, cut.story_id, flags_of(work.session, cut))


def digest(work: Work) -> str:
    """What a renderer's inputs say of it: "" for nothing held back, or no cut yet."""
    cut = newest(work.session, work.item.story_id, script_name(work.item))
    keys = sorted(flag.key for flag in held(work, cut)) if cut else []
    return xxhash.xxh3_64_hexdigest(" ".join(keys).encode()) if keys else ""


def told(flags: list[Flag], story: str) -> str:
    """`held back: 3 sensitive words (2 profanity, 1 violence); `stringout approve STORY` …`."""
    parts = Counter(flag.category for flag in flags).most_common()
    kinds = ", ".join(f"{count} {what}" for what, count in parts)
    return (
        f"held back: {counted(len(flags), 'sensitive word')} ({kinds}); see the report, then "
        f"`stringout approve {story!r}` lets it out"
    )
