"""A movie from a cut: pieces of picture made beside each other and joined byte by byte, the sound
of the whole encoded once; then frames and samples are counted.

Joining finished files instead gained 2.5 s over 60 cuts.
"""

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby, pairwise
from pathlib import Path

import ffmpeg
import xxhash

from media.ffmpeg import run
from renderers import copies, counting, mix, pieces
from renderers.crew import Crew, Told
from renderers.kept import Kept, Used
from renderers.look import Look
from renderers.proxies import Proxy
from renderers.segments import Segment, segments

# Divisible by 48,000 and by the denominators of all usual frame durations, so that the
# lengths in the file's edit lists are exact too; MP4's default, 1,000, rounds them to 1 ms.
MOVIE_TIMESCALE = 240_000
_LONGEST = 20  # seconds of one encoded piece: what is lost by an interruption, and shared by cores
_WAY = 2  # how pieces are made: kept ones that were made otherwise are not used
_JOIN_LIMIT = 1200  # seconds
# A third of the cost of the usual search, which is most of what a movie of copied frames costs:
# at this bit rate nothing is gained by looking for what the channels have in common.
_SOUND = {"acodec": "aac", "aac_coder": "fast", "aac_ms": 0, "audio_bitrate": "192k"}


@dataclass(frozen=True)
class Recipe:
    """How a movie is made. `kept`: pieces that are there are not made again.

    `crossfade`: samples of the sound at joins.
    """

    look: Look
    proxies: Mapping[int, Proxy]
    crossfade: int
    kept: Kept
    crew: Crew


@dataclass(frozen=True)
class Piece:
    """A stretch of the movie that is made in one go."""

    segments: tuple[Segment, ...]
    copied: bool

    @property
    def frames(self) -> int:
        """Record frames."""
        return sum(segment.duration for segment in self.segments)


def render(recipe: Recipe, target: Path, told: Told = lambda _: None) -> None:
    """Write the movie. `told` hears how many frames are made.

    Raises Rejected when it has not the frames and samples of the plan.
    """
    sequence = recipe.look.sequence
    with recipe.kept.used(target.parent) as used:
        made = recipe.crew.make(
            planned(recipe), lambda piece: _make(piece, recipe, used), lambda p: p.frames, told
        )
        sound = used.own / "sound.s16"
        mix.mix(sequence, recipe.proxies, recipe.crossfade, sound)
        picture = made[0] if len(made) == 1 else _joined(made, used.own / "picture.h264")
        _mux(recipe.look, picture, sound, target)
    counting.verify(recipe.look, target)


def _joined(pieces: list[Path], target: Path) -> Path:
    with target.open("wb") as frames:
        for piece in pieces:
            with piece.open("rb") as file:
                shutil.copyfileobj(file, frames)
    return target


def planned(recipe: Recipe) -> list[Piece]:
    """The movie's pieces in order: runs of frames to copy, and what has to be encoded."""
    look = recipe.look
    found = []
    shown = [part for each in segments(look.sequence) for part in cut_at_effects(each, look)]
    for copied, some in groupby(shown, lambda each: copies.copyable(each, recipe.proxies, look)):
        if copied:
            found.append(Piece(tuple(some), copied))
        else:
            found += [Piece((part,), copied) for each in some for part in parts(each, look)]
    return found


def cut_at_effects(segment: Segment, look: Look) -> Iterator[Segment]:
    """A segment where effects begin and end, so that what they leave alone is copied."""
    edges = {edge for effect in look.effects for span in effect.spans or () for edge in span}
    inside = sorted(e for e in edges if segment.record_in < e < segment.record_out)
    for first, end in pairwise([segment.record_in, *inside, segment.record_out]):
        yield replace(segment, record_in=first, record_out=end)


def parts(segment: Segment, look: Look) -> Iterator[Segment]:
    """A segment in stretches that are not too long."""
    most = max(1, int(_LONGEST * look.sequence.rate))
    for first in range(segment.record_in, segment.record_out, most):
        yield replace(segment, record_in=first, record_out=min(first + most, segment.record_out))


def _make(piece: Piece, recipe: Recipe, used: Used) -> Path:
    def make(target: Path) -> None:
        if piece.copied:
            copies.copy(piece.segments, recipe.proxies, target)
        else:
            pieces.encode(piece.segments[0], recipe.proxies, recipe.look, target)

    name = f"{digest(piece.segments, recipe.proxies, recipe.look)}.h264"
    return used.file(name, make, keep=not piece.copied)


def digest(some: tuple[Segment, ...], proxies: Mapping[int, Proxy], look: Look) -> str:
    """Equal for pieces that show the same: of all that goes into them, and of the files' sizes
    and times."""
    shown = [
        replace(segment, event=replace(segment.event, alternates=(), reasons=(), score=0))
        for segment in some
    ]
    used = {each.event.source.asset_id for each in shown if each.event.source}
    used |= {s.under.source.asset_id for s in shown if s.under and s.under.source}
    stats = [(number, proxies[number].path.stat()) for number in sorted(used)]
    said = repr((
        _WAY, shown, look.size, look.profile, look.form, look.sequence.rate,
        look.transition,
        [
            (each.name, each.content)
            for one in shown
            for each in look.touched(one.record_in, one.record_out)
        ],
        [(number, stat.st_size, stat.st_mtime_ns) for number, stat in stats],
    ))  # fmt: skip
    return xxhash.xxh3_128_hexdigest(said.encode())


def ticks(rate: Fraction) -> tuple[int, int]:
    """Of a picture track: 30,000 a second and 1,001 a frame, 25,000 and 1,000."""
    fine = 1 if rate.numerator >= 1000 else 1000
    return rate.numerator * fine, rate.denominator * fine


def _mux(look: Look, picture: Path, sound: Path, target: Path) -> None:
    """Number the frames by counting, encode the sound once, put the index first."""
    rate = look.sequence.rate
    # Our own pieces: elementary streams, which the list of formats for dropped files leaves out.
    frames = ffmpeg.input(f"file:{picture}", format="h264", framerate=str(rate))
    samples = ffmpeg.input(
        f"file:{sound}", format="s16le", ar=int(mix.SAMPLE_RATE), ac=mix.CHANNELS
    )
    scale, frame = ticks(rate)
    joined = ffmpeg.output(
        frames.video,
        samples.audio,
        f"file:{target}",
        format="mp4",
        vcodec="copy",
        timecode=str(look.sequence.timecode(0)),
        movflags="+faststart",
        video_track_timescale=scale,
        movie_timescale=MOVIE_TIMESCALE,
        **_SOUND,
        **{"bsf:v": f"setts=ts=N*{frame}:duration={frame}:time_base=1/{scale}"},
    )
    run(joined, _JOIN_LIMIT, target)
