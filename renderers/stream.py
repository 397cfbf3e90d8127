"""The movie of a cut in several qualities, for players whose line is narrow."""

from fractions import Fraction
from pathlib import Path

from catalog.places import file_stem, ladder_folder
from catalog.work import Facts, File, Queue, Work
from config.footage import Ladder
from media import ladder
from media.errors import Rejected
from media.ffmpeg import open_input, probe, run
from media.files import require_space
from renderers import held
from renderers.cuts import already_made, latest, provenance

_LIMIT = 6 * 3600.0


class Stream:
    """The stage: an HLS ladder of the latest cut's movie, where `[movie] ladder` names one."""

    name = "stream"
    needs = ("movie",)
    queue = Queue.CPU
    version = 1
    limit = _LIMIT
    makes = ()
    gives_way = True

    def run(self, work: Work) -> Facts:
        """Raises Rejected when the movie is gone, TryLater when there is no room."""
        name = work.settings.movie.ladder
        if not name:
            return Facts("nobody wants a ladder of it", skipped=True)
        profile = work.settings.profiles[name]
        assert isinstance(profile, Ladder)
        cut = latest(work.session, work.item)
        if held_back := held.back(work, cut):
            return held_back
        settings = {"ladder": profile.model_dump(mode="json")}
        if already_made(work, self, cut, settings):
            return Facts("the cut did not change", skipped=True)
        movie = work.home / f"{file_stem(work.item)}.mp4"
        if not movie.is_file():
            raise Rejected(f"{movie.name} is gone ({movie}): `stringout retry` makes it again")
        folder = work.scratch / ladder_folder(name, "movie")
        rungs = _make(movie, profile, folder, int(work.settings.folders.free_floor_gb * 1e9))
        made = sorted(folder.iterdir())
        size = sum(path.stat().st_size for path in made)
        return Facts(
            f"v{cut.version:03}, {rungs} rungs, {size / 1e6:.1f} MB",
            files=[File(f"{folder.name}/{path.name}", "ladder") for path in made],
            engine="ffmpeg",
            settings={**provenance(cut), **settings},
        )


def _make(movie: Path, profile: Ladder, folder: Path, floor: int) -> int:
    """Write the ladder into `folder`; return how many rungs it has."""
    answer = probe(movie)
    streams = {stream["codec_type"]: stream for stream in reversed(answer["streams"])}
    video = streams["video"]
    seconds = Fraction(answer["format"]["duration"])
    most = sum(profile.wanted.values()) * 1e6 / 8 * float(seconds)
    require_space(folder.parent, int(most), floor)
    rungs = ladder.fitted(int(video["width"]), int(video["height"]), profile.wanted)
    shape = ladder.Shape(
        Fraction(video["avg_frame_rate"]), profile.segment_seconds, profile.crf, profile.preset
    )
    opened = open_input(movie)
    heard = opened.audio if "audio" in streams else None
    run(ladder.output(opened.video, heard, rungs, shape, folder), _LIMIT, movie)
    return len(rungs)
