"""One picture of a cut is the one that its movie has there."""

import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import urlopen

import numpy as np
import pytest
from numpy.typing import NDArray
from sqlalchemy import text

from catalog.approvals import approve
from catalog.cache.cache import disk_of
from catalog.database import Catalog
from catalog.models import Asset, PictureFlag, Rendition
from catalog.work import Work
from config.cutting import Movie, Transition
from config.settings import Settings, load
from ingest.pictureserver import PictureServer
from ingest.previewing import Asked, Previews
from media.errors import Misconfigured, Rejected
from media.files import fingerprint
from media.ready import Ready
from renderers import effects, held, preview
from renderers.cuts import newest
from renderers.look import Look
from renderers.render import render
from tests.renderers.plans import PAL, add_cut, gap, script_work, sequence, source, use
from tests.renderers.test_movie import Shelf, pictures_of, proxy
from tests.servers import until


@pytest.fixture(scope="module")
def ready() -> Iterator[Ready]:
    """Two that wait."""
    with Ready(2) as made:
        yield made


def decoded(jpeg: bytes, rows: int = 270, columns: int = 480) -> NDArray[np.float64]:
    command = ["ffmpeg", "-v", "error", "-f", "mjpeg", "-i", "-", "-f", "rawvideo"]
    raw = subprocess.run(
        [*command, "-pix_fmt", "gray", "-"], input=jpeg, capture_output=True, check=True
    ).stdout
    return np.frombuffer(raw, np.uint8).reshape(rows, columns).astype(float)


def shown(frame: int, shelf: Shelf, look: Look, ready: Ready) -> NDArray[np.float64]:
    one = preview.seen(frame, look)
    return decoded(preview.picture(one, shelf.proxies, look, ready, lambda _: Fraction(0)))


def test_a_preview_is_the_frame_that_the_movie_shows(
    shelf: Shelf, tmp_path: Path, ready: Ready
) -> None:
    a, b = shelf.sources[:2]
    events = [use(a, 20, 45), use(b, 30, 55, dissolve=11), gap(10)]
    cut = sequence(events, width=480, height=270)
    recipe = shelf.recipe(cut, tmp_path)
    asked = Movie(**{**load().movie.model_dump(), "title": True, "transition": Transition.WIPE})
    written = effects.chosen(asked, cut, (480, 270), tmp_path)
    look = replace(recipe.look, effects=written, transition=asked.transition)
    render(replace(recipe, look=look), tmp_path / "cut.mp4")
    movie = pictures_of(tmp_path / "cut.mp4")
    for frame in (0, 24, 30, 55):
        assert np.abs(shown(frame, shelf, look, ready) - movie[frame]).mean() < 4
        ready.fill()
    with pytest.raises(Rejected, match="frames 0 to 59, and no 60"):
        preview.seen(60, look)


def test_previews_come_from_the_proxy_first_and_from_the_cache_then(
    tmp_path: Path, ready: Ready
) -> None:
    with _cut(tmp_path) as work, closing(Previews(work.settings, ready)) as previews:
        disk = disk_of(work.settings)
        assert disk
        first = _picture(previews, work, 14)
        until(lambda: disk.index.counts().get("fills") == 1, 60, "the clip is near")
        second = _picture(previews, work, 14)
        assert disk.index.counts()["hits"] == 1
        assert np.abs(first - second).mean() < 3  # encoded once more
        assert np.abs(_picture(previews, work, 19) - second).mean() > 1
        with pytest.raises(Misconfigured, match="no story called 'ferry'"):
            previews.picture(work.session, Asked("ferry", 0), work.settings.movie)


def _picture(previews: Previews, work: Work, frame: int) -> NDArray[np.float64]:
    return decoded(previews.picture(work.session, Asked("渡轮", frame), work.settings.movie))


