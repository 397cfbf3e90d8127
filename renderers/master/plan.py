"""What of a master is copied, and what is encoded: by what costs less."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from renderers import copies, render
from renderers.look import Look, movie_size
from renderers.master.forms import Form
from renderers.master.gops import Run, runs
from renderers.master.sources import Taken
from renderers.segments import Segment, segments
from renderers.sequence import Sequence as Cut

# CPU seconds, measured with ffmpeg 5.1 on 1080p (benchmarks.render): a frame of 10^6 pixels that is
# decoded and encoded, and a process that is started.
_ENCODE, _START = 0.03, 0.06


@dataclass(frozen=True)
class Stretch:
    """A segment that is made in one go. `late`: see gops.Run; None = it is encoded."""

    segment: Segment
    late: int | None = None


def form_for(sequence: Cut, taken: Mapping[int, Taken], height: int) -> Form | None:
    """The form of most frames of the cut that could be copied; None where there are none."""
    frames: Counter[Form] = Counter()
    for event in sequence.events:
        form = event.source and taken[event.source.asset_id].form
        if form and event.source and event.source.rate == sequence.rate and event.speed == 1:
            frames[form] += event.duration * (form.size == movie_size(sequence, height))
    best = frames.most_common(1)
    # Between forms that stand alone most frames decide; a few don't make a movie of theirs.
    return best[0][0] if best and best[0][1] * 2 >= sequence.duration else None


def plan(look: Look, form: Form | None, taken: Mapping[int, Taken]) -> list[Stretch]:
    """All stretches in record order, without holes."""
    seen = {number: each.seen for number, each in taken.items()}
    shown = [p for each in segments(look.sequence) for p in render.cut_at_effects(each, look)]
    may = [bool(form) and copies.copyable(each, seen, look) for each in shown]
    if form and form.alone:
        stretches = [
            Stretch(s, 0 if copied else None) for s, copied in zip(shown, may, strict=True)
        ]
    else:
        stretches = _smart(look, shown, may, taken)
    return [part for each in stretches for part in _parts(each, look)]


def _smart(
    look: Look, shown: Sequence[Segment], may: Sequence[bool], taken: Mapping[int, Taken]
) -> list[Stretch]:
    """Whole closed groups copied where that pays, the rest encoded."""
    pixels = look.size[0] * look.size[1] / 1e6
    least = 2 * _START / (_ENCODE * pixels)  # frames of a run that pay its two processes
    found = _runs(look, [s for s, one in zip(shown, may, strict=True) if one], taken, least)
    return [part for each in shown for part in _split(each, found.get(each.record_in, []))]


def _runs(
    look: Look, some: Sequence[Segment], taken: Mapping[int, Taken], least: float
) -> dict[int, list[Run]]:
    """The runs that pay, by the record frame at which their segment begins."""
    by_asset: defaultdict[int, list[Segment]] = defaultdict(list)
    for segment in some:
        if segment.event.source and segment.duration >= least:
            by_asset[segment.event.source.asset_id].append(segment)
    found = {}
    for number, segments_ in by_asset.items():
        spans = [(copies.first(each), copies.first(each) + each.duration) for each in segments_]
        every = runs(taken[number], look.sequence.rate, spans)
        for segment, inside in zip(segments_, every, strict=True):
            found[segment.record_in] = [run for run in inside if run.end - run.first >= least]
    return found


def _split(segment: Segment, inside: Sequence[Run]) -> list[Stretch]:
    found, at = [], segment.record_in
    behind = segment.record_in - copies.first(segment)  # record frame of source frame 0
    for run in inside:
        first, end = run.first + behind, run.end + behind
        if first > at:
            found.append(Stretch(replace(segment, record_in=at, record_out=first)))
        found.append(Stretch(replace(segment, record_in=first, record_out=end), run.late))
        at = end
    if at < segment.record_out:
        found.append(Stretch(replace(segment, record_in=at)))
    return found


def _parts(stretch: Stretch, look: Look) -> list[Stretch]:
    """What is encoded in stretches that are not too long."""
    if stretch.late is not None:
        return [stretch]
    return [Stretch(part) for part in render.parts(stretch.segment, look)]
