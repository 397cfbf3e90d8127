"""The prefetch stage: the clips of a new cut are brought near while its movie waits for its turn.

The movie brings what is missing by itself; its lane may be busy with scans, though, and pictures
of the cut are wanted at once (`[preview]`), also where moderation holds the movie back.
"""

from catalog.cache import Cache
from catalog.places import file_stem
from catalog.words import counted
from catalog.work import Facts, Queue, Work
from media.errors import Rejected
from renderers import near
from renderers.cuts import latest
from renderers.sequence import from_json


class Prefetch:
    """One clip after the other, so that whoever works beside it hardly notices."""

    name = "prefetch"
    needs = ("cut",)
    queue = Queue.IO
    version = 1
    limit = 1800.0
    makes = ()

    def run(self, work: Work) -> Facts:
        """Skipped where there is nothing to gain. Raises Rejected when there is no cut."""
        cut, cache = latest(work.session, work.item), Cache.of(work.settings)
        if cache.disk is None:
            return Facts("the clip cache is switched off", skipped=True)
        if (work.home / f"{file_stem(work.item)}.mp4").is_file():
            return Facts("its movie is there already", skipped=True)
        sequence = from_json(cut.sequence)
        try:
            published = near.published(sequence, work)
        except Rejected as error:
            return Facts(f"left to the movie: {error}", skipped=True)
        wanted = near.excerpts(near.events(sequence), sequence.rate, published, cache, work.session)
        if not wanted:
            return Facts("its footage is near already", skipped=True)
        there = sum(cache.prefetch(excerpt) for _, excerpt in wanted)
        return Facts(f"{there} of {counted(len(wanted), 'clip')} are near")
