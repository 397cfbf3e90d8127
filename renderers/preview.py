"""One picture of a cut as its movie shows it, without making the movie."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import ffmpeg

from media.errors import Rejected
from media.ffmpeg import read
from renderers.look import Look
from renderers.pieces import finished
from renderers.proxies import Proxy
from renderers.segments import segments

_QUALITY = 2  # of JPEG: 2 is the best that ffmpeg writes, 31 the worst
_LIMIT = 60  # seconds


def picture(frame: int, proxies: Mapping[int, Proxy], look: Look) -> bytes:
    """Record frame `frame` as JPEG, with transitions and effects. Raises Rejected when the cut
    has no such frame, or its proxy has not."""
    shown = (s for s in segments(look.sequence) if s.record_in <= frame < s.record_out)
    segment = next(shown, None)
    if segment is None:
        raise Rejected(f"the cut has frames 0 to {look.sequence.duration - 1}, and no {frame}")
    one = replace(segment, record_in=frame, record_out=frame + 1)
    with TemporaryDirectory() as folder:
        output = ffmpeg.output(
            finished(one, proxies, look, Path(folder)).filter("format", "yuvj420p"), "pipe:1",
            format="image2pipe", vcodec="mjpeg", threads=1, **{"frames:v": 1, "q:v": _QUALITY},
        )  # fmt: skip
        found = read(output, _LIMIT, Path(f"frame {frame}"))
    if not found:
        raise Rejected(f"frame {frame} is not in the proxy of event {segment.event.number}")
    return found
