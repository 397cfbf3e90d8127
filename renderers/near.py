"""The clips of a cut from the disk tier of the cache: near, and every frame a key frame."""

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil

from sqlmodel import Session

from catalog.cache import Cache, Excerpt, Media, Tier, Whole
from catalog.models import Rendition
from catalog.work import Work
from media import mounts
from renderers.proxies import Clip, Proxy, best_proxy, open_files, open_proxies
from renderers.sequence import Event, Sequence, Source, source_length


@dataclass(frozen=True)
class Published:
    """A proxy as it is published: `name` is its path in the output folder."""

    name: str
    proxy: Proxy


def published(sequence: Sequence, work: Work) -> dict[int, Published]:
    """The best proxy of each source that a cut shows or plays, by asset. Raises Rejected where one
    is missing."""
    sources = sequence.heard_sources()
    profiles = work.settings.profiles
    names = {each.asset_id: best_proxy(each, profiles, work.published) for each in sources}
    proxies = open_proxies(sources, lambda source: work.published(names[source.asset_id]))
    return {number: Published(names[number], proxy) for number, proxy in proxies.items()}


@contextmanager
def clips(
    sequence: Sequence, published: Mapping[int, Published], cache: Cache, session: Session
) -> Iterator[dict[int, Proxy]]:
    """The proxies of a cut, by asset, with the clips that are near; these stay while the block
    lasts.

    A proxy whose frames stand alone, on a disk of this host, is as near as a clip could be.
    """
    proxies = {number: each.proxy for number, each in published.items()}
    wanted = excerpts(events(sequence), sequence.rate, published, cache, session)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(cache.prefetch, [excerpt for _, excerpt in wanted]))
    with ExitStack() as stack:
        found = [(source, stack.enter_context(cache.media(each))) for source, each in wanted]
        yield _with(proxies, [pair for pair in found if pair[1].tier == Tier.DISK])


def excerpts(
    events: Iterable[Event],
    rate: Fraction,
    published: Mapping[int, Published],
    cache: Cache,
    session: Session,
) -> list[tuple[Source, Excerpt]]:
    """What events show and play of proxies that can be brought nearer. `rate`: the record's."""
    wanted: list[tuple[Source, Excerpt]] = []
    wholes: dict[int, Whole | None] = {}
    for event in events if cache.disk else ():
        source = event.source
        if source is None:
            continue
        if source.asset_id not in wholes:
            of = published[source.asset_id]
            wholes[source.asset_id] = None if _is_near(of.proxy) else whole(session, source, of)
        if found := wholes[source.asset_id]:
            wanted += [(source, each) for each in _excerpt(event, rate, source, found)]
    return wanted


def events(sequence: Sequence) -> Iterator[Event]:
    """Of all tracks."""
    yield from sequence.events
    for track in sequence.tracks:
        yield from track.events


def _is_near(proxy: Proxy) -> bool:
    """Its frames stand alone, and it lies on a disk of this host: there is nothing to gain."""
    return bool(proxy.form) and not mounts.under(proxy.path).shared


def whole(session: Session, source: Source, published: Published) -> Whole | None:
    """What clips are cut from; None where it has no picture, or is not what was published."""
    proxy, row = published.proxy, session.get(Rendition, published.name)
    if row is None or proxy.picture is None:
        return None
    return Whole(
        proxy.path, row.checksum, source.rate, source.frames, True, proxy.sound, bool(proxy.form)
    )


def _excerpt(event: Event, rate: Fraction, source: Source, whole: Whole) -> Iterator[Excerpt]:
    """What an event shows and plays: past its own ends in dissolves and split edits."""
    reach = max(event.dissolve, abs(event.split))
    over = ceil(source_length(event, rate, reach))
    first = max(0, event.in_frame - over)
    end = min(source.frames, event.out_frame + over)
    if first < end:
        yield Excerpt(whole, first, end)


def _with(proxies: Mapping[int, Proxy], found: list[tuple[Source, Media]]) -> dict[int, Proxy]:
    """Each clip with its times as if it were the whole: frame 0 lies before its beginning."""
    unique = {media.path: (source, media) for source, media in found}
    opened = open_files([(source, path) for path, (source, _) in unique.items()])
    near: defaultdict[int, list[Clip]] = defaultdict(list)
    for (source, media), proxy in zip(unique.values(), opened, strict=True):
        if proxy.picture is not None:
            moved = replace(proxy, picture=proxy.picture + media.zero(source.rate))
            near[source.asset_id].append(Clip(media.first, media.first + media.frames, moved))
    return {number: replace(proxy, clips=tuple(near[number])) for number, proxy in proxies.items()}
