from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from sqlmodel import Session

from catalog.models import Scan, ThumbnailVectors
from catalog.work import Facts, Work
from config.understanding import Vision as Section
from indexers.engines import vision as engines
from indexers.engines.models import vision_models
from indexers.engines.vision import Contrastive, choose
from indexers.matching.actions import Described, show
from indexers.matching.meaning import Meaning
from indexers.matching.shown import Shown
from indexers.matching.sight import Seen, Sight
from indexers.vision import Vision
from media.errors import Misconfigured
from tests.tinyvision import COLOURS, make_chinese_clip, picture


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("pictures")
    return [picture(folder / f"{colour}.jpg", colour) for colour in COLOURS]


def section(engine: str = "auto", model: Path | str = "") -> Section:
    chosen = {"engine": engine, "model": str(model), "device": "cpu", "batch": 2, "weight": 0.5}
    return Section.model_validate(chosen)


def test_a_picture_is_nearest_to_the_word_for_it_in_english_and_in_chinese(
    clip: Path, pictures: list[Path], tmp_path: Path
) -> None:
    for engine, words in (
        (Contrastive("clip", clip, "cpu", 2), ["red", "green", "blue"]),
        (Contrastive("chinese", make_chinese_clip(tmp_path / "c"), "cpu", 2), ["红", "绿", "蓝"]),
    ):
        seen, read = engine.of_pictures(pictures), engine.of_texts(words)
        assert seen.shape == read.shape == (3, engine.dimension)
        np.testing.assert_allclose(np.linalg.norm([*seen, *read], axis=1), 1, atol=1e-5)
        assert (read @ seen.T).argmax(axis=1).tolist() == [0, 1, 2]
        assert engine.reads(words[0])
        assert not engine.reads("红" if words[0] == "red" else "red")
        assert engine.of_texts([]).shape == (0, engine.dimension)
        assert 90 < engine.scale < 110


def test_a_line_longer_than_the_engine_reads_is_cut_off(clip: Path) -> None:
    assert Contrastive("clip", clip, "cpu").of_texts(["red wall " * 90]).shape == (1, 8)


def test_without_weights_words_alone_decide_and_it_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert choose(section()).folder is None
    assert "`stringout models` says which" in choose(section()).reason
    assert engines.vision(section()) is None
    assert choose(section("none")).reason == "switched off in [vision]"
    with pytest.raises(Misconfigured, match="no weights of CLIP on disk"):
        choose(section("clip"))


