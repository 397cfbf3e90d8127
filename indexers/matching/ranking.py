"""Which take of a line is the best, and why: sentences for the report.

Pure. The order of what matters: the words, then nothing but the words, then how clearly
they are heard, then picture and sound; between equals the later take, which is usually
the better one, because people stop when they have it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from catalog.words import is_han
from indexers.matching.alignment import EXACT
from indexers.matching.takes import Candidate

Span = tuple[int, int]  # frames [in, out)

_QUIET, _LOUD = -40.0, -9.0  # LUFS integrated, outside of which a level is no speech level
_MOST_MISSING = 8  # words named in a reason
_LOOK_BACK = 6  # words before a take in which a false start is looked for

# In order of weight: the words for the best take, for one that lost by it.
_WHYS = (
    ("has a picture", "has no picture"),
    ("its picture is not black", "its picture is black"),
    ("says more of the words", "says fewer of the words"),
    ("fewer extra words", "more extra words or a false start"),
    ("heard more clearly", "heard less clearly"),
    ("a better sound level", "a worse sound level"),
    ("in one shot", "a picture cut falls inside it"),
    ("the later take, usually the better", "as good, but an earlier take"),
)


@dataclass(frozen=True)
class Material:
    """What is known of an asset besides its speech. `place`: its order among the assets."""

    place: int
    has_picture: bool
    loudness: float | None  # LUFS
    cuts: tuple[int, ...]  # first frames of shots
    black: tuple[Span, ...]
    clips: tuple[tuple[str, int, int], ...]  # key, in, out


@dataclass(frozen=True)
class Ranked:
    """A take with its place among the takes of its line. 0 is cut in; without picture from 1."""

    candidate: Candidate
    rank: int
    clip_key: str
    in_frame: int
    out_frame: int
    reasons: tuple[str, ...]
    matched: tuple[str, ...]


def rank(takes: Sequence[Candidate], materials: Mapping[int, Material]) -> list[Ranked]:
    """The takes of one line, the best first."""
    keyed = [(_merits(take, materials[take.speech.asset_id]), take) for take in takes]
    keyed.sort(key=lambda pair: pair[0], reverse=True)
    by_time = sorted(merits[-1] for merits, _ in keyed)
    first = 0 if keyed and keyed[0][0][0] else 1
    ranked = []
    for position, (merits, take) in enumerate(keyed):
        material = materials[take.speech.asset_id]
        span = frames(take)
        reasons = _told(take)
        if len(keyed) > 1:
            other = keyed[0 if position else 1][0]
            number = by_time.index(merits[-1]) + 1
            why = _why(merits, other)
            reasons.append(f"take {number} of {len(keyed)}: {why}")
        reasons += _troubles(material, span)
        ranked.append(
            Ranked(
                candidate=take,
                rank=first + position,
                clip_key=_clip(material, span),
                in_frame=span[0],
                out_frame=span[1],
                reasons=tuple(reasons),
                matched=tuple(take.wanted.tokens[i] for i in take.wanted.tokens_of(take.fit.said)),
            )
        )
    return ranked


def frames(take: Candidate) -> Span:
    """The frames of its words."""
    words = take.speech.words[take.start : take.end]
    return words[0].in_frame, max(word.out_frame for word in words)


def _merits(take: Candidate, material: Material) -> tuple[float | tuple[int, int], ...]:
    """What is compared, the weightiest first; the last is when it was said."""
    span = frames(take)
    loudness = material.loudness
    return (
        material.has_picture,
        not _black(material, span),
        len(take.fit.said),
        -(take.extra + _false_start(take)),
        round(take.evidence.coverage, 1),
        loudness is None or _QUIET <= loudness <= _LOUD,
        not _cut_inside(material, span),
        (material.place, take.start),
    )


def _why(
    merits: tuple[float | tuple[int, int], ...], other: tuple[float | tuple[int, int], ...]
) -> str:
    for mine, its, (better, worse) in zip(merits, other, _WHYS, strict=True):
        if mine != its:
            return better if mine > its else worse  # type: ignore[operator]
    raise AssertionError("two takes at one place")


def _told(take: Candidate) -> list[str]:
    words, said = take.wanted.tokens, set(take.wanted.tokens_of(take.fit.said))
    unit = "characters" if all(map(is_han, words)) else "words" if len(words) > 1 else "word"
    if len(said) == len(words):
        reasons = [f"says all {len(words)} {unit}" if len(words) > 1 else f"says the {unit}"]
    else:
        reasons = [f"says {len(said)} of {len(words)} {unit}"]
        missing = [word for i, word in enumerate(words) if i not in said]
        named = ("" if unit == "characters" else " ").join(missing[:_MOST_MISSING])
        reasons.append(f"missing: {named}{' …' if len(missing) > _MOST_MISSING else ''}")
    if take.extra:
        reasons.append(f"{take.extra} extra {'word' if take.extra == 1 else 'words'} in it")
    if _false_start(take):
        reasons.append("a false start before it")
    if take.neighbours and take.wanted.short:
        reasons.append("said beside its neighbours in the script")
    return reasons


def _troubles(material: Material, span: Span) -> list[str]:
    reasons = []
    if not material.has_picture:
        reasons.append("sound only: there is no picture to cut to")
    elif _black(material, span):
        reasons.append("the picture is black here")
    if _cut_inside(material, span):
        reasons.append("a picture cut falls inside it")
    if material.loudness is not None and material.loudness < _QUIET:
        reasons.append(f"very quiet ({material.loudness:.0f} LUFS)")
    if material.loudness is not None and material.loudness > _LOUD:
        reasons.append(f"very loud ({material.loudness:.0f} LUFS)")
    return reasons


def _false_start(take: Candidate) -> int:
    """How many words before the take, without a pause, begin the line in vain."""
    before, _ = take.speech.utterance(take.start, take.end)
    first = take.wanted.words[0]
    earliest = max(before, take.start - min(_LOOK_BACK, len(take.wanted.words)))
    for at in range(earliest, take.start):
        if fuzz.ratio(take.speech.texts[at], first) >= EXACT * 100:
            return take.start - at
    return 0


def _black(material: Material, span: Span) -> bool:
    """Whether half of the span or more is black."""
    dark = sum(max(0, min(span[1], end) - max(span[0], start)) for start, end in material.black)
    return 2 * dark >= span[1] - span[0]


def _cut_inside(material: Material, span: Span) -> bool:
    return any(span[0] < cut < span[1] for cut in material.cuts)


def _clip(material: Material, span: Span) -> str:
    """The key of the clip that holds most of the span; "" when no clip touches it."""
    shared = [(min(span[1], out) - max(span[0], start), key) for key, start, out in material.clips]
    most = max(shared, default=(0, ""), key=lambda pair: pair[0])
    return most[1] if most[0] > 0 else ""
