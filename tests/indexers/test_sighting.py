from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from sqlmodel import Session, select

from catalog.facts import save
from catalog.models import PictureFlag, Shot, ThumbnailVectors
from catalog.work import Facts, Work
from indexers import sighting
from indexers.engines.vision import Contrastive
from indexers.matching.sight import Seen
from indexers.moderate import Moderate
from indexers.moderation.prompts import SHIPPED, Prompt, prompts
from indexers.moderation.sights import LEAST, sights
from media.errors import Misconfigured
from tests.tinyvision import COLOURS, picture

ASKED = (Prompt("red", "红", "violence", "a.tsv"), Prompt("green", "绿", "", "a.tsv"),
         Prompt("blue", "蓝", "nudity", "a.tsv"), Prompt("", "黑", "hate", "a.tsv"))  # fmt: skip
OWN = "red\t红\tviolence\nblue\t蓝\t-\n"


@pytest.fixture(scope="module")
def engine(clip: Path) -> Contrastive:
    return Contrastive("clip:colours", clip, "cpu", 4)


@pytest.fixture(scope="module")
def colours(engine: Contrastive, tmp_path_factory: pytest.TempPathFactory) -> dict[str, np.ndarray]:
    folder = tmp_path_factory.mktemp("pictures")
    paths = [picture(folder / f"{colour}.jpg", colour) for colour in COLOURS]
    return dict(zip(COLOURS, engine.of_pictures(paths), strict=True))


def test_pictures_in_a_row_are_one_span_that_ends_with_their_shot(
    engine: Contrastive, colours: dict[str, np.ndarray]
) -> None:
    shown = ["green", "red", "red", "green", "blue", "red"]
    frames = np.array([0, 25, 50, 75, 80, 110])
    seen = Seen(frames, np.stack([colours[name] for name in shown]))
    shots = [(0, 60), (60, 78), (78, 100), (100, 130)]
    found = sights(seen, shots, ASKED, engine, LEAST["normal"])
    assert [(one.in_frame, one.out_frame, one.prompt.category) for one in found] == [
        (1, 60, "violence"), (78, 100, "nudity"), (100, 130, "violence"),
    ]  # fmt: skip
    assert all(0.8 < one.likelihood <= 1 for one in found)
    without = sights(seen, [], ASKED, engine, LEAST["normal"])
    assert [(one.in_frame, one.out_frame) for one in without] == [(1, 75), (76, 110), (81, 111)]


def test_a_picture_between_two_descriptions_is_marked_where_the_setting_is_strict(
    engine: Contrastive, colours: dict[str, np.ndarray]
) -> None:
    texts = engine.of_texts(["red", "green"])
    between = texts.sum(0) / np.linalg.norm(texts.sum(0))  # as near to the one as to the other
    nearer = between + 0.004 * (texts[0] - texts[1])
    seen = Seen(np.array([0]), np.stack([nearer / np.linalg.norm(nearer)]))
    marked = {name: bool(sights(seen, [], ASKED, engine, least)) for name, least in LEAST.items()}
    assert marked == {"low": False, "normal": False, "high": True}
    assert not sights(Seen(np.array([0]), colours["green"][None]), [], ASKED, engine, 0.5)


def test_the_shipped_descriptions_are_in_both_languages_and_mark_no_plain_picture(
    engine: Contrastive, colours: dict[str, np.ndarray]
) -> None:
    shipped = prompts(SHIPPED)
    assert {"violence", "nudity", "hate", "self-harm", "drugs", ""} == {p.category for p in shipped}
    assert all(prompt.english and prompt.chinese for prompt in shipped)
    assert len({p.english for p in shipped}) == len({p.chinese for p in shipped}) == len(shipped)
    assert all(prompt.read_by(engine) == prompt.english for prompt in shipped)
    seen = Seen(np.array([0]), colours["green"][None])
    assert not sights(seen, [], shipped, engine, LEAST["normal"])


def test_a_list_of_descriptions_that_cant_be_read_is_a_sentence(tmp_path: Path) -> None:
    bad = tmp_path / "bad.tsv"
    bad.write_text("a gun\tviolence\n")
    with pytest.raises(Misconfigured, match=r"bad\.tsv, line 1: expected a description in English"):
        prompts([bad])
    with pytest.raises(Misconfigured, match=r"prompts names .*gone\.tsv, which can't be read"):
        prompts([tmp_path / "gone.tsv"])


def test_the_stage_marks_pictures_and_keeps_its_word_when_the_weights_are_gone(
    clip: Path, engine: Contrastive, colours: dict[str, np.ndarray], tmp_path: Path,
    accept: Callable[[Path], Work], session: Session, caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    source = tmp_path / "a.mov"
    source.write_bytes(b"x")
    work = accept(source)
    own = tmp_path / "own.tsv"
    own.write_text(OWN, encoding="utf-8")
    work = looking(work, clip, prompts=(own,))
    assert Moderate().run(work).skipped, "there is no picture"
    vectors = np.stack([colours["blue"], colours["red"]]).astype("<f2").tobytes()
    session.add(
        ThumbnailVectors(
            asset_id=work.asset_id, engine=engine.name, frames=[0, 50], vectors=vectors
        )
    )
    session.add(Shot(asset_id=work.asset_id, number=0, in_frame=0, out_frame=100, thumbnail=""))
    session.commit()
    facts = saved(work)
    assert (facts.message, facts.engine) == ("1 sensitive picture: 1 violence", "clip:colours")
    (flag,) = session.exec(select(PictureFlag)).all()
    assert (flag.in_frame, flag.out_frame, flag.english, flag.chinese) == (1, 100, "red", "红")
    assert flag.likelihood > 0.8
    key, seen = flag.key, Moderate().inputs(work)
    assert Moderate().inputs(looking(work, clip, prompts=(own,), sensitivity="high")) != seen
    blind = looking(work, "", prompts=(own,))
    for _ in range(2):
        facts = saved(blind)
    assert facts.message == "1 sensitive picture: 1 violence, as marked before"
    assert session.exec(select(PictureFlag.key)).all() == [key]
    said = [each for each in caplog.records if "nobody looks at pictures" in each.getMessage()]
    assert len(said) == 1, "it is said once"
    assert sighting.told(work.settings).endswith("descriptions by clip:colours, from 80%")
    assert Moderate().run(looking(work, clip, pictures=False)).skipped


def saved(work: Work) -> Facts:
    facts = Moderate().run(work)
    save(work.session, work.item, Moderate(), facts)
    work.session.commit()
    return facts


def looking(work: Work, model: Path | str, **values: object) -> Work:
    vision = work.settings.vision.model_copy(
        update={"model": str(model), "engine": "auto" if model else "none", "device": "cpu"}
    )
    moderation = work.settings.moderation.model_copy(update=values)
    settings = work.settings.model_copy(update={"vision": vision, "moderation": moderation})
    return Work(work.item, work.source, work.scratch, work.home, work.output, settings,
                work.session)  # fmt: skip
