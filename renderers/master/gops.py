"""Groups of pictures of an original that can be taken out whole: closed ones, which show nothing
that was decoded before them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from media.ffmpeg import probe
from renderers.master.sources import Taken

_MORE = Fraction(1)  # second read past a span, to see where its last group ends
_EXACT = Fraction(1, 4)  # of a frame that a time may be off


@dataclass(frozen=True)
class Run:
    """Source frames [first, end): closed groups one after the other. `late`: frames that its
    packets are decoded ahead of being shown, at most."""

    first: int
    end: int
    late: int


def runs(taken: Taken, rate: Fraction, spans: Sequence[tuple[int, int]]) -> list[list[Run]]:
    """For each span of source frames the runs of whole closed groups inside it."""
    groups = sorted(set(_groups(_packets(taken, rate, sorted(spans)))), key=lambda run: run.first)
    return [list(_inside(span, groups)) for span in spans]


def _packets(
    taken: Taken, rate: Fraction, spans: Sequence[tuple[int, int]]
) -> list[tuple[int, bool]]:
    """In the order of decoding: which frame each shows (-1: no whole one), whether it is a key."""
    begin = taken.start * taken.tick
    intervals = ",".join(
        f"{float(begin + first / rate):.6f}%{float(begin + end / rate + _MORE):.6f}"
        for first, end in spans
    )
    answer = probe(
        taken.seen.path, "-select_streams", "V:0", "-show_entries", "packet=pts,flags",
        "-read_intervals", intervals,
    )  # fmt: skip
    return [
        (_frame(packet.get("pts"), taken, rate), "K" in packet["flags"])
        for packet in answer.get("packets", ())
    ]


def _frame(pts: int | None, taken: Taken, rate: Fraction) -> int:
    if pts is None:
        return -1
    at = (int(pts) - taken.start) * taken.tick * rate
    near = round(at)
    return near if abs(at - near) < _EXACT else -1


def _groups(packets: Sequence[tuple[int, bool]]) -> Iterator[Run]:
    """Closed groups that are followed by a key frame right after their last frame."""
    keys = [number for number, (_, is_key) in enumerate(packets) if is_key]
    for key, following in pairwise(keys):
        frames = [frame for frame, _ in packets[key:following]]
        whole = sorted(frames) == list(range(frames[0], frames[0] + len(frames)))
        if frames[0] >= 0 and whole and packets[following][0] == frames[0] + len(frames):
            late = max(order - (frame - frames[0]) for order, frame in enumerate(frames))
            yield Run(frames[0], frames[0] + len(frames), late)


def _inside(span: tuple[int, int], groups: Sequence[Run]) -> Iterator[Run]:
    found: Run | None = None
    for group in groups:
        if group.first < span[0] or group.end > span[1]:
            continue
        if found and found.end == group.first:
            found = Run(found.first, group.end, max(found.late, group.late))
        elif found is None or group.first > found.end:
            if found:
                yield found
            found = group
    if found:
        yield found