def test_a_service_answers_with_pictures_and_says_what_is_wrong(tmp_path: Path) -> None:
    with _cut(tmp_path) as work:
        catalog = Catalog(work.settings.database_url)
        pictures = PictureServer(work.settings, catalog)  # port 0: any that is free
        try:
            pictures.tend()
            plain = decoded(_got(pictures, "14.jpg"))
            titled = decoded(_got(pictures, "14.jpg?title=true"))
            assert np.abs(plain - titled).max() > 100
            assert "frames 0 to 24, and no 99" in _refused(pictures, "99.jpg")
            strips = [_got(pictures, f"{frame}.strip.jpg") for frame in (3, 14)]
            assert strips[0] == strips[1], "two frames of one clip"
            wide = decoded(strips[0], 224, 16 * 398)
            assert np.abs(wide[:, :398] - wide[:, -398:]).mean() > 1, "from its in to its out"
            assert "frame 22 is of no clip" in _refused(pictures, "22.strip.jpg")
            assert "Extra inputs" in _refused(pictures, "1.jpg?grain=2")
            assert "beside the one" in _refused(pictures, "1.jpg?lut=/etc/passwd")
            work.session.add(Asset(id=1, checksum="c", item_id=work.item.id or 0))
            work.session.flush()
            work.session.add(
                PictureFlag(asset_id=1, number=0, key="k", in_frame=40, out_frame=60,
                            category="violence", english="a fight", chinese="打架", likelihood=0.9,
                            engine="clip:b", source="pictures.tsv")
            )  # fmt: skip
            work.session.commit()
            assert _got(pictures, "14.jpg"), "[moderation] hold is off"
            _refuses_what_is_held(work, catalog)
            taken = PictureServer(_on(work.settings, pictures.port), catalog)
            taken.tend()
            assert not taken.port
            pictures.stop()
            taken.tend()
            assert taken.port
            taken.stop()
        finally:
            pictures.stop()
            catalog.close()


def _refuses_what_is_held(work: Work, catalog: Catalog) -> None:
    moderation = work.settings.moderation.model_copy(update={"hold": True})
    settings = work.settings.model_copy(update={"moderation": moderation})
    pictures = PictureServer(settings, catalog)
    pictures.tend()
    try:
        assert "held back" in _refused(pictures, "14.strip.jpg", 403)
        told = _refused(pictures, "14.jpg", 403)
        assert told.startswith("the cut is held back until a person has looked at 1 sensitive")
        assert "1.mp4 from 10:00:01:15 to 10:00:02:10 looks like “a fight” (90 %)" in told
        cut = newest(work.session, work.item.story_id, "night ferry.v2.fountain")
        assert cut
        approve(work.session, cut.story_id, held.flags_of(work.session, cut), "anna")
        work.session.commit()
        assert _got(pictures, "14.jpg")
        work.session.execute(text("ALTER TABLE story RENAME TO away"))
        work.session.commit()
        assert "the catalog does not answer (no such table" in _refused(pictures, "14.jpg", 503)
        work.session.execute(text("ALTER TABLE away RENAME TO story"))
        work.session.commit()
        assert _got(pictures, "14.jpg")
    finally:
        pictures.stop()


def _on(settings: Settings, port: int) -> Settings:
    preview = settings.preview.model_copy(update={"port": port})
    return settings.model_copy(update={"preview": preview})


def _got(pictures: PictureServer, asked: str) -> bytes:
    url = f"http://127.0.0.1:{pictures.port}/{quote('渡轮')}/{asked}"
    with urlopen(url, timeout=60) as answer:
        assert answer.headers["Content-Type"] == "image/jpeg"
        content: bytes = answer.read()
        return content


def _refused(pictures: PictureServer, asked: str, status: int = 404) -> str:
    with pytest.raises(HTTPError) as refused:
        _got(pictures, asked)
    with refused.value as answer:
        assert answer.code == status
        return answer.read().decode()


@contextmanager
def _cut(folder: Path) -> Iterator[Work]:
    """A story's cut of one proxy of a long GOP, with a card at its end."""
    with script_work(folder) as work:
        work.output.mkdir()
        of = source(1, PAL, name="1.mp4", frames=100, width=480, height=270, proxy="1.mp4")
        path = proxy(work.output, of)
        work.session.add(
            Rendition(
                path="1.mp4", item_id=work.item.id or 0, stage="scan", kind="proxy", size=1,
                checksum=fingerprint(path), provenance={}, created_at=0,
            )
        )  # fmt: skip
        add_cut(work, 3, sequence([use(of, 30, 50), gap(5)], width=480, height=270))
        yield work
