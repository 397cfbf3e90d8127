"""Valence and arousal of the eight emotions."""

from collections.abc import Mapping

from catalog.models import Label

# Places in Russell's circumplex (1980), -1 to 1, set by hand after its figures: (valence, arousal).
PLACES = {
    Label.JOY: (0.8, 0.4),
    Label.SADNESS: (-0.7, -0.4),
    Label.ANGER: (-0.6, 0.8),
    Label.FEAR: (-0.7, 0.7),
    Label.SURPRISE: (0.1, 0.7),
    Label.CALM: (0.2, -0.6),
    Label.DISGUST: (-0.7, 0.3),
    Label.EXCITEMENT: (0.7, 0.9),
}


def affect(scores: Mapping[str, float]) -> tuple[float, float]:
    """Valence and arousal of probabilities by label: the mean place."""
    valence = sum(scores.get(label, 0.0) * place[0] for label, place in PLACES.items())
    arousal = sum(scores.get(label, 0.0) * place[1] for label, place in PLACES.items())
    return round(valence, 3), round(arousal, 3)
