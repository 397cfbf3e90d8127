"""Single pictures of cuts, with the settings that are in force now.

What one picture needs to know (the cut, its texts, how its proxies begin) is kept for the next:
who looks at a cut looks at many.
"""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

from sqlmodel import Session

from catalog.cache import Cache, Excerpt, Media, Tier
from catalog.models import Cut
from config.cutting import Movie
from config.settings import Settings
from ingest.exporting import cut_of
from media.errors import Rejected
from media.ffmpeg import probe
from media.ready import Ready
from media.recent import Recent
from renderers import effects, held, near, preview
from renderers.filmstrip import filmstrip
from renderers.look import Look, movie_size
from renderers.proxies import Clip, Proxy, best_proxy, open_proxies
from renderers.sequence import Event, Source, from_json

_KEPT = 64  # cuts with their effects; opened proxies
_WAITING = 8  # clips that may wait for being brought near


@dataclass(frozen=True)
class Asked:
    """A record frame of a cut: of the newest version where `version` is None (see cut_of)."""

    story: str
    frame: int
    script: str | None = None
    version: int | None = None
    strip: bool = False  # the clip that is shown there, as a filmstrip


@dataclass(frozen=True)
class _Opened:
    """`start`: when the file begins by its own clock, in seconds."""

    proxy: Proxy
    start: Fraction


class HeldBack(Rejected):
    """The cut waits for a person's word."""


class Previews:
    """Safe for threads. Close it at the end."""

    def __init__(self, settings: Settings, ready: Ready, *, public: bool = False) -> None:
        """`ready` shows the pictures. `public`: anybody may look, so nothing of a cut is shown
        that moderation holds back."""
        self._settings, self._ready, self._cache = settings, ready, Cache.of(settings)
        self._public = public
        self._folder = TemporaryDirectory(prefix="previews-")
        self._looks: Recent[Look] = Recent(_KEPT)
        self._proxies: Recent[_Opened] = Recent(_KEPT)
        self._fetching = ThreadPoolExecutor(1, "previews")
        self._fetched: Recent[object] = Recent(_WAITING)

    def close(self) -> None:
        """Let everything go."""
        self._fetching.shutdown(cancel_futures=True)
        self._folder.cleanup()

    def picture(self, session: Session, asked: Asked, movie: Movie) -> bytes:
        """A frame as JPEG. `movie`: the effects.

        From a clip of the cache where it is there; else from the proxy, and the clip is fetched
        for who looks on. Raises Misconfigured when it is unclear what is meant, Rejected when
        there is no such frame, HeldBack.
        """
        cut = cut_of(session, asked.story, asked.script, asked.version)
        table = _stamp(Path(movie.lut).expanduser()) if movie.lut else ""
        key = f"{cut.id} {cut.digest} {movie.model_dump_json()} {table}"
        look = self._looks.get(key, lambda: self._look(cut, movie))
        self._guard(session, asked.story, cut, look)
        one = preview.seen(asked.frame, look)
        shown = preview.events(one)
        sources = {each.source.asset_id: each.source for each in shown if each.source}
        opened = {number: self._open(source) for number, source in sources.items()}
        starts = {each.proxy.path: each.start for each in opened.values()}
        with self._near(session, shown, look, opened) as proxies:
            return preview.picture(
                one, proxies, look, self._ready, lambda path: starts.get(path, Fraction(0))
            )

    def strip(self, session: Session, asked: Asked, movie: Movie) -> bytes:
        """Pictures of the clip that the frame is of, from its in to its out, side by side as JPEG:
        as shot, without effects. From memory where they were asked for before.

        Raises what `picture` raises.
        """
        cut = cut_of(session, asked.story, asked.script, asked.version)
        look = self._looks.get(f"{cut.id} {cut.digest} strips", lambda: self._look(cut, movie))
        self._guard(session, asked.story, cut, look)
        event = preview.seen(asked.frame, look).event
        if event is None or event.source is None:
            raise Rejected(f"frame {asked.frame} is of no clip: nothing was found for it")
        proxy = self._open(event.source).proxy
        whole = near.whole(session, event.source, near.Published(self._name(proxy.path), proxy))
        if whole is None:
            raise Rejected(f"frame {asked.frame} is of {event.source.name}, which has no picture")
        excerpt = Excerpt(whole, event.in_frame, event.out_frame)
        return filmstrip(self._cache.frames(excerpt).pictures)

    def _guard(self, session: Session, story: str, cut: Cut, look: Look) -> None:
        """Each time: a person may have approved it meanwhile, or new flags have come."""
        if not self._public:
            return
        flags = held.holding(session, self._settings, cut, look.sequence)
        if flags:
            raise HeldBack(f"the cut is {held.told(flags, story, look.sequence)}")

    def _look(self, cut: Cut, movie: Movie) -> Look:
        sequence, playing = from_json(cut.sequence), self._settings.playing
        size = movie_size(sequence, playing.height)
        folder = Path(mkdtemp(dir=self._folder.name))
        asked = effects.chosen(movie, sequence, size, folder)
        return Look(sequence, size, playing, "", asked, movie.transition)

    def _open(self, source: Source) -> _Opened:
        path = self._published(best_proxy(source, self._settings.profiles, self._published))

        def opened() -> _Opened:
            (proxy,) = open_proxies([source], lambda _: path).values()
            return _Opened(proxy, Fraction(probe(path)["format"].get("start_time", "0")))

        return self._proxies.get(f"{path} {_stamp(path)}", opened)

    @contextmanager
    def _near(
        self, session: Session, shown: list[Event], look: Look, opened: Mapping[int, _Opened]
    ) -> Iterator[dict[int, Proxy]]:
        """The proxies with the clips that the disk tier has; they stay while the block lasts."""
        proxies = {number: each.proxy for number, each in opened.items()}
        published = {n: near.Published(self._name(each.path), each) for n, each in proxies.items()}
        rate = look.sequence.rate
        with ExitStack() as stack:
            for source, excerpt in near.excerpts(shown, rate, published, self._cache, session):
                media = stack.enter_context(self._cache.media(excerpt, bulk=True))
                if media.tier == Tier.DISK:
                    proxies[source.asset_id] = _with(proxies[source.asset_id], source, media)
                else:
                    self._fetch(excerpt)
            yield proxies

    def _fetch(self, excerpt: Excerpt) -> None:
        """Once, and not while many wait: who looks quickly is elsewhere by then."""
        self._fetched.get(
            repr(excerpt), lambda: self._fetching.submit(self._cache.prefetch, excerpt)
        )

    def _published(self, name: str) -> Path:
        found = (place / name for place in self._settings.outputs if (place / name).is_file())
        return next(found, self._settings.folders.output / name)

    def _name(self, path: Path) -> str:
        places = (place for place in self._settings.outputs if path.is_relative_to(place))
        return str(path.relative_to(next(places, self._settings.folders.output)))


def _with(proxy: Proxy, source: Source, media: Media) -> Proxy:
    """Clips of the disk tier begin at 0: nothing need be opened to know it."""
    clip = replace(proxy, path=media.path, picture=media.zero(source.rate), clips=())
    return replace(proxy, clips=(*proxy.clips, Clip(media.first, media.first + media.frames, clip)))


def _stamp(path: Path) -> str:
    """What changes when a file is another; "" when it is not there."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return ""
    return f"{found.st_size} {found.st_mtime_ns}"
