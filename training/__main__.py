"""Train the text emotions' weights: python -m training english|chinese … (README.md)."""

import argparse
import hashlib
from pathlib import Path

import numpy as np

from indexers.engines.emotion_signs import shortened
from indexers.engines.emotion_talk import of_comments
from indexers.engines.emotion_words import (
    CHARACTER_BUCKETS,
    WEIGHTS,
    WORD_BUCKETS,
    character_features,
    read_lexicon,
    word_features,
)
from training import adapter
from training.corpora import LABELS, Corpus, cped, goemotions_fine, own
from training.linear import common, fit, sparse

HERE = Path(__file__).parent
_OWN = 3.0  # times that one of our own lines counts
_WORD = 1.5  # … and a word of the lexicon
_TERMS, _CHARACTERS = 2.0, 1.0  # inverse regularisation


def main() -> None:
    """Write the weights of one language and print their SHA-256."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("language", choices=["english", "chinese"])
    parser.add_argument("--data", type=Path, required=True, help="folder with GoEmotions, CPED")
    options = parser.parse_args()
    if options.language == "chinese":
        made = {"chinese": chinese(cped(options.data / "cped.csv", held_out=False))}
    else:
        comments = goemotions_fine(options.data / "goemotions_train.tsv", kept_aside=False)
        lines = own(HERE / "lines_en.txt")
        made = {"english": english(comments, lines), "adapter": adapter.train(comments, lines)}
    for name, stored in made.items():
        target = WEIGHTS / f"{name}.npz"
        np.savez_compressed(target, **stored)
        digest = hashlib.sha256(target.read_bytes()).hexdigest()
        print(f"{target.name}: {target.stat().st_size / 1e6:.2f} MB, sha256 {digest}")


def english(comments: Corpus, lines: Corpus) -> dict[str, np.ndarray]:
    """Words, pairs and parts of words. `comments` with their fine labels."""
    coarse = comments[0], comments[1] @ of_comments()
    texts, shares, trust = _together(coarse, (lines, _OWN))
    terms = common(sparse([word_features(shortened(text)) for text in texts], WORD_BUCKETS))
    return {
        "prior": coarse[1].mean(axis=0).astype(np.float32),
        "fine": comments[1].mean(axis=0).astype(np.float32),
        **_model("words", np.float16, fit(terms, shares, trust, _TERMS)),
    }


def chinese(drama: Corpus) -> dict[str, np.ndarray]:
    """Characters of drama, of our own lines, and of the lexicon's words."""
    lexicon = read_lexicon(WEIGHTS / "lexicon_zh.tsv")
    words = list(lexicon), np.eye(len(LABELS))[[LABELS.index(one) for one in lexicon.values()]]
    texts, shares, trust = _together(drama, (own(HERE / "lines_zh.txt"), _OWN), (words, _WORD))
    data = sparse([character_features(shortened(text)) for text in texts], CHARACTER_BUCKETS)
    return {
        "prior": drama[1].mean(axis=0).astype(np.float32),
        **_model("characters", np.float16, fit(data, shares, trust, _CHARACTERS)),
    }


def _model(
    name: str, kind: type[np.floating], found: tuple[np.ndarray, np.ndarray]
) -> dict[str, np.ndarray]:
    return {
        f"{name}_weights": found[0].astype(kind),
        f"{name}_bias": found[1].astype(np.float32),
    }


def _together(first: Corpus, *others: tuple[Corpus, float]) -> tuple[list[str], ...]:
    texts, shares, trust = list(first[0]), [first[1]], [np.ones(len(first[0]))]
    for corpus, weight in others:
        texts += corpus[0]
        shares.append(corpus[1])
        trust.append(np.full(len(corpus[0]), weight))
    return texts, np.concatenate(shares), np.concatenate(trust)


if __name__ == "__main__":
    main()
