from collections.abc import Callable
from pathlib import Path

import numpy as np
from sqlmodel import Session

from catalog.models import Clip, Cue, Embedding, Emotion, Item, Kind, Label, Line, Story
from catalog.vectors.edge import EdgeVectors
from catalog.words import sparse_terms
from catalog.work import Facts, Work
from indexers.index import Index, point_id


def _clip(number: int, text: str, emotion: Label | None = None) -> Clip:
    return Clip(
        speaker="ANNA, Speaker 2" if number == 1 else "",
        asset_id=1, number=number, key=f"key{number}", in_frame=number * 10,
        out_frame=number * 10 + 10, text=text, lines=[number] if text else [], shots=[],
        emotion=emotion, thumbnail="",
    )  # fmt: skip


def _line(number: int, text: str, language: str) -> Line:
    return Line(
        asset_id=1, number=number, in_frame=number * 10, out_frame=number * 10 + 10, text=text,
        language=language, confidence=1, words=[], engine="captions",
    )  # fmt: skip


def _work(tmp_path: Path, accept: Callable[[Path], Work], session: Session) -> Work:
    source = tmp_path / "a.mov"
    source.write_bytes(b"x")
    work = accept(source)
    vector = np.zeros(384, "<f4")
    vector[3] = 1
    session.add_all(
        [
            _clip(0, ""), _clip(1, "I'm leaving.", Label.SADNESS), _clip(2, "我走了。"),
            _line(1, "I'm leaving.", "en"), _line(2, "我走了。", "zh"),
            Embedding(asset_id=1, number=1, engine="minilm", vector=vector.tobytes()),
        ]
    )  # fmt: skip
    session.commit()
    return work


def test_every_spoken_clip_is_a_point(
    tmp_path: Path, accept: Callable[[Path], Work], session: Session
) -> None:
    facts = Index().run(_work(tmp_path, accept, session))
    assert facts.message == "2 clips can be searched, 1 of them by meaning"
    assert not facts.skipped
    first, second = facts.points or ()
    assert (first.vector[3], len(second.vector)) == (1.0, 0)
    assert first.payload == {
        "asset_id": 1, "clip_key": "key1", "story_id": [1], "number": 1, "in_frame": 10,
        "out_frame": 20, "text": "I'm leaving.", "emotion": "sadness", "language": "en",
            "speaker": ["anna", "speaker 2"],
    }  # fmt: skip
    assert (second.payload["emotion"], second.payload["language"]) == (None, "zh")


def test_a_second_run_gives_the_same_points(
    tmp_path: Path, accept: Callable[[Path], Work], session: Session
) -> None:
    work = _work(tmp_path, accept, session)
    assert Index().run(work) == Index().run(work)


def test_a_file_in_two_stories_is_indexed_for_both(
    tmp_path: Path, accept: Callable[[Path], Work], session: Session
) -> None:
    work = _work(tmp_path, accept, session)
    session.add(Story(id=2, name="other", created_at=0))
    session.commit()
    session.add(
        Item(
            root="drop", path="other/a.mov", size=1, mtime_ns=2, kind=Kind.FOOTAGE, story_id=2,
            accepted_at=0, asset_id=1,
        )
    )  # fmt: skip
    session.commit()
    assert (Index().run(work).points or ())[0].payload["story_id"] == [1, 2]


def test_vectors_of_another_engine_are_not_mixed_in(
    tmp_path: Path, accept: Callable[[Path], Work], session: Session
) -> None:
    work = _work(tmp_path, accept, session)
    session.get_one(Embedding, (1, 1)).engine = "multilingual"
    session.commit()
    assert all(len(point.vector) == 0 for point in Index().run(work).points or ())


def test_footage_without_words_is_done_and_has_no_points(
    tmp_path: Path, accept: Callable[[Path], Work], session: Session
) -> None:
    source = tmp_path / "a.mov"
    source.write_bytes(b"x")
    facts: Facts = Index().run(accept(source))
    assert (facts.points, facts.skipped) == ([], False)


def test_another_engine_or_version_is_another_point() -> None:
    clip = _clip(1, "I'm leaving.")
    names = {point_id(clip, "minilm", 1), point_id(clip, "multilingual", 1)}
    assert len(names | {point_id(clip, "minilm", 2), point_id(clip, "minilm", 1)}) == 3


def test_the_points_are_found_in_the_embedded_index(
    tmp_path: Path, accept: Callable[[Path], Work], session: Session
) -> None:
    points = Index().run(_work(tmp_path, accept, session)).points or ()
    store = EdgeVectors(tmp_path / "shard", 384)
    store.replace(1, points)
    (hit,) = store.query(None, sparse_terms("走了"), limit=5, filters={"story_id": 1})
    assert hit.payload["clip_key"] == "key2"
    store.close()


def test_laughter_and_crying_are_found_by_their_words(
    tmp_path: Path, accept: Callable[[Path], Work], session: Session
) -> None:
    work = _work(tmp_path, accept, session)
    session.add(Cue(asset_id=1, number=0, kind="laughter", in_frame=4, out_frame=9, strength=0.8))
    session.add(
        Emotion(asset_id=1, number=1, label=Label.SADNESS, scores={}, engine="text-3",
                reasons=[["words", "leaving"], ["crying", ""]])
    )  # fmt: skip
    session.commit()
    laughing, crying, plain = Index().run(work).points or ()
    assert (laughing.payload["text"], "笑声" in sparse_terms(laughing.text)) == ("", True)
    assert {"leaving", "crying"} <= set(sparse_terms(crying.text))
    assert plain.text == "我走了。"
    store = EdgeVectors(tmp_path / "shard", 384)
    store.replace(1, [laughing, crying, plain])
    (hit,) = store.query(None, sparse_terms("有人大笑"), limit=5, filters={})
    assert hit.payload["clip_key"] == "key0"
    store.close()
