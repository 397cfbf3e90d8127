"""The stage, and what an order for a master is made of."""

from collections.abc import Callable
from pathlib import Path

from sqlmodel import Session, select

from catalog.models import Footage
from catalog.places import file_stem
from catalog.words import counted
from catalog.work import Facts, File, Queue, Work
from config.footage import Profile
from config.settings import Settings
from media.files import require_space
from media.progress import Teller
from renderers import held, rules
from renderers.crew import Crew
from renderers.cuts import already_made, latest, originals, provenance
from renderers.kept import Kept
from renderers.master.render import Made, Order, render
from renderers.master.sources import take
from renderers.proxies import Proxy, best_proxy, open_proxies
from renderers.sequence import Sequence, Source, from_json

_LIMIT = 6 * 3600.0
_BYTES_PER_SECOND = 50_000_000  # copied ProRes 422 HQ of 1080p, twice: parts and the whole


class Master:
    """The stage: the latest cut from the originals, where `[movie] master` names how."""

    name = "master"
    needs = ("movie",)
    queue = Queue.CPU
    version = 2
    limit = _LIMIT
    makes = ()
    gives_way = True

    def inputs(self, work: Work) -> str:
        """The settings of the movie, and what is held back."""
        settings = work.settings.movie
        return f"{settings.model_dump_json()} {held.digest(work)}" if settings.master else ""

    def run(self, work: Work) -> Facts:
        """Raises Rejected when an original is gone or a frame is missing; TryLater without room."""
        name = work.settings.movie.master
        if not name:
            return Facts("nobody wants one", skipped=True)
        cut = latest(work.session, work.item)
        if held.held(work, cut):
            return Facts("held back, as the movie is", skipped=True)
        profile = work.settings.profiles[name]
        assert isinstance(profile, Profile)
        settings = {
            **provenance(cut),
            "movie": work.settings.movie.model_dump(mode="json"),
            "profile": profile.model_dump(mode="json"),
        }
        if already_made(work, self, cut, settings):
            return Facts("the cut did not change", skipped=True)
        sequence = from_json(cut.sequence)
        rules.require(sequence)
        floor = int(work.settings.folders.free_floor_gb * 1e9)
        seconds = float(sequence.duration / sequence.rate)
        require_space(work.scratch, int(seconds * _BYTES_PER_SECOND), floor)
        order = order_for(work.session, work.settings, sequence, name, work.published, work.kept)
        teller = Teller(work.scratch, sequence.duration, float(sequence.rate))
        try:
            made = render(order, work.scratch / f"{file_stem(work.item)}.master", teller.tell)
        finally:
            teller.close()
        files = (File(made.path.name, "master"),)
        message = f"v{cut.version:03}, {summary(order, made)}"
        return Facts(message, files=files, engine="ffmpeg", settings=settings)


def order_for(
    session: Session, settings: Settings, sequence: Sequence, profile: str,
    published: Callable[[str], Path], kept: Path,
) -> Order:  # fmt: skip
    """An order by the settings. Raises Rejected when an original or a proxy is gone."""
    sources = {source.asset_id: source for source in sequence.heard_sources()}

    def proxy(source: Source) -> Proxy:
        name = best_proxy(source, settings.profiles, published)
        return open_proxies([source], lambda _: published(name))[source.asset_id]

    locate = originals(settings)
    footage = {
        row.asset_id: row for row in session.exec(select(Footage)) if row.asset_id in sources
    }
    every = {number: (one, footage[number], locate(one)) for number, one in sources.items()}
    asked = settings.profiles[profile]
    assert isinstance(asked, Profile)
    taken = take(every, proxy)
    return Order(sequence, taken, asked, settings.movie, Kept.of(kept, settings), Crew.of(settings))


def summary(order: Order, made: Made) -> str:
    """How it was made, and what could not be taken from its original."""
    told = f"{made.copied} of {order.sequence.duration} frames copied, {made.codec}"
    names = {source.asset_id: source.name for source in order.sequence.heard_sources()}
    from_proxy = [(names[number], each) for number, each in order.taken.items() if each.why]
    if from_proxy:
        name, each = from_proxy[0]
        told += f"; {counted(len(from_proxy), 'source')} from the proxy ({name}: {each.why})"
    return told
