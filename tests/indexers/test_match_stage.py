"""The match stage beyond words: actions, other languages, and judges that are plugged in."""

import gzip
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from sqlmodel import Session, SQLModel

from catalog.database import Catalog
from catalog.models import (
    Asset,
    Clip,
    Item,
    Kind,
    Line,
    Scan,
    ScriptLine,
    StageRun,
    Status,
    Take,
    ThumbnailVectors,
)
from catalog.work import Work
from config.settings import Settings, load
from indexers.engines.vision import Contrastive
from indexers.match import Match
from tests.indexers.test_match import footage_row, story
from tests.indexers.test_meaning import CEDICT
from tests.tinyvision import make_clip, picture


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    catalog = Catalog(f"sqlite:///{tmp_path / 'catalog.db'}")
    SQLModel.metadata.create_all(catalog.engine)
    with Session(catalog.engine) as opened:
        yield opened
    catalog.close()


def add_clip(session: Session, asset: int, path: str, said: str = "") -> None:
    """One more asset with one clip, in which `said` is heard."""
    session.add(Asset(id=asset, checksum=f"c{asset}", item_id=asset))
    session.flush()
    footage = footage_row()
    footage.asset_id = asset
    session.add_all(
        [
            Item(
                id=asset, root="drop", path=path, size=1, mtime_ns=1, kind=Kind.FOOTAGE,
                story_id=1, accepted_at=0, asset_id=asset,
            ),
            footage,
        ]
    )  # fmt: skip
    session.flush()
    session.add_all(
        [
            StageRun(item_id=asset, stage="index", status=Status.DONE, token=1),
            Clip(
                asset_id=asset, number=0, key=f"key{asset}", in_frame=0, out_frame=90, text=said,
                lines=[0] if said else [], shots=[0], emotion=None, thumbnail="",
            ),
            Scan(
                asset_id=asset, loudness=-23, true_peak=-3, black=[], freeze=[], silence=[],
                thumbnails=[],
            ),
        ]
    )  # fmt: skip
    if said:
        session.add(
            Line(
                asset_id=asset, number=0, in_frame=0, out_frame=90, text=said, language="en",
                confidence=0.8, words=[], engine="test",
            )
        )  # fmt: skip
    session.flush()


def add_line(session: Session, number: int, kind: str, text: str) -> None:
    session.add(
        ScriptLine(
            item_id=2, number=number, kind=kind, scene="", character="", parenthetical="",
            text=text, source_line=number,
        )
    )  # fmt: skip
    session.flush()


def takes(
    session: Session, item: Item, folder: Path, stage: Match, settings: Settings
) -> dict[int, Take]:
    work = Work(item, folder, folder, folder, folder, settings, session)
    rows = [row for row in stage.run(work).rows if isinstance(row, Take)]
    return {row.number: row for row in rows if row.rank == 0}


def watching(folder: Path, lexicon: str = "") -> Settings:
    settings = load()
    (watch,) = settings.watch
    return settings.model_copy(
        update={
            "watch": (watch.model_copy(update={"path": folder}),),
            "match": settings.match.model_copy(update={"lexicon": lexicon}),
        }
    )


def test_an_action_takes_the_clip_whose_name_or_description_shows_it(
    session: Session, tmp_path: Path
) -> None:
    item = story(session)
    add_clip(session, 8, "s/harbor_waves.mov")
    add_clip(session, 9, "s/MVI_0042.mov")
    sidecar = Item(
        id=10, root="drop", path="s/MVI_0042.json", size=1, mtime_ns=1, kind=Kind.SIDECAR,
        story_id=1, accepted_at=0,
    )  # fmt: skip
    session.add(sidecar)
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "MVI_0042.json").write_text(json.dumps({"description": "an old typewriter"}))
    add_line(session, 5, "action", "Waves break over the harbor wall.")
    add_line(session, 6, "action", "Fingers on an old typewriter.")
    add_line(session, 7, "action", "Two lawyers argue in court.")
    found = takes(session, item, tmp_path, Match(), watching(tmp_path))
    assert {n: take.clip_key for n, take in found.items()} == {1: "key", 5: "key8", 6: "key9"}
    assert found[5].reasons[0] == "shows what the line describes"
    assert (found[5].in_frame, found[5].out_frame) == (0, 90)


def test_a_chinese_line_finds_english_speech_of_its_sense(session: Session, tmp_path: Path) -> None:
    item = story(session)
    lexicon = tmp_path / "cedict.u8"
    lexicon.write_bytes(gzip.compress(CEDICT.encode()))
    add_clip(session, 8, "s/b.mov", "the old man cooks in the kitchen")
    add_clip(session, 9, "s/c.mov", "the fishing boat entered the harbor")
    add_line(session, 5, "dialogue", "渔船进港")
    add_line(session, 6, "dialogue", "漁船進港")
    assert set(takes(session, item, tmp_path, Match(), watching(tmp_path))) == {1}
    found = takes(session, item, tmp_path, Match(), watching(tmp_path, str(lexicon)))
    assert {found[n].clip_key for n in (5, 6) if n in found} == {"key9"}
    assert found[min(set(found) - {1})].reasons[0].startswith("said in another language")


class Reader:
    """Believes nothing that was heard, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def delivers(self, line: str, heard: Sequence[str]) -> Sequence[bool]:
        self.asked += heard
        return [False] * len(heard)


def test_pictures_find_what_no_word_describes(session: Session, tmp_path: Path) -> None:
    item = story(session)
    add_clip(session, 9, "s/MVI_0042.mov")
    add_line(session, 5, "action", "red")
    assert 5 not in takes(session, item, tmp_path, Match(), watching(tmp_path))
    settings = seeing(tmp_path, make_clip(tmp_path / "model"))
    vectors = Contrastive("clip:model", tmp_path / "model").of_pictures(
        [picture(tmp_path / "red.jpg", "red")]
    )
    flat = vectors.astype("<f2").tobytes()
    session.add(ThumbnailVectors(asset_id=9, engine="clip:model", frames=[3], vectors=flat))
    found = takes(session, item, tmp_path, Match(), settings)
    assert found[5].clip_key == "key9"
    assert found[5].reasons[-1].startswith("likeness of its picture")


def seeing(folder: Path, model: Path) -> Settings:
    settings = watching(folder)
    vision = settings.vision.model_copy(update={"model": str(model)})
    return settings.model_copy(update={"vision": vision})


def test_a_verifier_that_is_plugged_in_is_asked_about_weak_takes_only(
    session: Session, tmp_path: Path
) -> None:
    item = story(session)
    add_clip(session, 8, "s/b.mov", "never gain the friend")
    reader = Reader()
    before = takes(session, item, tmp_path, Match(), watching(tmp_path))
    found = takes(session, item, tmp_path, Match(verifier=reader), watching(tmp_path))
    assert 1 in found, "a sure take is not asked about"
    assert "meet me at the station" not in reader.asked
    assert set(found) == set(before) - ({2} if reader.asked else set())
