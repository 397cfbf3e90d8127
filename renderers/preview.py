"""One picture of a cut as its movie shows it, without making the movie."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from media.errors import Rejected
from media.graphs import Starts, standing_alone
from media.ready import LABEL, Ready
from renderers.look import Look
from renderers.pieces import finished
from renderers.proxies import Proxy
from renderers.segments import Segment, segments
from renderers.sequence import Event

_LIMIT = 60  # seconds


def seen(frame: int, look: Look) -> Segment:
    """What record frame `frame` shows, and nothing else. Raises Rejected when there is none."""
    shown = (s for s in segments(look.sequence) if s.record_in <= frame < s.record_out)
    segment = next(shown, None)
    if segment is None:
        raise Rejected(f"the cut has frames 0 to {look.sequence.duration - 1}, and no {frame}")
    return replace(segment, record_in=frame, record_out=frame + 1)


def events(segment: Segment) -> list[Event]:
    """The one event, or the two of a dissolve."""
    return [each for each in (segment.event, segment.under) if each]


def picture(
    one: Segment, proxies: Mapping[int, Proxy], look: Look, ready: Ready, starts: Starts
) -> bytes:
    """What `seen` found as JPEG, with transitions and effects, by the filters of the movie.

    Raises Rejected when the proxy has no such frame.
    """
    with TemporaryDirectory() as folder:
        shown = finished(one, proxies, look, Path(folder)).filter("format", "yuvj420p")
        found = ready.picture(
            standing_alone(shown, LABEL, starts), _LIMIT, f"frame {one.record_in}"
        )
    if not found:
        raise Rejected(f"frame {one.record_in} is not in the proxy of event {one.event.number}")
    return found
