"""Speech as a recogniser would hear it: seeded, with the errors that recognisers make."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from indexers.matching.spoken import Heard, Speech, words_of

RATE = 25
_SMALL = (
    *("the", "a", "to", "and", "of", "I", "you", "it", "that", "in", "is", "was", "for"),
    *("we", "he", "she", "on", "not", "with", "my", "have", "but", "do"),
)
_SOUNDS = (*"bdfgklmnprstv", "sh", "ch", "st", "tr", "pl")
_VOWELS = (*"aeiou", "ee", "oo", "ai")
_HAN = (
    "今天天气很好我们一起去公园看花吧昨晚谁把窗户打开了请告诉他明早八点车站见"
    "不要迟到老师说过这件事情没有那么简单孩子城市新闻记者河水上涨桥梁关闭居民转移"
)


def vocabulary(count: int, seed: int) -> list[str]:
    """Words of two or three syllables that nobody knows."""
    rng = random.Random(seed)
    return [
        "".join(rng.choice(_SOUNDS) + rng.choice(_VOWELS) for _ in range(rng.randint(2, 3)))
        for _ in range(count)
    ]


def sentences(count: int, seed: int) -> list[str]:
    """Lines of 5 to 12 words, half of them small ones, as often as in speech (Zipf's law)."""
    rng, large = random.Random(seed), vocabulary(600, 0)
    odds = [1 / (rank + 4) for rank in range(len(large))]
    return [
        " ".join(
            rng.choice(_SMALL) if rng.random() < 0.5 else rng.choices(large, odds)[0]
            for _ in range(rng.randint(5, 12))
        )
        for _ in range(count)
    ]


def chinese(count: int, seed: int) -> list[str]:
    """Chinese lines of 6 to 14 characters."""
    rng = random.Random(seed)
    return ["".join(rng.choices(_HAN, k=rng.randint(6, 14))) + "。" for _ in range(count)]


@dataclass
class Recogniser:
    """Hears words wrong at a rate: another word, a misspelt one, none, or one too many."""

    errors: float
    vocabulary: Sequence[str]
    rng: random.Random = field(default_factory=lambda: random.Random(5))

    def hear(self, text: str) -> list[str]:
        heard = []
        for word in words_of(text):
            kind = self.rng.random() if self.rng.random() < self.errors else 1.0
            if kind < 0.35:
                heard.append(self.rng.choice(self.vocabulary))
            elif kind < 0.7:
                heard.append(self._misspelt(word))
            elif kind < 0.85:
                continue
            elif kind < 1.0:
                heard += [self.rng.choice(self.vocabulary), word]
            else:
                heard.append(word)
        return heard

    def _misspelt(self, word: str) -> str:
        at = self.rng.randrange(len(word))
        return word[:at] + self.rng.choice("aeiostn") + word[at + 1 :]


def speech(asset_id: int, utterances: Sequence[Sequence[str]], pause: int = 20) -> Speech:
    """Utterances one after the other, `pause` frames apart; a word of n letters lasts 2n."""
    frame = 0
    words = []
    for number, utterance in enumerate(utterances):
        frame += pause
        for word in utterance:
            words.append(Heard(word, frame, frame + 2 * len(word), number))
            frame += 2 * len(word)
    assert all(a.out_frame <= b.in_frame for a, b in pairwise(words))
    return Speech(asset_id, tuple(words), RATE)