def test_known_weights_in_the_cache_are_taken(
    clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    model = next(vision_models())
    model.folder.parent.mkdir()
    model.folder.symlink_to(clip)
    assert choose(section()).folder is None, "its tokenizer.json is missing"
    (clip / "tokenizer.json").write_bytes((clip / "vocab.json").read_bytes())
    assert choose(section()).folder == model.folder
    (clip / "tokenizer.json").unlink()


def test_a_folder_that_is_no_whole_model_is_the_operators_to_mend(
    clip: Path, tmp_path: Path
) -> None:
    with pytest.raises(Misconfigured, match="it has no config"):
        choose(section("auto", tmp_path))
    (tmp_path / "config.json").write_text('{"model_type": "bert"}')
    with pytest.raises(Misconfigured, match="must be one of clip, chinese_clip"):
        choose(section("auto", tmp_path))
    (tmp_path / "config.json").write_bytes((clip / "config.json").read_bytes())
    with pytest.raises(Misconfigured, match="is not whole: it has no model"):
        choose(section("auto", tmp_path))
    (tmp_path / "model.safetensors").write_bytes(b"half")
    with pytest.raises(Misconfigured, match="can't be loaded on cpu"):
        Contrastive("half", tmp_path, "cpu").of_texts(["red"])


def test_the_stage_keeps_the_pictures_of_footage_as_vectors(
    clip: Path, tmp_path: Path, accept: Callable[[Path], Work], session: Session,
    keep: Callable[[Facts], Facts],
) -> None:  # fmt: skip
    source = tmp_path / "a.mov"
    source.write_bytes(b"x")
    work = accept(source)
    assert Vision().run(with_vision(work, section("none"))).skipped
    work = with_vision(work, section("auto", clip))
    assert "no picture" in Vision().run(work).message
    named = [[50, "blue.jpg"], [0, "red.jpg"]]
    for _, name in named:
        picture(work.home / str(name), str(name).removesuffix(".jpg"))
    session.add(Scan(asset_id=work.asset_id, loudness=None, true_peak=None, black=[], freeze=[],
                     silence=[], thumbnails=named))  # fmt: skip
    session.commit()
    assert keep(Vision().run(work)).message == "2 pictures by clip:colours"
    row = session.get_one(ThumbnailVectors, work.asset_id)
    assert (row.frames, row.engine) == ([0, 50], "clip:colours")
    assert Vision().inputs(work) == row.engine
    engine = Contrastive("clip", clip, "cpu")
    assert (Seen.of(row).vectors @ engine.of_texts(["red", "blue"]).T).argmax(0).tolist() == [0, 1]


def with_vision(work: Work, chosen: Section) -> Work:
    settings = work.settings.model_copy(update={"vision": chosen})
    return Work(work.item, work.source, work.scratch, work.home, work.output, settings,
                work.session)  # fmt: skip


class Mute:
    """Reads nothing: words say nothing of any clip."""

    name, dimension = "mute", 4

    def reads(self, text: str) -> bool:
        return False

    def embed(self, texts: list[str]) -> np.ndarray:
        return np.zeros((len(texts), 4), np.float32)


def test_an_action_takes_the_clip_whose_picture_shows_it_and_nothing_where_none_does(
    clip: Path, pictures: list[Path]
) -> None:
    engine = Contrastive("clip", clip, "cpu")
    red, green, _ = engine.of_pictures(pictures)
    seen = {
        1: Seen(np.array([0, 50]), np.stack([green, red])),
        2: Seen(np.array([10]), np.stack([green])),
    }
    clips = [Shown(1, "1a", 0, 40, ""), Shown(1, "1b", 40, 90, ""), Shown(2, "2", 20, 60, ""),
             Shown(3, "3", 0, 50, "")]  # fmt: skip
    sight = Sight(engine, seen, weight=0.5)
    alike = sight.likeness(["red", "blue", "红"], clips)
    assert np.isnan(alike[2]).all(), "a line that the engine does not read"
    assert np.isnan(alike[:, 3]).all(), "footage that nobody looked at"
    assert alike[0].argsort()[:3].tolist()[-1] == 1
    found = show([Described(7, "red"), Described(8, "blue")], clips, Meaning(Mute()), sight)
    assert [each.shown.clip_key for each in found[7]] == ["1b"]
    assert found[7][0].picture == found[7][0].likeness
    assert 8 not in found
    glossed = Sight(engine, seen, 0.5, lambda text: {"红": "red"}.get(text, ""))
    np.testing.assert_allclose(glossed.likeness(["红"], clips)[0], alike[0], rtol=1e-4)


def test_words_and_picture_of_a_clip_are_weighed_as_set(clip: Path, pictures: list[Path]) -> None:
    engine = Contrastive("clip", clip, "cpu")
    seen = {1: Seen(np.array([0]), engine.of_pictures(pictures[:1]))}
    clips = [Shown(1, "1", 0, 40, "red")]
    of_words = found_with(Sight(engine, {}, 0.5), clips)
    of_both = found_with(Sight(engine, seen, 0.25), clips)
    of_picture = found_with(Sight(engine, seen, 1.0), clips)
    assert of_both == pytest.approx(0.25 * of_picture + 0.75 * of_words, abs=2e-3)


def found_with(sight: Sight, clips: list[Shown]) -> float:
    class Twin(Mute):
        def reads(self, text: str) -> bool:
            return True

        def embed(self, texts: list[str]) -> np.ndarray:
            return np.full((len(texts), 4), 0.5, np.float32)

    return show([Described(1, "red")], clips, Meaning(Twin()), sight)[1][0].likeness
