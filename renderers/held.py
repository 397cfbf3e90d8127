"""Whether a cut is held back from publishing until a person has looked at it."""

import shlex
from collections import Counter
from collections.abc import Iterable

import xxhash
from sqlmodel import Session

from catalog.approvals import HELD, flagged, named, waiting, written
from catalog.models import AnyFlag, Cut, PictureFlag
from catalog.places import script_name, story_name
from catalog.work import Facts, Work
from config.settings import Settings
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


def flags_of(session: Session, cut: Cut, sequence: Sequence | None = None) -> list[AnyFlag]:
    """What is sensitive in what the cut shows: what is said and seen in it, in record order, then
    what its titles, slates and markers have from the script. `sequence`: the cut's, where it has
    been read already."""
    sequence = sequence or from_json(cut.sequence)
    tracks = (sequence.events, *(track.events for track in sequence.tracks))
    lines = [_TITLE, *(event.line for events in tracks for event in events)]
    return [*flagged(session, shown(sequence)), *written(session, cut.item_id, lines)]


def held(work: Work, cut: Cut) -> list[AnyFlag]:
    """The flags that hold the cut back; none where [moderation] hold is off."""
    return holding(work.session, work.settings, cut)


def holding(
    session: Session, settings: Settings, cut: Cut, sequence: Sequence | None = None
) -> list[AnyFlag]:
    """As `held`, outside of a stage; `sequence` as in `flags_of`."""
    if not settings.moderation.hold:
        return []
    return waiting(session, cut.story_id, flags_of(session, cut, sequence))


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


def back(work: Work, cut: Cut) -> Facts | None:
    """What a renderer answers where the cut is held back; None where it is not."""
    flags = held(work, cut)
    story = story_name(work.item.path, work.item.root)
    return Facts(told(flags, story, from_json(cut.sequence)), skipped=True) if flags else None


def told(flags: Iterable[AnyFlag], story: str, sequence: Sequence) -> str:
    """What holds the cut back, where the first picture is, and what to do, in a sentence."""
    flags = list(flags)
    kinds = Counter(flag.category for flag in flags).most_common()
    counts = kinds[0][0] if len(flags) == 1 else ", ".join(f"{what} {n}" for what, n in kinds)
    sight = next((flag for flag in flags if isinstance(flag, PictureFlag)), None)
    where = f"{_seen(sight, sequence)}; " if sight else ""
    return (
        f"{HELD}{named(flags)} ({counts}): {where}the report shows them, "
        f"`stringout approve {shlex.quote(story)}` lets them out"
    )


def _seen(flag: PictureFlag, sequence: Sequence) -> str:
    """`A001.mov from 10:00:02:00 to 10:00:03:00 looks like “a fight” (93 %)`."""
    source = next(each for each in sequence.sources() if each.asset_id == flag.asset_id)
    first, end = source.timecode(flag.in_frame), source.timecode(flag.out_frame)
    looks = f"“{flag.english or flag.chinese}” ({100 * flag.likelihood:.0f} %)"
    return f"{source.name} from {first} to {end} looks like {looks}"
