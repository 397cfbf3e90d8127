"""Words, voice, picture and neighbours together.

Every source adds to the logarithms of the words' probabilities; one that is missing adds
nothing, which is the same as to sum over all it might have said. The words are calibrated on
data (engines/weights/README.md). No data at hand has sound or picture with feelings: what they
add was set by hand, weak enough that plain words win, and is stated here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from catalog.models import Label
from indexers.feeling.affect import PLACES
from indexers.feeling.picture import Look
from indexers.feeling.voice import Voice

Scores = dict[str, float]
Reason = tuple[str, str]

_AROUSAL = 0.5  # what a deviation of the voice adds to a label of arousal 1
_HEARD, _NOTED = 1.5, 2.0  # deviations that are told; that make a shout
# The neighbours' part. On CPED's held-out series: weighted F1 42.0 without, 43.0 with 0.2, 43.1
# with 0.3; mean AUC 0.638, 0.650, 0.653; macro F1 falls from 23.2 to 22.9 and 22.3. A later run of
# all of it with 0.2: 42.7 and 22.6 (benchmarks/RESULTS.md).
_NEIGHBOURS = 0.2
_DARK, _BRIGHT, _COLD, _WARM, _SHAKE, _CUTS = 0.18, 0.6, 7500, 3800, 0.012, 4
_BESIDE: dict[str, Scores] = {
    "laughter": {Label.JOY: 1.0, Label.EXCITEMENT: 0.3},
    "applause": {Label.JOY: 0.4, Label.EXCITEMENT: 0.6},
    "shouting": {Label.ANGER: 0.7, Label.EXCITEMENT: 0.4, Label.FEAR: 0.3},
    "crying": {Label.SADNESS: 0.9, Label.FEAR: 0.2},
    "halting": {Label.SADNESS: 0.4, Label.FEAR: 0.3},
    "dark": {Label.FEAR: 0.2, Label.SADNESS: 0.2},
    "bright": {Label.JOY: 0.15},
    "cold": {Label.SADNESS: 0.15, Label.FEAR: 0.1},
    "warm": {Label.JOY: 0.1, Label.CALM: 0.1},
    "moving": {Label.EXCITEMENT: 0.2, Label.FEAR: 0.2, Label.CALM: -0.2},
    "fast cuts": {Label.EXCITEMENT: 0.25, Label.ANGER: 0.1, Label.CALM: -0.25},
}


@dataclass
class Evidence:
    """What one source adds to the logarithms, and why."""

    added: Scores = field(default_factory=dict)
    reasons: list[Reason] = field(default_factory=list)

    def cue(self, code: str, measure: str = "") -> None:
        """Take a cue of the table in."""
        self.reasons.append((code, measure))
        for label, value in _BESIDE.get(code, {}).items():
            self.added[label] = round(self.added.get(label, 0.0) + value, 3)


def of_voice(apart: Voice, turned: Voice) -> Evidence:
    """How the voice differs from the speaker's usual one (voice.against)."""
    found = Evidence()
    arousal = (turned.level + turned.pitch + turned.rate + turned.balance) / 4
    for label, (_, place) in PLACES.items():
        found.added[label] = round(_AROUSAL * arousal * place, 3)
    if turned.level >= _NOTED and turned.balance >= 1:
        found.cue("shouting", f"{apart.level:.0f}")
    elif turned.pitch >= _HEARD and turned.level <= -0.5 and turned.pauses >= 1:
        found.cue("crying")
    elif turned.pauses >= _HEARD and turned.level <= -0.5:
        found.cue("halting", f"{100 * apart.pauses:.0f}")
    for value, deviation, codes in (
        (apart.level, turned.level, ("louder", "quieter")),
        (apart.pitch, turned.pitch, ("higher", "lower")),
        (apart.rate, turned.rate, ("faster", "slower")),
    ):
        if abs(deviation) >= _HEARD:
            found.reasons.append((codes[deviation < 0], f"{abs(value):.1f}"))
    return found


def of_picture(seen: Look) -> Evidence:
    """Light, colour, movement and pace."""
    found = Evidence()
    if seen.light < _DARK or seen.light > _BRIGHT:
        found.cue("dark" if seen.light < _DARK else "bright", f"{100 * seen.light:.0f}")
    if seen.kelvin > _COLD or seen.kelvin < _WARM:
        found.cue("cold" if seen.kelvin > _COLD else "warm", f"{round(seen.kelvin, -2):.0f}")
    if seen.shake > _SHAKE:
        found.cue("moving")
    if seen.cuts >= _CUTS:
        found.cue("fast cuts", f"{seen.cuts}")
    return found


def fused(words: Mapping[Label, float], sources: Sequence[Evidence | None]) -> Scores:
    """Probabilities by label, which sum to 1. None: a source that was not there."""
    added = [source.added for source in sources if source]
    logs = np.array(
        [
            np.log(max(words[label], 1e-9)) + sum(one.get(label, 0.0) for one in added)
            for label in Label
        ]
    )
    shares = np.exp(logs - logs.max())
    return dict(
        zip([label.value for label in Label], (shares / shares.sum()).tolist(), strict=True)
    )


def among(scores: Sequence[Scores], near: Sequence[Sequence[int]]) -> list[Scores]:
    """Each line's mixed with the mean of those near it in time (their numbers in `scores`)."""
    mixed = []
    for own, others in zip(scores, near, strict=True):
        if not others:
            mixed.append(dict(own))
            continue
        mixed.append(
            {
                label: (1 - _NEIGHBOURS) * value
                + _NEIGHBOURS * sum(scores[one][label] for one in others) / len(others)
                for label, value in own.items()
            }
        )
    return mixed
