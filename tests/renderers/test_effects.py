"""Effects, seen in the pixels of real movies."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from config.cutting import Movie, Transition
from config.settings import load
from media.errors import Misconfigured
from renderers import effects
from renderers.render import planned, render
from renderers.sequence import Sequence
from tests.renderers.plans import PAL, gap, sequence, use
from tests.renderers.test_movie import Shelf, frame_numbers, pictures_of, sound_of

PLAIN = load().movie
_TEXT = "LUT_3D_SIZE 2\n{}\n"


def table(folder: Path, *, inverted: bool = False) -> str:
    """A look-up table of two steps: the identity, or the negative."""
    corners = [(r, g, b) for b in (0, 1) for g in (0, 1) for r in (0, 1)]
    rows = [" ".join(str(float(1 - v if inverted else v)) for v in corner) for corner in corners]
    path = folder / f"look's {inverted}.cube"
    path.write_text(_TEXT.format("\n".join(rows)))
    return str(path)


def shown(cut: Sequence, shelf: Shelf, folder: Path, **asked: object) -> Path:
    """The movie with these settings."""
    folder.mkdir(exist_ok=True)
    recipe = shelf.recipe(cut, folder)
    settings = Movie(**{**PLAIN.model_dump(), **asked})
    found = effects.chosen(settings, cut, recipe.look.size, folder)
    look = replace(recipe.look, effects=found, transition=settings.transition)
    target = folder / "cut.mp4"
    render(replace(recipe, look=look), target)
    return target


@pytest.fixture
def plain(shelf: Shelf) -> Sequence:
    a, b = shelf.sources[:2]
    events = [use(a, 20, 32, character="MARA 玛拉"), gap(4), use(b, 30, 42, heard="你好，渡轮。")]
    return sequence(events, width=480, height=270)


def test_a_look_that_changes_nothing_changes_nothing_and_a_negative_inverts(
    shelf: Shelf, tmp_path: Path, plain: Sequence
) -> None:
    as_shot = pictures_of(shown(plain, shelf, tmp_path / "a"))
    same = pictures_of(shown(plain, shelf, tmp_path / "b", lut=table(tmp_path)))
    negative = pictures_of(shown(plain, shelf, tmp_path / "c", lut=table(tmp_path, inverted=True)))
    assert np.abs(same - as_shot).mean() < 3
    assert np.abs(negative[:12] - (251 - as_shot[:12])).mean() < 20
    assert np.abs(negative[12:16] - as_shot[12:16]).mean() < 3  # a slate keeps its colours


def test_a_look_that_is_not_there_is_the_operators_business(
    plain: Sequence, tmp_path: Path
) -> None:
    asked = Movie(**{**PLAIN.model_dump(), "lut": str(tmp_path / "none.cube")})
    with pytest.raises(Misconfigured, match=r"movie\.lut: .*none\.cube is not there"):
        effects.chosen(asked, plain, (480, 270), tmp_path)


def test_text_is_seen_for_as_long_as_it_should_be_and_the_rest_is_copied(
    shelf: Shelf, tmp_path: Path, plain: Sequence
) -> None:
    """Names below left in the first 2.5 s of a line, subtitles where something is said."""
    as_shot = pictures_of(shown(plain, shelf, tmp_path / "plain"))
    written = pictures_of(shown(plain, shelf, tmp_path / "text", subtitles=True))
    low = np.abs(written - as_shot)[:, 200:].reshape(len(as_shot), -1).max(axis=1)
    assert (low[:12] > 100).all()
    assert (low[12:16] < 60).all()  # a slate says it already
    assert (low[16:] > 100).all()  # Chinese, too
    high = np.abs(written - as_shot)[:, 40:150].mean()
    assert high < 4


def test_only_the_frames_under_text_are_encoded(shelf: Shelf, tmp_path: Path) -> None:
    cut = sequence([use(shelf.sources[0], 0, 90, character="MARA")], width=480, height=270)
    path = shown(cut, shelf, tmp_path, lower_thirds=True, title=True)
    recipe = shelf.recipe(cut, tmp_path)
    settings = Movie(**{**PLAIN.model_dump(), "lower_thirds": True, "title": True})
    found = effects.chosen(settings, cut, recipe.look.size, tmp_path)
    pieces = planned(replace(recipe, look=replace(recipe.look, effects=found)))
    assert [(piece.frames, piece.copied) for piece in pieces] == [
        (62, False),
        (13, False),
        (15, True),
    ]
    assert frame_numbers(path) == list(range(90))


@pytest.mark.parametrize(("transition", "middle"), [("dip-black", 16.0), ("dip-white", 235.0)])
def test_a_dip_goes_through_its_colour(
    shelf: Shelf, tmp_path: Path, transition: str, middle: float
) -> None:
    cut = sequence(
        [use(shelf.sources[0], 20, 45), use(shelf.sources[1], 30, 55, dissolve=11)],
        width=480, height=270,
    )  # fmt: skip
    pictures = pictures_of(shown(cut, shelf, tmp_path, transition=Transition(transition)))
    means = pictures.reshape(len(pictures), -1).mean(axis=1)
    full = (middle - 16) / 219 * 255
    assert abs(means[25] - full) < 6
    assert abs(means[22] - means[10]) < abs(means[24] - means[10])
    assert len(pictures) == cut.duration


def test_a_wipe_moves_over_the_picture(shelf: Shelf, tmp_path: Path) -> None:
    a, b = shelf.sources[:2]
    events = [use(a, 20, 45), use(b, 60, 85, dissolve=11)]
    cut = sequence(events, width=480, height=270)
    wiped = pictures_of(shown(cut, shelf, tmp_path / "wipe", transition=Transition.WIPE))
    ahead = sequence([use(a, 20, 51)], width=480, height=270)
    behind = sequence([use(b, 55, 85)], width=480, height=270)
    before = pictures_of(shown(ahead, shelf, tmp_path / "before"))
    after = pictures_of(shown(behind, shelf, tmp_path / "after"))
    half = wiped[25]  # 6 of 12 steps
    assert np.abs(half[:, :230] - after[5][:, :230]).mean() < 5
    assert np.abs(half[:, 250:] - before[25][:, 250:]).mean() < 5


@pytest.mark.parametrize("speed", [Fraction(1, 4), Fraction(3, 2)])
def test_another_speed_keeps_the_pitch_and_the_length(
    shelf: Shelf, tmp_path: Path, speed: Fraction
) -> None:
    cut = sequence([use(shelf.sources[0], 10, 70, speed=speed)], width=480, height=270)
    path = shown(cut, shelf, tmp_path)
    heard = sound_of(path)[:, 0].astype(float)
    assert abs(len(heard) - cut.duration * 1920) <= 1024
    spectrum = np.abs(np.fft.rfft(heard))
    loudest = np.fft.rfftfreq(len(heard), 1 / 48000)[spectrum.argmax()]
    assert abs(loudest - 2000) < 250  # the clicks' tone
    assert cut.rate == PAL
