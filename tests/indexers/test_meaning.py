"""Actions find what shows them; order helps, and what nobody shot stays a gap."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexers.engines.captions import is_transcript
from indexers.engines.sentence import minilm
from indexers.matching.actions import Described, show
from indexers.matching.gloss import read_gloss
from indexers.matching.meaning import Meaning, dual_softmax
from indexers.matching.order import follows_script, probabilities
from indexers.matching.shown import Shown, description, names
from media.errors import Misconfigured

CEDICT = """# CC-CEDICT, a few entries
漁船 渔船 [yu2 chuan2] /fishing boat/CL:條|条[tiao2]/
進 进 [jin4] /to go forward/to enter/
港 港 [gang3] /harbor/
廚房 厨房 [chu2 fang2] /kitchen/
裡 里 [li3] /in/inside/
做飯 做饭 [zuo4 fan4] /to prepare a meal/to cook/
老人 老人 [lao3 ren2] /old man or woman/
"""


def meaning(folder: Path | None = None) -> Meaning:
    if folder is None:
        return Meaning(minilm())
    path = folder / "cedict.u8.gz"
    path.write_bytes(gzip.compress(CEDICT.encode()))
    return Meaning(minilm(), read_gloss(path))


def clips(*texts: str) -> list[Shown]:
    return [Shown(i + 1, f"clip{i}", 0, 100, text) for i, text in enumerate(texts)]


def test_an_action_finds_the_clip_that_shows_it_and_nothing_is_guessed() -> None:
    lines = [
        Described(0, "Waves break over the harbor wall."),
        Described(4, "A child eats an ice cream."),
        Described(6, "Two lawyers argue about a contract."),
    ]
    found = show(lines, clips("storm waves pier", "kid with ice cream", "traffic night"), meaning())
    assert {number: seen[0].shown.clip_key for number, seen in found.items()} == {
        0: "clip0", 4: "clip1",
    }  # fmt: skip


def test_an_action_is_found_by_any_of_its_sentences_and_in_all_shots_of_a_file() -> None:
    lines = [
        Described(1, "Rain on the windows. The lighthouse still stands."),
        Described(2, "鱼市空镜，人来人往。老陈站在码头上，望着海面。"),
    ]
    shown = clips("lighthouse", "lighthouse", "鱼市空镜", "鱼市空镜")
    found = show(lines, shown, meaning())
    assert [[one.shown.clip_key for one in found[n]] for n in (1, 2)] == [
        ["clip0", "clip1"], ["clip2", "clip3"],
    ]  # fmt: skip


def test_chinese_actions_find_english_descriptions_by_the_dictionary(tmp_path: Path) -> None:
    lines = [Described(0, "渔船进港"), Described(1, "老人在厨房里做饭")]
    shown = clips("an old man cooks in the kitchen", "a fishing boat enters the harbor")
    found = show(lines, shown, meaning(tmp_path))
    assert [found[n][0].shown.clip_key for n in (0, 1)] == ["clip1", "clip0"]
    back = show(
        [Described(0, "A fishing boat in the harbor")], clips("渔船进港"), meaning(tmp_path)
    )
    assert back[0][0].shown.clip_key == "clip0"
    assert show(lines, shown, meaning()) == {}


def test_chinese_and_traditional_descriptions_share_their_characters() -> None:
    found = show([Described(0, "渔船进港")], clips("漁船進港，清晨", "厨房里的老人"), meaning())
    assert found[0][0].shown.clip_key == "clip0"


@pytest.mark.parametrize("damaged", [b"", b"no entries", b"\x1f\x8bgone"])
def test_a_lexicon_that_is_none_is_a_clear_sentence(tmp_path: Path, damaged: bytes) -> None:
    path = tmp_path / "lexicon.u8"
    path.write_bytes(damaged)
    with pytest.raises(Misconfigured, match=r"match\.lexicon"):
        read_gloss(path)


def alike(lines: int, shot: list[int], seed: int = 1) -> np.ndarray:
    """Lines × clips: clip n shows line shot[n], -1 shows none; some pairs are muddled."""
    rng = np.random.default_rng(seed)
    found = rng.uniform(0.1, 0.45, (lines, len(shot)))
    for clip, line in enumerate(shot):
        if line >= 0:
            found[line, clip] = rng.uniform(0.35, 0.75)
    return found.astype(np.float32)


def test_script_order_finds_what_likeness_alone_confuses() -> None:
    shot = [line for line in range(60) for _ in range(2) if line % 10 != 9]
    table = alike(60, shot)
    assert follows_script(table)
    found = probabilities(table)
    alone = [line == shot[clip] for clip, line in enumerate(table.argmax(axis=0))]
    ordered = [line == shot[clip] for clip, line in enumerate(found.argmax(axis=0))]
    assert sum(ordered) > sum(alone)
    assert np.mean(ordered) >= 0.95
    absent = [line for line in range(60) if line % 10 == 9]
    assert found[absent].max() < 0.45


def test_the_order_is_left_aside_when_the_shooting_did_not_follow_it() -> None:
    shot = list(np.random.default_rng(3).permutation(60))
    table = alike(60, shot)
    assert not follows_script(table)
    found = probabilities(table).argmax(axis=1)
    assert np.mean([shot[clip] == line for line, clip in enumerate(found)]) >= 0.7


@given(st.integers(1, 6), st.integers(1, 6), st.integers(0, 99))
def test_probabilities_are_probabilities(lines: int, count: int, seed: int) -> None:
    table = np.random.default_rng(seed).uniform(0, 1, (lines, count)).astype(np.float32)
    for found in (probabilities(table), dual_softmax(table)):
        assert found.shape == table.shape
        assert ((found >= 0) & (found <= 1 + 1e-6)).all()


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("harbor/b-roll/pierWide_storm_03.mov", "pier wide storm"),
        ("harbor/A001_C003.mov", ""),
        ("harbor/素材/渔船.mp4", "素 材 渔 船"),
        ("harbor/MVI_0042.mov", ""),
    ],
)
def test_names_tell_what_is_shown_unless_a_camera_gave_them(path: str, words: str) -> None:
    assert names(path) == words


def test_a_description_beside_the_footage_is_read(tmp_path: Path) -> None:
    told = tmp_path / "a.json"
    told.write_text(json.dumps({"description": "The pier at night", "tags": ["storm", 3]}))
    assert not is_transcript(told)
    (tmp_path / "b.json").write_text("{broken")
    assert is_transcript(tmp_path / "b.json")
    assert description([told, tmp_path / "b.json", tmp_path / "c.srt"]) == (
        "The pier at night. storm"
    )
