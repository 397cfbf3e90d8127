from fractions import Fraction
from itertools import pairwise
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from indexers.engines.hearing import apart, hear, stretches
from indexers.engines.pocketsphinx import PocketSphinx
from indexers.engines.speech import SAMPLE_RATE, Utterance, Word
from indexers.engines.vad import Span
from tests.indexers.engines.sound import said, silence, write_wav


def test_lines_are_heard_in_the_time_of_the_file(tmp_path: Path) -> None:
    first, second = said("Where were you last night?"), said("Come with me.", "rms")
    path = write_wav(tmp_path / "a.wav", silence(2), first, silence(3), second, silence(1))
    one, two = hear(path, PocketSphinx(), "auto").lines
    begins = 5 + Fraction(len(first), SAMPLE_RATE)
    assert one.text == "Where were you last night?"
    assert abs(one.start - 2) < Fraction(1, 5)
    assert abs(two.start - begins) < Fraction(1, 5)
    assert two.end <= begins + Fraction(len(second), SAMPLE_RATE) + Fraction(1, 5)


spans = st.lists(st.integers(1, 20), min_size=2, max_size=20).map(
    lambda steps: [
        Span(a * SAMPLE_RATE, b * SAMPLE_RATE)
        for a, b in list(pairwise(sum(steps[: n + 1]) for n in range(len(steps))))[::2]
    ]
)


@given(spans, st.sampled_from([0, 30]))
def test_stretches_cover_all_speech_and_stay_short(found: list[Span], seconds: int) -> None:
    packed = stretches(found, Fraction(seconds))
    for span in found:
        assert any(one.start <= span.start and span.end <= one.end for one in packed)
    assert all(one in found or one.end - one.start <= seconds * SAMPLE_RATE for one in packed)
    assert all(a.end <= b.start for a, b in pairwise(packed))


word_times = st.lists(st.tuples(st.integers(0, 50), st.integers(1, 9)), min_size=1, max_size=12)


@given(word_times)
def test_lines_that_overlap_are_taken_apart(times: list[tuple[int, int]]) -> None:
    lines = [
        Utterance("x", (Word("x", Fraction(at), Fraction(at + long), 1.0),), "en", 1.0)
        for at, long in times
    ]
    kept = apart(lines)
    assert all(a.end <= b.start for a, b in pairwise(kept))
    assert all(line.start < line.end for line in kept)
    assert max(line.end for line in kept) == max(line.end for line in lines)
