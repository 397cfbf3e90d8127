"""The sound of a cut, sliced by sample and laid where the plan has it, with short crossfades.

One stream for the whole movie, which is encoded once: sound encoded piece by piece moved by up
to 79 ms over 60 cuts.
"""

from collections.abc import Mapping
from collections.abc import Sequence as Many
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from math import ceil
from pathlib import Path
from typing import Any

import ffmpeg
import numpy as np
from numpy.typing import NDArray

from media.ffmpeg import open_input, run
from media.timecode import rescale
from renderers.exports.layout import Span, sounds
from renderers.proxies import Proxy
from renderers.sequence import Event, Sequence

SAMPLE_RATE = Fraction(48_000)
CHANNELS = 2
# Seconds decoded before the first sample, once or twice: the filters of AAC need two packets of
# 21 ms, MP3 what 9 packets of 24 ms may hold at most. A power of two: sought without rounding.
_PREROLL = Fraction(1, 4)
_AT_ONCE = 40  # spans in one process: 2 MB of memory each; starting one costs 60 ms of a core
_SLOWEST = 0.5  # that the filter for tempo takes in one step
_EDGE = 240  # samples, 5 ms: how a room tone begins and ends
_LIMIT = 600  # seconds for one process

Samples = NDArray[np.int16]  # (samples, channels)


@dataclass(frozen=True)
class Slice:
    """Movie samples [first, end) that a span is heard in.

    `fade_in`, `fade_out`: samples over which it comes and goes; those of two neighbours overlap.
    """

    span: Span
    first: int
    end: int
    fade_in: int = 0
    fade_out: int = 0

    @property
    def length(self) -> int:
        """Samples."""
        return self.end - self.first


def mix(sequence: Sequence, proxies: Mapping[int, Proxy], crossfade: int, target: Path) -> None:
    """Write the sound of the movie as 48 kHz stereo samples of 16 bits.

    `crossfade`: samples at joins, half before and half after.
    """
    total = rescale(sequence.duration, sequence.rate, SAMPLE_RATE)
    movie = np.memmap(target, np.int16, "w+", shape=(total, CHANNELS))
    heard = [each for each in slices(sequence, crossfade) if _is_heard(each, proxies)]
    part = target.with_suffix(".part")
    for at in range(0, len(heard), _AT_ONCE):
        some = heard[at : at + _AT_ONCE]
        run(_read(some, proxies, sequence, part), _LIMIT, Path(f"sound of {sequence.title}"))
        samples = np.fromfile(part, np.int16).reshape(-1, CHANNELS)
        for each in some:
            _lay(movie, each, samples[: each.length])
            samples = samples[each.length :]
    for event in sequence.events:
        if event.tone and proxies[event.tone.source.asset_id].sound:
            _fill(movie, event, sequence, proxies, part)
    part.unlink(missing_ok=True)
    movie.flush()


def _fill(
    movie: Samples, event: Event, sequence: Sequence, proxies: Mapping[int, Proxy], part: Path
) -> None:
    """Repeat the tone of a gap under it, each time going over into the next."""
    tone = event.tone
    assert tone is not None
    first, end = (_sample(frame, sequence) for frame in (event.record_in, event.record_out))
    length = rescale(tone.out_frame - tone.in_frame, tone.source.rate, SAMPLE_RATE)
    over, edge = length // 4, min(_EDGE, (end - first) // 2)
    span = Span(
        event, tone.source, tone.in_frame, tone.out_frame, event.record_in, event.record_out
    )
    once = Slice(span, first, first + length)
    run(_read([once], proxies, sequence, part), _LIMIT, Path(f"room tone of {tone.source.name}"))
    samples = np.fromfile(part, np.int16).reshape(-1, CHANNELS)
    for begin in range(first, end, length - over):
        until = min(begin + length, end)
        each = replace(
            once,
            first=begin,
            end=until,
            fade_in=min(edge if begin == first else over, until - begin),
            fade_out=min(edge if until == end else over, until - begin),
        )
        _lay(movie, each, samples[: each.length])
        if until == end:
            break


def slices(sequence: Sequence, crossfade: int) -> list[Slice]:
    """Where each span is heard. Sound that goes on over a cut is not faded there; at another
    speed, and at both ends of the movie, nothing is heard beyond the span's own edges."""
    half, spans = crossfade // 2, sounds(sequence)
    goes_on = [False, *(_continues(before, after) for before, after in pairwise(spans)), False]
    found = []
    for number, span in enumerate(spans):
        first, end = (_sample(frame, sequence) for frame in (span.record_in, span.record_out))
        most = (end - first) // 2
        ahead = 0 if goes_on[number] else min(half, most)
        behind = 0 if goes_on[number + 1] else min(half, most)
        own = span.speed != 1
        out = 0 if own or number == 0 else ahead
        over = 0 if own or number == len(spans) - 1 else behind
        found.append(Slice(span, first - out, end + over, ahead + out, behind + over))
    return found


