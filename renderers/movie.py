"""The cut as a movie from the proxies: every frame and every sample where the plan has it.

A piece per event or dissolve, joined byte by byte; the sound is sliced by sample and encoded
once; then frames and samples are counted. Joining finished files instead gained 2.5 s over 60
cuts, and encoding the sound per piece moved it by up to 79 ms.
"""

import shutil
from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import ffmpeg

from catalog.places import file_stem
from catalog.work import Facts, File, Queue, Work
from config.footage import Profile
from media.errors import Rejected
from media.ffmpeg import probe, run
from media.files import require_space
from media.timecode import rescale
from renderers import pieces, rules
from renderers.cuts import already_made, latest, provenance
from renderers.exports.layout import Span, sounds
from renderers.pieces import CHANNELS, SAMPLE_RATE, Look, Proxy
from renderers.segments import segments
from renderers.sequence import Sequence, from_json

# Divisible by 48,000 and by the denominators of all usual frame durations, so that the
# lengths in the file's edit lists are exact too; MP4's default, 1,000, rounds them to 1 ms.
_MOVIE_TIMESCALE = 240_000
_BYTES_PER_SECOND = 1_500_000  # pieces, sound and movie while it is made: a generous guess
_JOIN_LIMIT = 1200  # seconds


class Movie:
    """The stage: the latest cut as an MP4 that browsers play."""

    name = "movie"
    needs = ("cut",)
    queue = Queue.CPU
    version = 2
    limit = 3600
    makes = ()

    def run(self, work: Work) -> Facts:
        """Skipped when this version of the cut was rendered. Raises Rejected, TryLater."""
        cut = latest(work.session, work.item)
        if already_made(work, self, cut):
            return Facts("the cut did not change", skipped=True)
        sequence = from_json(cut.sequence)
        rules.require(sequence)
        seconds = sequence.duration / sequence.rate
        floor = int(work.settings.folders.free_floor_gb * 1e9)
        require_space(work.scratch, int(seconds * _BYTES_PER_SECOND), floor)
        proxies = {
            source.asset_id: pieces.open_proxy(source, work.published(source.proxy))
            for source in sequence.sources()
        }
        target = work.scratch / f"{file_stem(work.item)}.mp4"
        render(sequence, proxies, work.settings.playing, target)
        return Facts(
            f"v{cut.version:03}, {float(seconds):.1f} s from {len(sequence.events)} events",
            files=(File(target.name, "movie"),),
            engine="ffmpeg",
            settings=provenance(cut),
        )


def render(
    sequence: Sequence, proxies: Mapping[int, Proxy], profile: Profile, target: Path
) -> None:
    """Write the movie. Raises Rejected when it has not the frames and samples of the plan."""
    look = Look(sequence, movie_size(sequence, profile.height), profile)
    with TemporaryDirectory(dir=target.parent, prefix="parts-") as name:
        folder = Path(name)
        picture, sound = folder / "picture.h264", folder / "sound.s16"
        with picture.open("wb") as frames:
            for segment in segments(sequence):
                piece = pieces.picture(segment, proxies, look, folder)
                with piece.open("rb") as file:
                    shutil.copyfileobj(file, frames)
        with sound.open("wb") as samples:
            for span, joined, goes_on in _joins(sequence):
                proxy = proxies[span.source.asset_id] if span.source else None
                heard = pieces.sound(span, proxy, sequence, folder)
                samples.write(pieces.faded(heard, not joined, not goes_on).tobytes())
        _mux(sequence, picture, sound, target)
    verify(sequence, target)


def movie_size(sequence: Sequence, height: int) -> tuple[int, int]:
    """Width and height of the movie: the sequence's shape, at most `height`, both even."""
    wide, high = sequence.width, sequence.height
    if not wide or not high:  # sound alone
        wide, high = 16, 9
    else:
        height = min(height, high)
    return 2 * round(Fraction(wide * height, high * 2)), height - height % 2


def verify(sequence: Sequence, path: Path) -> None:
    """Count frames and samples of the finished movie. Raises Rejected when they differ."""
    answer = probe(path, "-count_frames", "-show_streams", limit=_JOIN_LIMIT)
    video, audio = (
        next(s for s in answer["streams"] if s["codec_type"] == kind) for kind in ("video", "audio")
    )
    frames = int(video["nb_read_frames"])
    if frames != sequence.duration:
        raise Rejected(f"{path.name} has {frames} frames, planned {sequence.duration}")
    samples = audio["duration_ts"] * Fraction(audio["time_base"]) * SAMPLE_RATE
    planned = rescale(sequence.duration, sequence.rate, SAMPLE_RATE)
    if samples != planned:
        raise Rejected(f"{path.name} has {float(samples):.1f} samples, planned {planned}")
    if video["start_pts"] or audio["start_pts"]:
        raise Rejected(f"{path.name}: picture and sound do not begin together")
    if Fraction(video["avg_frame_rate"]) != sequence.rate:
        raise Rejected(f"{path.name} has {video['avg_frame_rate']} fps, planned {sequence.rate}")


def _joins(sequence: Sequence) -> list[tuple[Span, bool, bool]]:
    """Each span of sound with whether it goes on from the one before, and into the next."""
    spans = sounds(sequence)
    joins = [_continues(before, after) for before, after in pairwise(spans)]
    return list(zip(spans, [False, *joins], [*joins, False], strict=True))


def _continues(before: Span, after: Span) -> bool:
    return (
        before.source is not None
        and before.source == after.source
        and before.out_frame == after.in_frame
        and (before.speed, before.event.gain) == (after.speed, after.event.gain)
    )


def _mux(sequence: Sequence, picture: Path, sound: Path, target: Path) -> None:
    """Number the frames by counting, encode the sound once, put the index first."""
    rate = sequence.rate
    # Our own pieces: elementary streams, which the list of formats for dropped files leaves out.
    frames = ffmpeg.input(f"file:{picture}", format="h264", framerate=str(rate))
    samples = ffmpeg.input(f"file:{sound}", format="s16le", ar=int(SAMPLE_RATE), ac=CHANNELS)
    # Ticks of the picture track: 30,000 a second and 1,001 a frame, 25,000 and 1,000.
    fine = 1 if rate.numerator >= 1000 else 1000
    scale, frame = rate.numerator * fine, rate.denominator * fine
    joined = ffmpeg.output(
        frames.video,
        samples.audio,
        f"file:{target}",
        format="mp4",
        vcodec="copy",
        acodec="aac",
        audio_bitrate="160k",
        timecode=str(sequence.timecode(0)),
        movflags="+faststart",
        video_track_timescale=scale,
        movie_timescale=_MOVIE_TIMESCALE,
        **{"bsf:v": f"setts=ts=N*{frame}:duration={frame}:time_base=1/{scale}"},
    )
    run(joined, _JOIN_LIMIT, target)
