"""What the weights are trained on, in our eight labels: texts, and a share per label."""

import csv
import re
from pathlib import Path

import numpy as np

from catalog.models import Label
from indexers.engines.emotion_talk import FINE, of_comments

LABELS = tuple(Label)
Corpus = tuple[list[str], np.ndarray]  # texts, and shares (n, 8) that sum to 1 a row

# CPED's negative-other could be any of three labels: those lines are left out. It has no
# excitement: that is learnt from our own lines and words.
CHINESE = {
    Label.JOY: "happy grateful positive-other",
    Label.SADNESS: "sadness depress",
    Label.ANGER: "anger",
    Label.FEAR: "fear worried",
    Label.SURPRISE: "astonished",
    Label.DISGUST: "disgust",
    Label.CALM: "neutral relaxed",
}
_ASIDE = 4000  # comments of the training part
HELD_OUT = 5  # every fifth series of CPED, in order of their numbers
_HEADING = re.compile(r"\[(\w+)\]")


def goemotions(path: Path) -> Corpus:
    """A part of GoEmotions in our eight labels, as Google groups its 28."""
    texts, fine = goemotions_fine(path)
    return texts, fine @ of_comments()


def goemotions_fine(path: Path, *, kept_aside: bool | None = None) -> Corpus:
    """With its own labels, in the order of FINE: text <tab> label numbers <tab> id.

    `kept_aside`: of the training part only the 4,000 comments that nothing is trained on, by
    which the sources are weighed; False: only the others.
    """
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").split("\n") if line]
    if kept_aside is not None:
        order = np.random.default_rng(0).permutation(len(rows))
        rows = [rows[n] for n in (order[:_ASIDE] if kept_aside else order[_ASIDE:])]
    shares = np.zeros((len(rows), len(FINE)))
    for number, row in enumerate(rows):
        for label in row[1].split(","):
            shares[number, int(label)] += 1
    return [row[0] for row in rows], shares / shares.sum(axis=1, keepdims=True)


def cped(path: Path, *, held_out: bool) -> Corpus:
    """CPED's series that are held out, or all the others: no speaker or story is in both."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["Emotion"] != "negative-other"]
    series = sorted({int(row["TV_ID"]) for row in rows})
    kept = {one for place, one in enumerate(series) if (place % HELD_OUT == 0) == held_out}
    rows = [row for row in rows if int(row["TV_ID"]) in kept]
    columns = [_column(row["Emotion"], CHINESE) for row in rows]
    return [row["Utterance"] for row in rows], np.eye(len(LABELS))[columns]


def own(path: Path) -> Corpus:
    """Lines written for Stringout, under a heading such as [joy]; `#` begins a comment."""
    texts, columns, label = [], [], 0
    for line in path.read_text(encoding="utf-8").splitlines():
        if heading := _HEADING.fullmatch(line):
            label = LABELS.index(Label(heading[1]))
        elif line and not line.startswith("#"):
            texts.append(line)
            columns.append(label)
    return texts, np.eye(len(LABELS))[columns]


def _column(name: str, table: dict[Label, str]) -> int:
    return next(LABELS.index(label) for label, names in table.items() if name in names.split())
