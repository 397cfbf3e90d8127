"""What was said on the set about a take: "sorry, again", "再来一条", "perfect, moving on".

A short utterance of its own right after a take is about that take; one that ends a recording is
about all that was said in it. Cues inside longer speech are speech.
"""

from collections.abc import Sequence
from enum import StrEnum

from rapidfuzz import fuzz

from catalog.words import is_han
from indexers.matching.alignment import EXACT
from indexers.matching.spoken import words_of
from indexers.matching.takes import Candidate

_NEAR = 8.0  # seconds after a take within which words are about it
_MOST, _MOST_HAN = 7, 12  # words, characters of an utterance that is a cue


class Verdict(StrEnum):
    """What somebody on the set thought of a take."""

    AGAIN = "again"
    NONE = "none"
    PRAISED = "praised"


_AGAIN = (
    "again|one more|once more|another one|start over|from the top|sorry|my mistake|messed up"
    "|not good|no good|take two|take three|take four|take five"
    "|再来|重来|重新来|重拍|再说一遍|再试一|不好意思|说错了|不行|没过"
)
_PRAISED = (
    "perfect|got it|that was great|that was good|very good|print it|moving on|wrap|next one"
    "|过了|很好|非常好|完美|就这条|用这条|保留这条|下一场|收工"
)


def _phrases(text: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(words_of(phrase)) for phrase in text.split("|"))


_CUES = ((Verdict.AGAIN, _phrases(_AGAIN)), (Verdict.PRAISED, _phrases(_PRAISED)))


def verdict(take: Candidate) -> Verdict:
    """What is said of a take, if anything."""
    own, line = take.speech, take.wanted.words
    _, after = own.utterance(take.start, take.end)
    spoken = own.texts[take.end : after]  # without a pause: "… the harbour sorry again"
    follows = after < len(own.words) and own.pauses[after] <= _NEAR
    if follows:
        _, end = own.utterance(after + 1, after + 1)
        spoken = spoken or own.texts[after:end]
    told = _judged(spoken, line)
    return told if told != Verdict.NONE else _at_the_end(take)


def _at_the_end(take: Candidate) -> Verdict:
    """What the last utterance of the recording says."""
    own = take.speech
    begin, _ = own.utterance(len(own.words) - 1, len(own.words))
    return _judged(own.texts[begin:], take.wanted.words) if begin >= take.end else Verdict.NONE


def _judged(words: Sequence[str], line: Sequence[str]) -> Verdict:
    most = _MOST_HAN if all(map(is_han, words)) else _MOST
    if not 0 < len(words) <= most:
        return Verdict.NONE
    for found, phrases in _CUES:
        if any(_has(words, phrase) and not _has(line, phrase) for phrase in phrases):
            return found
    return Verdict.NONE


def _has(words: Sequence[str], phrase: Sequence[str]) -> bool:
    return any(
        all(fuzz.ratio(words[at + i], cue) >= EXACT * 100 for i, cue in enumerate(phrase))
        for at in range(len(words) - len(phrase) + 1)
    )
