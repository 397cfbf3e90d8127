"""One picture of a cut is the one that its movie has there."""

import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from catalog.work import Work
from config.cutting import Movie
from config.settings import load
from ingest.previewing import write
from media.errors import Misconfigured, Rejected
from renderers import effects, preview
from renderers.look import Look, movie_size
from renderers.render import render
from tests.renderers.plans import add_cut, gap, script_work, sequence, use
from tests.renderers.test_movie import Shelf, pictures_of


def decoded(jpeg: bytes) -> NDArray[np.float64]:
    command = ["ffmpeg", "-v", "error", "-f", "mjpeg", "-i", "-", "-f", "rawvideo"]
    raw = subprocess.run(
        [*command, "-pix_fmt", "gray", "-"], input=jpeg, capture_output=True, check=True
    ).stdout
    return np.frombuffer(raw, np.uint8).reshape(270, 480).astype(float)


def test_a_preview_is_the_frame_that_the_movie_shows(shelf: Shelf, tmp_path: Path) -> None:
    a, b = shelf.sources[:2]
    events = [use(a, 20, 45), use(b, 30, 55, dissolve=11), gap(10)]
    cut = sequence(events, width=480, height=270)
    recipe = shelf.recipe(cut, tmp_path)
    asked = Movie(**{**load().movie.model_dump(), "title": True})
    look = replace(recipe.look, effects=effects.chosen(asked, cut, (480, 270), tmp_path))
    render(replace(recipe, look=look), tmp_path / "cut.mp4")
    movie = pictures_of(tmp_path / "cut.mp4")
    for frame in (0, 24, 30, 55):
        seen = decoded(preview.picture(frame, shelf.proxies, look))
        assert np.abs(seen - movie[frame]).mean() < 4
    with pytest.raises(Rejected, match="frames 0 to 59, and no 60"):
        preview.picture(60, shelf.proxies, look)


def test_the_command_writes_a_frame_of_the_newest_cut(shelf: Shelf, tmp_path: Path) -> None:
    with script_work(tmp_path) as work:
        work.output.mkdir()
        (work.output / "proxy.mp4").symlink_to(shelf.proxies[1].path)
        of = replace(shelf.sources[0], proxy="proxy.mp4")
        cut = sequence([use(of, 0, 10), gap(5)], width=480, height=270)
        add_cut(work, 3, cut)
        target = tmp_path / "seen.jpg"
        write(work.session, work.settings, ("渡轮", None, None), 4, target)
        plain = Look(cut, movie_size(cut, 540), work.settings.playing)
        wanted = decoded(preview.picture(4, shelf.proxies, plain))
        assert np.abs(decoded(target.read_bytes()) - wanted).mean() < 1
        _complains(work, target)


def _complains(work: Work, target: Path) -> None:
    with pytest.raises(Misconfigured, match="no story called 'ferry'"):
        write(work.session, work.settings, ("ferry", None, None), 0, target)
