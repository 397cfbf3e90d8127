import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexers.engines.trigrams import BEGIN, END, learn

lines = st.lists(
    st.lists(st.sampled_from("abcdef"), min_size=1, max_size=8), min_size=1, max_size=12
)
histories = st.lists(st.sampled_from([BEGIN, *"abcdef"]), max_size=2).map(tuple)


@given(lines, histories)
def test_the_probabilities_of_the_next_word_sum_to_one(
    taught: list[list[str]], history: tuple[str, ...]
) -> None:
    model = learn(taught)
    words = {word for line in taught for word in line} | {END}
    total = sum(model.probability(history, word) for word in words)
    assert total == pytest.approx(1, abs=1e-6)


def test_what_was_taught_is_likelier_than_what_was_not() -> None:
    model = learn([["the", "boat", "sank"], ["the", "storm", "came"]])
    assert model.probability(("the", "boat"), "sank") > 3 * model.probability(
        ("the", "boat"), "came"
    )


def test_a_pause_may_part_a_line_and_the_next_one_may_follow_without_one() -> None:
    model = learn([["the", "old", "boat", "sank"], ["nobody", "knew"]])
    begins = {word: model.probability((BEGIN,), word) for word in ("the", "boat", "knew")}
    assert begins["the"] > begins["boat"] == pytest.approx(begins["knew"])
    assert (BEGIN, "boat") in model.logs
    assert model.probability(("old", "boat"), END) > model.probability(("old",), "nobody")
    assert model.probability(("boat", "sank"), "nobody") > model.probability(("sank",), "old")


def test_the_file_counts_what_it_lists(tmp_path) -> None:
    path = tmp_path / "lines.arpa"
    learn([["one", "two"], ["one", "three"]]).write(path)
    text = path.read_text()
    for order in (1, 2, 3):
        listed = text.split(f"{chr(92)}{order}-grams:")[1].split(chr(92))[0].split("\n")
        assert f"ngram {order}={len([line for line in listed if line])}" in text
