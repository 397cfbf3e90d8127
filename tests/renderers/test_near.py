"""A movie from clips of the cache: the same frames and samples, and no proxy read again."""

from dataclasses import replace
from pathlib import Path

from catalog.cache.cache import disk_of
from catalog.models import Rendition
from catalog.work import Work
from demo.footage import frame_numbers
from media.files import fingerprint
from renderers import movie, near
from renderers.near import Published
from renderers.prefetch import Prefetch
from renderers.proxies import open_proxies
from renderers.sequence import Sequence, Source
from tests.renderers.plans import NTSC, PAL, add_cut, gap, script_work, sequence, source, use
from tests.renderers.test_movie import heard_clicks, planned_clicks, planned_numbers, proxy


def publish(work: Work) -> tuple[Source, Source]:
    found = []
    for number, rate in ((1, PAL), (2, NTSC)):
        frames = 6 * round(rate)
        of = source(number, rate, name=f"{number}.mp4", frames=frames, width=480, height=270)
        path = proxy(work.output, of)
        work.session.add(
            Rendition(
                path=of.name, item_id=work.item.id or 0, stage="scan", kind="proxy", size=1,
                checksum=fingerprint(path), provenance={}, created_at=0,
            )
        )  # fmt: skip
        found.append(replace(of, proxy=of.name))
    work.session.commit()
    return found[0], found[1]


def plan(a: Source, b: Source, shift: int = 0) -> Sequence:
    events = [
        use(a, 40 + shift, 70), gap(5), use(b, 95, 130), use(a, 84, 110), use(a, 110, 120),
    ]  # fmt: skip
    return sequence(events, width=480, height=270)


def test_clips_of_a_new_cut_are_near_before_its_movie_is_made(tmp_path: Path) -> None:
    with script_work(tmp_path) as work:
        work.output.mkdir()
        add_cut(work, 1, plan(*publish(work)))
        disk = disk_of(work.settings)
        assert disk
        assert Prefetch().run(work).message == "4 of 4 clips are near"
        fills = disk.index.counts()["fills"]
        made = movie.Movie().run(work).files[0].name
        assert disk.index.counts()["fills"] == fills, "the movie finds all of them"
        (work.home / made).write_bytes(b"published")
        assert Prefetch().run(work).message == "its movie is there already"
        (work.home / made).unlink()
        (work.output / "2.mp4").unlink()
        assert Prefetch().run(work).message.startswith("left to the movie: ")
        cache = work.settings.cache.model_copy(update={"clips": 0})
        settings = work.settings.model_copy(update={"cache": cache})
        assert Prefetch().run(replace(work, settings=settings)).skipped


def test_a_movie_from_cached_clips_is_exact_and_the_next_version_needs_no_proxy(
    tmp_path: Path,
) -> None:
    with script_work(tmp_path) as work:
        work.output.mkdir()
        a, b = publish(work)
        disk = disk_of(work.settings)
        assert disk
        fills: list[int] = []
        for version, shift in ((1, 0), (2, 7)):
            cut = plan(a, b, shift)
            add_cut(work, version, cut)
            made = work.scratch / movie.Movie().run(work).files[0].name
            assert frame_numbers(made) == list(planned_numbers(cut))
            heard = heard_clicks(made, cut.rate)
            for click in planned_clicks(cut):
                assert min(abs(click - other) for other in heard) < 0.1  # frames
            fills.append(disk.index.counts()["fills"])
            made.unlink()
        assert fills[0] == fills[1] > 2


def test_proxies_whose_frames_stand_alone_on_this_hosts_disk_are_near_enough(
    tmp_path: Path,
) -> None:
    with script_work(tmp_path) as work:
        work.output.mkdir()
        a, _ = publish(work)
        alone = replace(a, name="alone.mov", proxy="alone.mov")
        proxy(work.output, alone, "-c:v libx264 -preset ultrafast -g 1 -pix_fmt yuv420p")
        row = work.session.get_one(Rendition, a.name)
        work.session.add(Rendition(**(row.model_dump() | {"path": "alone.mov"})))
        proxies = open_proxies([alone], lambda of: work.output / of.proxy)
        published = {alone.asset_id: Published("alone.mov", proxies[alone.asset_id])}
        cut, cache = sequence([use(alone, 10, 40)]), near.Cache.of(work.settings)
        with near.clips(cut, published, cache, work.session) as found:
            assert found == proxies
        assert not (tmp_path / "cache").exists()
