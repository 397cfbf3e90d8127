"""Whether a cut is held back from publishing until a person has looked at it."""

import shlex
from collections import Counter

import xxhash
from sqlmodel import Session

from catalog.approvals import HELD, flagged, waiting, written
from catalog.models import AnyFlag, Cut
from catalog.places import script_name
from catalog.words import counted
from catalog.work import Work
from renderers.cuts import newest
from renderers.sequence import Sequence, from_json

_TITLE = -1  # the line of a flag in a script's title


def shown(sequence: Sequence) -> list[tuple[int, int, int]]:
    """What the cut shows, on any track: asset and [in, out) frames of its source."""
    tracks = (sequence.events, *(track.events for track in sequence.tracks))
    return [
        (event.source.asset_id, event.in_frame, event.out_frame)
        for events in tracks
        for event in events
        if event.source
    ]


def flags_of(session: Session, cut: Cut) -> list[AnyFlag]:
    """The sensitive words of what the cut shows: what is said in it, in record order, then what
    its titles, slates and markers have from the script."""
    sequence = from_json(cut.sequence)
    tracks = (sequence.events, *(track.events for track in sequence.tracks))
    lines = [_TITLE, *(event.line for events in tracks for event in events)]
    return [*flagged(session, shown(sequence)), *written(session, cut.item_id, lines)]


def held(work: Work, cut: Cut) -> list[AnyFlag]:
    """The flags that hold the cut back; none where [moderation] hold is off."""
    if not work.settings.moderation.hold:
        return []
    return waiting(work.session, cut.story_id, flags_of(work.session, cut))


def digest(work: Work) -> str:
    """What a renderer's inputs say of it: "" for nothing held back, or no cut yet."""
    cut = newest(work.session, work.item.story_id, script_name(work.item))
    return _digest(held(work, cut)) if cut else ""


def marked(work: Work) -> str:
    """What the report's inputs say of all flags, held back or let out; "" for none."""
    cut = newest(work.session, work.item.story_id, script_name(work.item))
    return _digest(flags_of(work.session, cut)) if cut else ""


def _digest(flags: list[AnyFlag]) -> str:
    keys = sorted(flag.key for flag in flags)
    return xxhash.xxh3_64_hexdigest(" ".join(keys).encode()) if keys else ""


def told(flags: list[AnyFlag], story: str) -> str:
    """`held back until a person has looked at 3 sensitive words (profanity 2, violence 1): …`."""
    kinds = Counter(flag.category for flag in flags).most_common()
    named = kinds[0][0] if len(flags) == 1 else ", ".join(f"{what} {n}" for what, n in kinds)
    return (
        f"{HELD}{counted(len(flags), 'sensitive word')} "
        f"({named}): the report shows them, `stringout approve {shlex.quote(story)}` lets them out"
    )
