"""What a clip without words feels like: told by laughter in it, where there is much of it.

Words that are not there are marginalised: what is believed before anything is heard is how the
feelings are spread in talk. Applause alone is no feeling: it leaves calm the likeliest.
"""

from collections.abc import Iterable

from catalog.models import Cue, Label
from indexers.engines.emotion_talk import TALK
from indexers.feeling.fusion import Evidence, Scores, fused

_SURE = 0.7  # strength of a cue that is believed …
_PART = 0.3  # … where cues of its kind fill so much of the clip
_TWICE = 2  # nothing else speaks in such a clip: its cue weighs double


def wordless(first: int, end: int, cues: Iterable[Cue]) -> Scores | None:
    """Probabilities by label of the frames [first, end); None where nothing tells."""
    heard: dict[str, int] = {}
    for cue in cues:
        both = min(end, cue.out_frame) - max(first, cue.in_frame)
        if both > 0 and cue.strength >= _SURE:
            heard[cue.kind] = heard.get(cue.kind, 0) + both
    found = Evidence()
    for kind, frames in heard.items():
        if frames >= _PART * (end - first):
            for _ in range(_TWICE):
                found.cue(kind)
    scores = fused(TALK, [found])
    return None if max(scores, key=scores.__getitem__) == Label.CALM else scores
