"""What differs between two versions of a cut: sentences for the report and the log."""

from collections import Counter
from collections.abc import Iterable, Iterator

from renderers.format import rate_label
from renderers.sequence import Alternate, Event, Sequence

_Key = tuple[str, str, int]  # character, text, which of several equal lines


def differences(before: Sequence | None, after: Sequence) -> list[str]:
    """One sentence per line that changed, in the order of the script. Lines count from 1.

    Lines are known by their words, so that a script that was edited between two versions
    tells which lines are new rather than that all have moved.
    """
    found = sum(event.source is not None for event in after.events)
    if before is None:
        return [f"first version: {found} of {len(after.events)} lines found"]
    old, new = _keyed(before.events), _keyed(after.events)
    sentences = [
        f"the cut now runs at {rate_label(after.rate)} fps (was {rate_label(before.rate)})"
        for _ in range(before.rate != after.rate)
    ]
    for key, event in new.items():
        said = [_changed(before, old.get(key), after, event), *_offered(old.get(key), event)]
        sentences += [f"line {event.number}: {sentence}" for sentence in said if sentence]
    sentences += [
        f"line {event.number} of the version before is gone: {event.text}"
        for key, event in old.items()
        if key not in new
    ]
    if not sentences:
        moved = list(old) != list(new)
        sentences.append("the lines are in another order" if moved else "its form has changed")
    return sentences


def _keyed(events: Iterable[Event]) -> dict[_Key, Event]:
    seen: Counter[tuple[str, str]] = Counter()
    keyed = {}
    for event in events:
        seen[event.character, event.text] += 1
        keyed[event.character, event.text, seen[event.character, event.text]] = event
    return keyed


def _changed(before: Sequence, old: Event | None, after: Sequence, new: Event) -> str:
    """What happened to a line; "" for nothing."""
    if old is None:
        return f"new in the script, {_place(new)}"
    if _cut(old) == _cut(new):
        longer = new.source is None and old.duration / before.rate != new.duration / after.rate
        return "its gap has another length" if longer else ""
    if new.source is None:
        return f"now a gap (was {_place(old)})"
    if old.source and old.source.asset_id == new.source.asset_id:
        return f"now {_span(new)} (was {_span(old)})"
    return f"now {_place(new)} (was {_place(old)})"


def _offered(old: Event | None, new: Event) -> Iterator[str]:
    """Takes that came or went without being chosen."""
    if old is None:
        return
    for words, here, there in (("another take", new, old), ("a take is no longer there", old, new)):
        known: list[Event | Alternate] = [there, *there.alternates]
        found = [
            _place(other)
            for other in here.alternates
            if not any(_overlap(_cut(other), _cut(one)) for one in known)
        ]
        if found:
            yield f"{words}: {', '.join(found)}"


def _cut(event: Event | Alternate) -> tuple[int, int, int]:
    """What is cut in, whatever else is said of it."""
    return (event.source.asset_id if event.source else 0, event.in_frame, event.out_frame)


def _overlap(one: tuple[int, int, int], other: tuple[int, int, int]) -> bool:
    """Whether they show the same moment: wider handles don't make another take."""
    return one[0] == other[0] and one[1] < other[2] and other[1] < one[2]


def _place(event: Event | Alternate) -> str:
    if event.source is None:
        return "a gap"
    return f"{event.source.name} {event.source.timecode(event.in_frame)}"


def _span(event: Event) -> str:
    assert event.source is not None
    return f"{_place(event)} to {event.source.timecode(event.out_frame)}"
