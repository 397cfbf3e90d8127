"""The cut as a movie: every frame and every sample where the plan has it (render.py)."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from catalog.cache import Cache
from catalog.places import file_stem
from catalog.work import Facts, File, Queue, Work
from media.files import require_space
from media.progress import Teller
from renderers import effects, held, look, rules
from renderers.crew import Crew
from renderers.cuts import already_made, latest, provenance
from renderers.kept import Kept
from renderers.mix import SAMPLE_RATE
from renderers.near import clips, published
from renderers.proxies import Proxy
from renderers.render import Recipe, render
from renderers.sequence import Sequence, from_json

_BYTES_PER_SECOND = 1_500_000  # pieces, sound and movie while it is made: a generous guess


class Movie:
    """The stage: the latest cut as an MP4 that browsers play."""

    name = "movie"
    needs = ("cut",)
    queue = Queue.CPU
    version = 5
    limit = 3600
    makes = ()
    gives_way = True

    def inputs(self, work: Work) -> str:
        """The settings of the movie, and what is held back."""
        return f"{work.settings.movie.model_dump_json()} {held.digest(work)}".rstrip()

    def run(self, work: Work) -> Facts:
        """Skipped when this version of the cut was rendered so, or is held back. Raises Rejected,
        TryLater."""
        cut = latest(work.session, work.item)
        if held_back := held.back(work, cut):
            return held_back
        settings = {**provenance(cut), "movie": work.settings.movie.model_dump(mode="json")}
        if already_made(work, self, cut, settings):
            return Facts("the cut did not change", skipped=True)
        sequence = from_json(cut.sequence)
        rules.require(sequence)
        target = work.scratch / f"{file_stem(work.item)}.mp4"
        _render(sequence, work, target)
        seconds = float(sequence.duration / sequence.rate)
        return Facts(
            f"v{cut.version:03}, {seconds:.1f} s from {len(sequence.events)} events",
            files=(File(target.name, "movie"),),
            engine="ffmpeg",
            settings=settings,
        )


def _render(sequence: Sequence, work: Work, target: Path) -> None:
    seconds = sequence.duration / sequence.rate
    floor = int(work.settings.folders.free_floor_gb * 1e9)
    require_space(work.scratch, int(seconds * _BYTES_PER_SECOND), floor)
    cache = Cache.of(work.settings)
    with clips(sequence, published(sequence, work), cache, work.session) as near:
        _render_from(sequence, near, work, target)


def _render_from(
    sequence: Sequence, proxies: Mapping[int, Proxy], work: Work, target: Path
) -> None:
    settings = work.settings
    plain = look.choose(sequence, proxies, settings.playing)
    teller = Teller(work.scratch, sequence.duration, float(sequence.rate))
    with TemporaryDirectory(dir=work.scratch) as folder:
        asked = effects.chosen(settings.movie, sequence, plain.size, Path(folder))
        recipe = Recipe(
            look=replace(plain, effects=asked, transition=settings.movie.transition),
            proxies=proxies,
            crossfade=round(settings.movie.crossfade_ms / 1000 * SAMPLE_RATE),
            kept=Kept.of(work.kept, settings),
            crew=Crew.of(settings),
        )
        try:
            render(recipe, target, teller.tell)
        finally:
            teller.close()
