from catalog.models import Cue, Label
from indexers.feeling.wordless import wordless


def _cue(kind: str, first: int, end: int, strength: float = 0.9) -> Cue:
    return Cue(
        asset_id=1, number=0, kind=kind, in_frame=first, out_frame=end, strength=strength
    )  # fmt: skip


def test_a_clip_full_of_laughter_is_joyful() -> None:
    scores = wordless(0, 100, [_cue("laughter", 20, 80)])
    assert scores is not None
    assert max(scores, key=scores.__getitem__) == Label.JOY
    assert abs(sum(scores.values()) - 1) < 1e-9


def test_weak_short_or_distant_laughter_tells_nothing() -> None:
    assert wordless(0, 100, [_cue("laughter", 20, 80, 0.66)]) is None
    assert wordless(0, 100, [_cue("laughter", 90, 300)]) is None
    assert wordless(0, 100, [_cue("laughter", 100, 300)]) is None
    assert wordless(0, 100, []) is None


def test_applause_alone_is_no_feeling() -> None:
    assert wordless(0, 100, [_cue("applause", 0, 100)]) is None
