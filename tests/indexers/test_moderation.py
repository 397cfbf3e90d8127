from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import Session, select

from catalog.models import Flag, Line, Script, ScriptFlag, ScriptLine
from catalog.work import Facts, Work
from indexers.moderate import Moderate
from indexers.moderation.lists import SHIPPED, Term, terms
from indexers.moderation.words import find
from indexers.wording import Wording
from media.errors import Misconfigured
from tests.renderers.plans import script_work

TERMS = terms(SHIPPED)


def found(text: str) -> list[tuple[str, str, str]]:
    return [(hit.term.text, hit.heard, hit.how) for hit in find(text, TERMS)]


def test_words_are_found_with_their_endings_and_in_phrases() -> None:
    assert found("He was MURDERED, they said.") == [("murder", "murdered", "word")]
    assert found("You son of a bitch!") == [
        ("bitch", "bitch", "word"), ("son of a bitch", "son of a bitch", "word"),
    ]  # fmt: skip
    assert found("他昨天自杀了。") == [("自杀", "自杀", "word")]
    assert found("他們說那是種族滅絕") == [("种族灭绝", "种族灭绝", "word")]


@pytest.mark.parametrize(
    ("text", "term"),
    [("what the f*ck", "fuck"), ("sh1t happens", "shit"), ("f.u.c.k you", "fuck"),
     ("f u c k", "fuck"), ("oh shiiiiit", "shit"), ("自 杀", "自杀"), ("自*杀", "自杀")],
)  # fmt: skip
def test_disguises_are_found(text: str, term: str) -> None:
    assert [(hit[0], hit[2]) for hit in found(text)] == [(term, "variant")]


def test_a_word_that_sounds_like_a_marked_term_is_found() -> None:
    assert found("去买点海络因") == [("海洛因", "海络因", "homophone")]
    assert found("他在治沙") == []  # as 自杀 to a careless ear, but that is not a marked term


@pytest.mark.parametrize(
    "text",
    ["Let's shoot the last scene.", "Kill the lights, please.", "The classic assassin's creed",
     "Scunthorpe is a town", "She raps about scrapes and grapes.", "今天我们开机拍第三场。",
     "他把操场跑了一圈", "跳过楼梯", "1 2 3 4 5", "Dick, pass me the gaffer tape.", "", "…!?"],
)  # fmt: skip
def test_what_a_set_says_all_day_is_not_marked(text: str) -> None:
    assert found(text) == []


def test_every_shipped_term_finds_itself_and_is_there_once() -> None:
    for term in TERMS:
        assert any(hit.term == term for hit in find(term.text, TERMS)), term
    lines = [line for path in SHIPPED for line in path.read_text(encoding="utf-8").splitlines()]
    assert len(TERMS) == sum(not line.startswith("#") for line in lines)


def test_a_list_of_ones_own_is_read_and_a_bad_one_is_a_sentence(tmp_path: Path) -> None:
    own = tmp_path / "names.tsv"
    own.write_text("# ours\nProject Osprey\tconfidential\n~张三丰\tconfidential\n", "utf-8-sig")
    assert terms([own]) == (
        Term("project osprey", "confidential", False, "names.tsv"),
        Term("张三丰", "confidential", True, "names.tsv"),
    )
    bad = tmp_path / "bad.tsv"
    bad.write_text("no tab here\n")
    with pytest.raises(Misconfigured, match=r"bad\.tsv, line 1: expected a term"):
        terms([bad])
    with pytest.raises(Misconfigured, match=r"gone\.tsv, which can't be read"):
        terms([tmp_path / "gone.tsv"])


def test_the_words_of_a_script_and_its_title_are_marked_and_keep_their_keys(tmp_path: Path) -> None:
    with script_work(tmp_path) as work:
        item = work.item.id or 0
        work.session.add(
            Script(item_id=item, title="Murder", format="fountain", language="en", warnings=[])
        )
        for number, text in enumerate(("A lovely day.", "他说要自.杀。")):
            work.session.add(
                ScriptLine(item_id=item, number=number, kind="dialogue", scene="", character="",
                           parenthetical="", text=text, source_line=1)
            )  # fmt: skip
        work.session.commit()
        facts = Wording().run(work)
        rows = [row for row in facts.rows if isinstance(row, ScriptFlag)]
        assert [(row.line, row.term, row.how) for row in rows] == [
            (-1, "murder", "word"), (1, "自杀", "variant"),
        ]  # fmt: skip
        again = [row for row in Wording().run(work).rows if isinstance(row, ScriptFlag)]
        assert [row.key for row in again] == [row.key for row in rows]
        assert Wording().inputs(work) == Moderate().inputs(work)  # where nobody looks at pictures


def test_the_stage_marks_lines_and_keeps_its_keys(
    tmp_path: Path, accept: Callable[[Path], Work], session: Session, keep: Callable[[Facts], Facts]
) -> None:
    source = tmp_path / "a.mov"
    source.write_bytes(b"x")
    work = accept(source)
    assert Moderate().run(work).skipped
    said = "What a lovely day.", "He was murdered with heroin."
    for number, text in enumerate(said):
        session.add(
            Line(asset_id=1, number=number, in_frame=50 * number, out_frame=50 * number + 40,
                 text=text, language="en", confidence=1, words=[], engine="captions")
        )  # fmt: skip
    session.commit()
    facts = keep(Moderate().run(work))
    assert facts.message == "2 sensitive words: 1 violence, 1 drugs"
    flags = session.exec(select(Flag)).all()
    assert [(flag.line, flag.in_frame, flag.term) for flag in flags] == [
        (1, 50, "murder"), (1, 50, "heroin"),
    ]  # fmt: skip
    again = Moderate().run(work).rows
    assert [row.key for row in again if isinstance(row, Flag)] == [flag.key for flag in flags]
    own = tmp_path / "own.tsv"
    own.write_text("lovely\tkitsch\n")
    section = work.settings.moderation.model_copy(update={"lists": (own,)})
    other = replace(work, settings=work.settings.model_copy(update={"moderation": section}))
    assert Moderate().inputs(other) != Moderate().inputs(work)
    assert Moderate().run(other).message.startswith("3 sensitive words")
    off = work.settings.moderation.model_copy(update={"words": False})
    work = replace(work, settings=work.settings.model_copy(update={"moderation": off}))
    assert Moderate().run(work).skipped
