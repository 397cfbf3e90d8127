from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import Session, select

from catalog.models import Asset, Clip, Cue, Footage, Item, Kind, Label, Story
from catalog.search import Found, search, speakers_of
from catalog.vectors.edge import EdgeVectors
from catalog.work import Point

VECTORS = {"harbour": [1.0, 0, 0, 0], "dog": [0, 1.0, 0, 0], "leave": [0, 0, 1.0, 0]}


def _footage(asset_id: int, reel: str, start: int = 0, *, drop: bool = False) -> Footage:
    return Footage(
        asset_id=asset_id, rate_num=30000 if drop else 25, rate_den=1001 if drop else 1,
        drop_frame=drop, start_frame=start, frames=9000, has_timecode=True, picture_offset=0,
        variable_rate=False, has_picture=True, has_sound=True, width=640, height=360,
        interlaced=False, video_codec="h264", audio_codec="aac", audio_channels=2, reel=reel,
        warnings=[],
    )  # fmt: skip


def _clip(
    asset: int, number: int, first: int, text: str, emotion: Label | None = None, speaker: str = ""
) -> Clip:
    return Clip(
        asset_id=asset, number=number, key=f"key{asset}{number}", in_frame=first,
        out_frame=first + 50, text=text, lines=[number], shots=[0], emotion=emotion,
        thumbnail="thumbs/000010.jpg", speaker=speaker,
    )  # fmt: skip


def _point(clip: Clip, vector: list[float]) -> Point:
    name = f"00000000-0000-0000-0000-0000000000{clip.asset_id}{clip.number}"
    emotion = clip.emotion.value if clip.emotion else None
    payload = {
        "asset_id": clip.asset_id, "clip_key": clip.key, "text": clip.text, "emotion": emotion,
        "speaker": speakers_of(clip),
    }  # fmt: skip
    return Point(name, vector, clip.text, payload)


@pytest.fixture
def vectors(session: Session, tmp_path: Path) -> Iterator[EdgeVectors]:
    session.add_all([Story(id=n, name=name, created_at=0) for n, name in ((1, "one"), (2, "two"))])
    session.flush()
    for number in (1, 2):
        session.add(
            Item(
                id=number, root="drop", path=f"{['one', 'two'][number - 1]}/a.mov", size=1,
                mtime_ns=number, kind=Kind.FOOTAGE, story_id=number, accepted_at=0,
            )
        )  # fmt: skip
        session.add(Asset(id=number, checksum=str(number), item_id=number))
        session.flush()
        session.get_one(Item, number).asset_id = number
    # 1799 frames of drop-frame are 00:00:59;29: the next label is 00:01:00;02.
    session.add_all([_footage(1, "A001"), _footage(2, "B001", 1799, drop=True)])
    clips = [
        _clip(1, 0, 0, "the harbour is quiet", Label.CALM, "ANNA, Ben"),
        _clip(1, 1, 60, "what a lovely dog", Label.JOY),
        _clip(2, 0, 1, "我们走吧", Label.SADNESS),
    ]
    session.add_all(clips)
    session.commit()
    store = EdgeVectors(tmp_path / "shard", 4)
    store.replace(1, [_point(clips[0], VECTORS["harbour"]), _point(clips[1], VECTORS["dog"])])
    store.replace(2, [_point(clips[2], VECTORS["leave"])])
    yield store
    store.close()


def test_a_clip_is_told_in_the_words_of_the_cutting_room(
    session: Session, vectors: EdgeVectors
) -> None:
    (found,) = search(session, vectors, None, "走吧")
    assert found == Found(
        score=found.score, story="two", path="two/a.mov", reel="B001", source_in="00:01:00;02",
        source_out="00:01:01;22", text="我们走吧", emotion=Label.SADNESS,
        thumbnail="two/assets/a.mov/thumbs/000010.jpg", clip_key="key20", asset_id=2, in_frame=1,
        out_frame=51,
    )  # fmt: skip


def test_what_is_heard_beside_the_words_is_told(session: Session, vectors: EdgeVectors) -> None:
    session.add_all([
        Cue(asset_id=1, number=n, kind=kind, in_frame=first, out_frame=first + 9, strength=0.7)
        for n, (kind, first) in enumerate((("laughter", 100), ("applause", 110), ("laughter", 105)))
    ])  # fmt: skip
    session.commit()
    assert search(session, vectors, None, "dog")[0].sounds == ("laughter",)
    assert search(session, vectors, None, "harbour")[0].sounds == ()


def test_meaning_and_words_find_together(session: Session, vectors: EdgeVectors) -> None:
    found = search(session, vectors, VECTORS["dog"], "puppy")
    assert found[0].text == "what a lovely dog"
    assert search(session, vectors, None, "HARBOUR!")[0].source_out == "00:00:02:00"


def test_a_story_and_an_emotion_narrow_the_search(session: Session, vectors: EdgeVectors) -> None:
    everything = [1.0, 1.0, 1.0, 1.0]
    assert len(search(session, vectors, everything, "")) == 3
    assert len(search(session, vectors, everything, "", limit=2)) == 2
    assert {f.story for f in search(session, vectors, everything, "", story="one")} == {"one"}
    (joyful,) = search(session, vectors, everything, "", story="one", emotion=Label.JOY)
    assert joyful.text == "what a lovely dog"
    assert search(session, vectors, everything, "", story="nowhere") == []


def test_a_speaker_narrows_the_search_whatever_the_case_of_the_name(
    session: Session, vectors: EdgeVectors
) -> None:
    everything = [1.0, 1.0, 1.0, 1.0]
    for name in ("Anna", "ben "):
        (found,) = search(session, vectors, everything, "", speaker=name)
        assert (found.text, found.speaker) == ("the harbour is quiet", "ANNA, Ben")
    assert search(session, vectors, everything, "", speaker="nobody") == []
    session.exec(select(Clip).where(Clip.number == 0, Clip.asset_id == 1)).one().speaker = "Eve"
    assert search(session, vectors, everything, "", speaker="anna") == []  # the point is older


def test_a_story_finds_a_file_that_was_dropped_there_later(
    session: Session, vectors: EdgeVectors
) -> None:
    session.add(
        Item(
            root="drop", path="one/b.mov", size=1, mtime_ns=9, kind=Kind.FOOTAGE, story_id=1,
            accepted_at=0, asset_id=2,
        )
    )  # fmt: skip
    session.commit()
    assert search(session, vectors, None, "走吧", story="one")[0].clip_key == "key20"


def test_a_point_whose_clip_is_gone_or_changed_is_left_out(
    session: Session, vectors: EdgeVectors
) -> None:
    session.delete(session.get_one(Clip, (1, 0)))
    session.get_one(Clip, (2, 0)).text = "我们快走吧"
    session.commit()
    assert search(session, vectors, None, "harbour") == []
    assert search(session, vectors, None, "走吧") == []


def test_a_file_that_was_replaced_is_not_found(session: Session, vectors: EdgeVectors) -> None:
    session.get_one(Item, 1).replaced_at = 5.0
    session.commit()
    assert search(session, vectors, None, "harbour dog") == []
    assert search(session, vectors, None, "harbour", story="one") == []
