"""The words of a line as a model of feeling counts them: hashed n-grams, and lexicons."""

import math
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

import xxhash

from catalog.models import Label
from catalog.words import simplified, tokens

WORD_BUCKETS, CHARACTER_BUCKETS = 1 << 17, 1 << 15  # of the hashed n-grams
WEIGHTS = Path(__file__).parent / "weights"

_PARTS = (3, 4, 5)  # letters of the parts of English words
_PARTS_WEIGH = 0.7  # of what whole words weigh
_NEGATIONS = ("不", "没", "没有", "别", "不要", "不会", "不是", "并不", "从不", "无")
_ENGLISH_NEGATIONS = (
    "no", "not", "never", "nothing", "without", "dont", "didnt", "doesnt", "isnt", "arent",
    "wasnt", "cant", "wont",
)  # fmt: skip
_FUNCTION = (
    "a an and are as at be been but by can could did do does for from had has have he her him his "
    "i if in is it its just me my of on or our she so that the their them then there they this to "
    "up us was we were what when where which who will with would you your im ive id hes shes thats "
    "youre were theyre get got go going not no"
)
# They say nothing of a feeling, whatever a model learnt of them.
FUNCTION_WORDS = frozenset(_FUNCTION.split())
_NEGATION_REACH = 3  # English words before a word that can negate it
_MARKS = ("!", "?", "！", "？", "…", "!!", "?!", "...")


def word_features(text: str) -> dict[int, float]:
    """Hashed English words, pairs of words, parts of words, and marks."""
    found = tokens(text)
    whole = [*found, *map(" ".join, pairwise(found)), *_marks(text)]
    parts = [
        f"#{padded[at : at + size]}"
        for padded in (f"<{word}>" for word in found)
        for size in _PARTS
        for at in range(len(padded) - size + 1)
    ]
    features = hashed(whole, WORD_BUCKETS, 1.0)
    for index, value in hashed(parts, WORD_BUCKETS, _PARTS_WEIGH).items():
        features[index] = features.get(index, 0.0) + value
    return features


def character_features(text: str) -> dict[int, float]:
    """Hashed Chinese characters, pairs and triples, other words, and marks; unit length."""
    found = tokens(text)
    triples = map("".join, zip(found, found[1:], found[2:], strict=False))
    terms = [*found, *map("".join, pairwise(found)), *triples, *_marks(text)]
    return hashed(terms, CHARACTER_BUCKETS, 1.0)


def read_lexicon(path: Path) -> dict[str, Label]:
    """Words and idioms with their label; `#` begins a comment."""
    rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines())
    return {row[0]: Label(row[1]) for row in rows if len(row) == 2}


def hits(text: str, lexicon: dict[str, Label]) -> Counter[Label]:
    """How often each label's words stand in `text`."""
    return Counter(lexicon[word] for word in _found(text, lexicon))


def named(text: str, lexicon: dict[str, Label], label: Label) -> list[str]:
    """The label's words in `text`, in their order, each once."""
    return list(dict.fromkeys(word for word in _found(text, lexicon) if lexicon[word] is label))


def _found(text: str, lexicon: dict[str, Label]) -> Iterator[str]:
    """Words of the lexicon in Chinese text: longest first, negated ones left out.

    Upper case, full width and traditional characters are read as their usual forms.
    """
    plain = simplified(unicodedata.normalize("NFC", text).lower())
    longest = max(map(len, lexicon))
    start = 0
    while start < len(plain):
        lengths = range(min(longest, len(plain) - start), 0, -1)
        word = next(
            (plain[start : start + n] for n in lengths if plain[start : start + n] in lexicon), ""
        )
        if word and not plain[:start].endswith(_NEGATIONS):
            yield word
        start += len(word) or 1


def english_hits(text: str, lexicon: dict[str, Label]) -> Counter[Label]:
    """How often each label's words stand in `text`."""
    return Counter(lexicon[word] for word in _english_found(text, lexicon))


def english_named(text: str, lexicon: dict[str, Label], label: Label) -> list[str]:
    """The label's words in `text`, in their order, each once."""
    found = _english_found(text, lexicon)
    return list(dict.fromkeys(word for word in found if lexicon[word] is label))


def _english_found(text: str, lexicon: dict[str, Label]) -> Iterator[str]:
    """Words of the lexicon in English text, those after a negation left out."""
    words = tokens(text)
    for at, word in enumerate(words):
        before = words[max(0, at - _NEGATION_REACH) : at]
        if word in lexicon and not any(one in _ENGLISH_NEGATIONS for one in before):
            yield word


def hashed(terms: Iterable[str], buckets: int, length: float) -> dict[int, float]:
    """Counts of the terms by bucket, together `length` long."""
    counts = Counter(xxhash.xxh32_intdigest(term.encode()) % buckets for term in terms)
    whole = math.sqrt(sum(count * count for count in counts.values()))
    return {index: length * count / whole for index, count in counts.items()}


def _marks(text: str) -> list[str]:
    return [mark for mark in _MARKS if mark in text]