def _sample(frame: int, sequence: Sequence) -> int:
    """Joins lie at the sample nearest to the frame's time."""
    return rescale(frame, sequence.rate, SAMPLE_RATE)


def _continues(before: Span, after: Span) -> bool:
    return (
        before.source is not None
        and before.source == after.source
        and before.out_frame == after.in_frame
        and (before.speed, before.event.gain) == (after.speed, after.event.gain)
    )


def _is_heard(each: Slice, proxies: Mapping[int, Proxy]) -> bool:
    return bool(each.span.source and proxies[each.span.source.asset_id].sound and each.length)


def _lay(movie: Samples, each: Slice, samples: Samples) -> None:
    """Add to what is there: at a crossfade the one before is."""
    heard = samples.astype(np.float64) * 10 ** (each.span.event.gain / 20)
    heard *= envelope(each)[:, None]
    first, end = max(0, each.first), min(len(movie), each.end)
    heard = heard[first - each.first : end - each.first]
    sum_ = np.rint(movie[first:end] + heard)
    movie[first:end] = np.clip(sum_, -32768, 32767).astype(np.int16)


def envelope(each: Slice) -> NDArray[np.float64]:
    """1, and at faded ends the quarter of a sine: two different sounds keep their power."""
    envelope = np.ones(each.length)
    for length, part in ((each.fade_in, slice(None)), (each.fade_out, slice(None, None, -1))):
        ramp = np.sin(np.pi / 2 * np.arange(length) / max(1, length))
        envelope[part][:length] *= ramp
    return envelope


def _read(some: Many[Slice], proxies: Mapping[int, Proxy], sequence: Sequence, target: Path) -> Any:
    """All slices one after the other, each exactly as long as it has to be."""
    heard = []
    for number, each in enumerate(some):
        assert each.span.source is not None
        # ffmpeg-python takes equal inputs for one, which can't be read twice: a microsecond more.
        longer = 1 + number / 1_000_000
        proxy = proxies[each.span.source.asset_id].near(*_reach(each, sequence))
        heard.append(_sliced(each, proxy, sequence, longer))
    joined = ffmpeg.concat(*heard, v=0, a=1) if len(heard) > 1 else heard[0]
    return ffmpeg.output(joined, f"file:{target}", format="s16le", acodec="pcm_s16le")


def _reach(each: Slice, sequence: Sequence) -> tuple[int, int]:
    """The source frames, first and end, in which the slice's samples lie."""
    span = each.span
    assert span.source is not None
    frame = span.source.rate / SAMPLE_RATE  # of a sample
    early = ceil((_sample(span.record_in, sequence) - each.first) * frame)
    first = max(0, span.in_frame - early - 1)
    return first, min(span.source.frames, first + ceil(each.length * span.speed * frame) + 3)


def _sliced(each: Slice, proxy: Proxy, sequence: Sequence, longer: float) -> Any:
    """`longer`: seconds that are read past the end."""
    span = each.span
    assert span.source is not None
    early = _sample(span.record_in, sequence) - each.first
    begin = proxy.zero + span.in_frame / span.source.rate
    wanted = int(begin * SAMPLE_RATE + Fraction(1, 2)) - early
    missing = max(0, -wanted)  # before the beginning of the file
    seek = max(0, wanted // (_PREROLL * SAMPLE_RATE) - 1) * _PREROLL
    first = max(0, wanted) - int(seek * SAMPLE_RATE)
    end = first + ceil((each.length - missing) * span.speed)
    read = f"{float(end / SAMPLE_RATE) + longer:.6f}"
    heard = (
        open_input(proxy.path, ss=f"{float(seek):.2f}", t=read)["a:0"]
        # Silence where the sound begins late, so that sample 0 is the time that was sought.
        .filter("aresample", int(SAMPLE_RATE), first_pts=0, **{"async": 1})
        .filter("aformat", sample_fmts="s16", channel_layouts="stereo")
        .filter("atrim", start_sample=first, end_sample=end)
        .filter("asetpts", "PTS-STARTPTS")
    )
    for step in _tempo(float(span.speed)):
        heard = heard.filter("atempo", step)
    if missing:
        heard = heard.filter("adelay", f"{missing}S", all=1)
    return heard.filter("apad", whole_len=each.length).filter("atrim", end_sample=each.length)


def _tempo(speed: float) -> list[float]:
    """Steps that multiply to `speed`; the pitch stays."""
    steps: list[float] = []
    while speed < _SLOWEST:
        steps.append(_SLOWEST)
        speed /= _SLOWEST
    return [*steps, speed] if speed != 1 else steps
