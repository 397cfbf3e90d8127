from hypothesis import given
from hypothesis import strategies as st

from catalog.words import bigrams, is_chinese, is_han, sparse_terms, tokens


def test_english_is_split_into_lower_case_words_with_apostrophes_folded() -> None:
    assert tokens("Don’t go -- it's well-known, O'Brien!") == [
        "dont", "go", "its", "well", "known", "obrien",
    ]  # fmt: skip


def test_quotes_around_a_word_are_not_apostrophes() -> None:
    assert tokens("'Hello' said ‘Kate’") == ["hello", "said", "kate"]


def test_numbers_are_words_and_thousands_are_joined() -> None:
    assert tokens("1,000 men, 3 boats, in 2024") == ["1000", "men", "3", "boats", "in", "2024"]


def test_every_chinese_character_is_a_token() -> None:
    assert tokens("我不走，你走！") == ["我", "不", "走", "你", "走"]


def test_full_width_letters_and_digits_are_the_same_words() -> None:
    assert tokens("ＯＫ，７号") == ["ok", "7", "号"]


def test_mixed_text_keeps_its_order() -> None:
    assert tokens("这个plan不行") == ["这", "个", "plan", "不", "行"]


def test_the_language_is_the_one_with_more_words() -> None:
    assert is_chinese("你好")
    assert is_chinese("这个 plan 不行")
    assert not is_chinese("He said 你好 and left the room")
    assert not is_chinese("hello")
    assert not is_chinese("…")


def test_bigrams_do_not_reach_across_a_word() -> None:
    assert bigrams("我不 go 走了") == ["我不", "走了"]
    assert bigrams("plain english") == []


def test_sparse_terms_hold_words_characters_and_bigrams() -> None:
    terms = sparse_terms("好好 yes")
    assert set(terms) == {"好", "好好", "yes"}
    assert terms["yes"] == 1.0
    assert 1.0 < terms["好"] < 2.0


@given(st.text())
def test_tokens_are_stable_when_they_are_read_again(text: str) -> None:
    once = tokens(text)
    assert all(once)
    assert all(is_han(token) or len(tokens(token)) <= 1 for token in once)
    assert tokens(" ".join(once)) == once


def test_traditional_and_simplified_chinese_are_the_same_words() -> None:
    assert tokens("後來我們搬到了臺北。") == tokens("后来我们搬到了台北。")
    assert tokens("她的頭髮都白了") == list("她的头发都白了")
    assert sparse_terms("臺北") == sparse_terms("台北")
