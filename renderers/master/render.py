"""A master from its plan: stretches made beside each other, joined as they are, counted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import ffmpeg

from config.cutting import Movie
from config.footage import Profile
from media.encoding import Codec
from media.ffmpeg import run
from renderers import counting, effects, mix
from renderers.crew import Crew, Told
from renderers.kept import Kept, Used
from renderers.look import Look, movie_size
from renderers.master import stretches
from renderers.master.forms import Form
from renderers.master.plan import Stretch, form_for, plan
from renderers.master.sources import Taken
from renderers.render import MOVIE_TIMESCALE, digest, ticks
from renderers.sequence import Sequence

_JOIN_LIMIT = 3600  # seconds
_SOUNDS = {
    ".mp4": {"acodec": "aac", "audio_bitrate": "320k"},
    ".mov": {"acodec": "pcm_s16le"},
}


@dataclass(frozen=True)
class Order:
    """What is asked for: a cut, how what has to be encoded is, and the settings of the movie."""

    sequence: Sequence
    taken: Mapping[int, Taken]
    profile: Profile
    movie: Movie
    kept: Kept
    crew: Crew


@dataclass(frozen=True)
class Made:
    """The file, how many frames were copied, and of what codec it is."""

    path: Path
    copied: int
    codec: str


def render(order: Order, base: Path, told: Told = lambda _: None) -> Made:
    """Write `base` with the suffix that its codec needs.

    Raises Rejected when it has not the frames and samples of the plan, Misconfigured for a look
    that is not there.
    """
    sequence = order.sequence
    with order.kept.used(base.parent) as used:
        look, form = _look(order, used.own)
        wanted = plan(look, form, order.taken)
        make = _making(form, look, order, used)
        made = order.crew.make(wanted, make, lambda each: each.segment.duration, told)
        heard = {number: each.heard for number, each in order.taken.items()}
        sound = used.own / "sound.s16"
        crossfade = round(order.movie.crossfade_ms / 1000 * mix.SAMPLE_RATE)
        mix.mix(sequence, heard, crossfade, sound)
        codec = form.codec if form and form.alone else order.profile.codec.value
        suffix = ".mp4" if codec == Codec.H264 else ".mov"
        target = base.with_name(base.name + suffix)
        late = max((each.late or 0 for each in wanted), default=0)
        _join(look, list(zip(made, wanted, strict=True)), sound, late, target)
    copied = sum(each.segment.duration for each in wanted if each.late is not None)
    alone = form is not None and form.alone
    counting.verify(look, target, counting.Way.ALONE if alone else counting.Way.PACKETS)
    return Made(target, copied, codec)


def _look(order: Order, folder: Path) -> tuple[Look, Form | None]:
    height = order.profile.height
    form = form_for(order.sequence, order.taken, height)
    if form and not form.alone and (form.codec, form.pixels) != (order.profile.codec, "yuv420p"):
        form = None  # what is encoded beside it would be of another kind
    size = movie_size(order.sequence, height)
    asked = effects.chosen(order.movie, order.sequence, size, folder)
    name = repr(form) if form else ""
    return Look(order.sequence, size, order.profile, name, asked, order.movie.transition), form


def _making(form: Form | None, look: Look, order: Order, used: Used) -> Callable[[Stretch], Path]:
    """How the file of one stretch is made."""
    seen = {number: each.seen for number, each in order.taken.items()}

    def make(stretch: Stretch) -> Path:
        key = digest((stretch.segment,), seen, look)
        encoded = stretch.late is None
        name = f"{key}.{'encoded' if encoded else 'copied'}.mov"
        return used.file(
            name, lambda path: stretches.make(stretch, form, seen, look, path), keep=encoded
        )

    return make


def _join(
    look: Look, parts: list[tuple[Path, Stretch]], sound: Path, late: int, target: Path
) -> None:
    """Frames are numbered by where they are shown; they are decoded in the order of the parts,
    `late` frames ahead."""
    rate = look.sequence.rate
    script = sound.with_name("parts.ffconcat")
    lines = ["ffconcat version 1.0"]
    for number, (path, stretch) in enumerate(parts):
        link = sound.with_name(f"{number:06}.mov")  # a name that a list can hold
        link.symlink_to(path)
        length = Fraction(stretch.segment.duration) / rate
        lines += [f"file {link.name}", f"duration {float(length):.6f}"]
    script.write_text("\n".join(lines))
    frames = ffmpeg.input(f"file:{script}", format="concat", safe=0)
    samples = ffmpeg.input(f"file:{sound}", format="s16le", ar=int(mix.SAMPLE_RATE), ac=2)
    scale, frame = ticks(rate)  # those of the parts, too
    shown = f"round(PTS/{frame})"
    joined = ffmpeg.output(
        frames.video, samples.audio, f"file:{target}",
        format=target.suffix[1:], vcodec="copy", timecode=str(look.sequence.timecode(0)),
        movflags="+faststart", video_track_timescale=scale, movie_timescale=MOVIE_TIMESCALE,
        **_SOUNDS[target.suffix],
        **{"bsf:v": f"setts=pts={shown}*{frame}:dts=(N-{late})*{frame}:duration={frame}"},
    )  # fmt: skip
    run(joined, _JOIN_LIMIT, target)
