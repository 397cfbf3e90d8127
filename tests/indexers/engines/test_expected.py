import pytest

from indexers.engines.expected import script_of
from indexers.engines.letters import phones
from indexers.engines.pinyin import pronunciations


def test_lines_are_told_by_language_and_chinese_ends_at_punctuation() -> None:
    script = script_of(["Don’t go, Anna!", "我们走吧，天黑了。", "1984", "Don't go Anna"])
    assert script.english.lines == (("don't", "go", "anna"),)
    assert script.chinese.lines == (("我", "们", "走", "吧"), ("天", "黑", "了"))


def test_the_digest_changes_with_a_line_and_is_empty_without_any() -> None:
    assert script_of(["1984", "…"]).digest == ""
    assert script_of(["Go."]).digest != script_of(["Go on."]).digest


@pytest.mark.parametrize(
    ("heard", "covered"),
    [
        ("i told them not to go", 5 / 6),
        ("told them", 0),
        ("not tonight", 1),
        ("", 0),
    ],
)
def test_only_runs_of_three_words_and_whole_lines_count_as_word_for_word(
    heard: str, covered: float
) -> None:
    script = script_of(["I told them not to take it.", "Not tonight."]).english
    assert script.covered(heard.split()) == pytest.approx(covered)


def test_a_run_goes_on_from_one_line_to_the_next_and_runs_are_apart() -> None:
    script = script_of(["I told them not to take it.", "Not tonight."]).english
    heard = ["well", "not", "to", "take", "it", "not", "tonight", "or", "i", "told", "them", "not"]
    assert script.runs(heard) == [(1, 7), (8, 12)]
    assert script.runs(["not", "tonight"]) == [(0, 2)]
    assert script.runs([]) == []


@pytest.mark.parametrize(("word", "said"), [("Quirke", "K W ER K"), ("Zoë", "Z OW"), ("李", "")])
def test_letters_become_phones(word: str, said: str) -> None:
    assert " ".join(phones(word)) == said


def test_a_character_is_read_by_its_neighbours() -> None:
    readings = pronunciations([list("银行"), list("行走"), list("知己")])
    assert readings["行"] == ["HH AA NG", "SH IH NG"]
    assert readings["知"] == ["JH ER"]
