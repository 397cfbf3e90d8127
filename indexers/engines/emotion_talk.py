"""Talk and comments: what the fine labels of comments mean when people talk, and how often.

The English models learnt from GoEmotions, comments with 28 labels. Google's own grouping of them
is right for comments. In talk, who asks is curious as a matter of course, and who agrees is not
happy about it: such labels are calm there for the most part. People who talk are calm far more
often than people who comment. The shares were set by hand, not fitted to any English dialogue.
"""

from collections.abc import Mapping

import numpy as np

from catalog.models import Label

_NAMES = """
    admiration amusement anger annoyance approval caring confusion curiosity desire
    disappointment disapproval disgust embarrassment excitement fear gratitude grief joy love
    nervousness optimism pride realization relief remorse sadness surprise neutral
"""
FINE = tuple(_NAMES.split())  # GoEmotions' 28 labels
# By Google's own Ekman grouping, with excitement kept apart.
COMMENTS: Mapping[Label, str] = {
    Label.JOY: "joy amusement approval gratitude optimism relief pride admiration desire caring "
    "love",
    Label.SADNESS: "sadness disappointment embarrassment grief remorse",
    Label.ANGER: "anger annoyance disapproval",
    Label.FEAR: "fear nervousness",
    Label.SURPRISE: "surprise realization confusion curiosity",
    Label.DISGUST: "disgust",
    Label.EXCITEMENT: "excitement",
    Label.CALM: "neutral",
}
# … and in talk, where that differs.
_IN_TALK: Mapping[str, Mapping[Label, float]] = {
    "admiration": {Label.JOY: 0.8, Label.CALM: 0.2},
    "annoyance": {Label.ANGER: 0.75, Label.CALM: 0.25},
    "approval": {Label.CALM: 0.65, Label.JOY: 0.35},
    "caring": {Label.CALM: 0.6, Label.JOY: 0.25, Label.SADNESS: 0.15},
    "confusion": {Label.SURPRISE: 0.5, Label.CALM: 0.5},
    "curiosity": {Label.CALM: 0.65, Label.SURPRISE: 0.35},
    "desire": {Label.CALM: 0.6, Label.JOY: 0.4},
    "disappointment": {Label.SADNESS: 0.8, Label.ANGER: 0.2},
    "disapproval": {Label.ANGER: 0.5, Label.CALM: 0.5},
    "embarrassment": {Label.SADNESS: 0.7, Label.FEAR: 0.3},
    "gratitude": {Label.JOY: 0.8, Label.CALM: 0.2},
    "optimism": {Label.JOY: 0.6, Label.CALM: 0.4},
    "realization": {Label.CALM: 0.6, Label.SURPRISE: 0.4},
}
# How the labels are spread in talk: CPED's drama, with its worried lines, which others call
# calm or sad, shared out; set by hand, not fitted to any English dialogue.
TALK: Mapping[Label, float] = dict(
    zip(Label, (0.17, 0.08, 0.13, 0.035, 0.12, 0.43, 0.025, 0.01), strict=True)
)


def of_comments() -> np.ndarray:
    """(28, 8): what a fine label is among comments."""
    groups = {name: label for label, names in COMMENTS.items() for name in names.split()}
    return np.array([[float(groups[name] is label) for label in Label] for name in FINE])


def of_talk() -> np.ndarray:
    """(28, 8): what it is in talk; rows sum to 1."""
    shares = of_comments()
    for name, meant in _IN_TALK.items():
        shares[FINE.index(name)] = [meant.get(label, 0.0) for label in Label]
    return shares
