"""Which take of a line is the best, and why: sentences for the report.

Pure. Every fault of a take has a price; the take with the lowest sum is best. The words come
first, then nothing but the words, then how clearly they are heard, what is said of the take on
the set, the feeling that the script asks for, picture and sound; between equals the later take,
which is usually the better one, because people stop when they have it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from catalog.models import Label
from catalog.words import is_han
from indexers.matching.channel import Doubts
from indexers.matching.delivery import Delivery, Ears, delivery, doubts, ears
from indexers.matching.material import LOUD, QUIET, Material, Span
from indexers.matching.spoken import Corpus
from indexers.matching.takes import Candidate
from indexers.matching.verdict import Verdict, verdict

_MOST_MISSING = 8  # words named in a reason
_NOISY, _SOFT = 10.0, 0.6  # dB above the noise; share of the sharpest take's details

# Prices of faults, and the words for the best take and for one that lost by it. Doubts about the
# words are in nats, some 3 for each that surely is not the line's (indexers/matching/channel.py);
# a take without picture is never cut in.
_PRICES = {
    "picture": (100.0, "has a picture", "has no picture"),
    "black": (50.0, "its picture is not black", "its picture is black"),
    "broken off": (1.0, "says more of the line", "breaks off, or comes in late"),
    "begun again": (1.0, "said in one go", "begins again inside it"),
    "other words": (1.4, "keeps closer to the script's words", "further from the script's words"),
    "fillers": (1.5, "fewer fillers", "more fillers"),
    "frozen": (2.0, "its picture moves", "its picture stands still"),
    "unclear": (2.0, "heard more clearly", "heard less clearly"),
    "again": (2.0, "not asked for again", "was asked for again"),
    "praise": (1.0, "praised on the set", "another take is praised on the set"),
    "level": (1.0, "a better sound level", "a worse sound level"),
    "noise": (0.8, "less noise", "more noise"),
    "tone": (0.8, "nearer to the feeling that the script asks for", "further from that feeling"),
    "cut": (0.5, "in one shot", "a picture cut falls inside it"),
    "soft": (0.4, "a sharper picture", "a softer picture"),
    "early": (0.3, "the later take, usually the better", "as good, but an earlier take"),
}


@dataclass(frozen=True)
class Ranked:
    """A take with its place among the takes of its line. 0 is cut in; without picture from 1.

    `price`: of all its faults; only differences mean something.
    """

    candidate: Candidate
    rank: int
    clip_key: str
    in_frame: int
    out_frame: int
    reasons: tuple[str, ...]
    matched: tuple[str, ...]
    price: float = 0.0


@dataclass(frozen=True)
class _Judged:
    take: Candidate
    material: Material
    span: Span
    delivery: Delivery
    faults: Mapping[str, float]  # in units of their prices

    @property
    def price(self) -> float:
        return sum(_PRICES[name][0] * amount for name, amount in self.faults.items())


def rank(
    takes: Sequence[Candidate],
    materials: Mapping[int, Material],
    hearing: Ears | None = None,
    feeling: Label | None = None,
) -> list[Ranked]:
    """The takes of one line, the best first. `feeling`: what the script asks for."""
    judged = _judged(takes, materials, hearing or _alone(takes), feeling)
    judged.sort(key=lambda one: one.price)
    by_time = sorted(range(len(judged)), key=lambda i: _when(judged[i]))
    first = 0 if judged and judged[0].material.has_picture else 1
    ranked = []
    for position, one in enumerate(judged):
        reasons = _told(one)
        if len(judged) > 1:
            number = by_time.index(position) + 1
            why = _why(one, judged[0 if position else 1])
            reasons.append(f"take {number} of {len(judged)}: {why}")
        ranked.append(_row(one, first + position, (*reasons, *_troubles(one, feeling))))
    return ranked


def _alone(takes: Sequence[Candidate]) -> Ears:
    """What the takes themselves tell of how well they are heard."""
    speeches = {take.speech.asset_id: take.speech for take in takes}
    return ears(takes, Corpus.of(list(speeches.values())))


def frames(take: Candidate) -> Span:
    """The frames of its words."""
    words = take.speech.words[take.start : take.end]
    return words[0].in_frame, max(word.out_frame for word in words)


def _judged(
    takes: Sequence[Candidate],
    materials: Mapping[int, Material],
    hearing: Ears,
    feeling: Label | None,
) -> list[_Judged]:
    ordered = sorted(takes, key=lambda t: (materials[t.speech.asset_id].place, t.start))
    sharpest = max((materials[t.speech.asset_id].detail(frames(t)) for t in takes), default=0)
    found = []
    for position, take in enumerate(ordered):
        material, span, said = materials[take.speech.asset_id], frames(take), delivery(take)
        told = verdict(take)
        faults = {
            "again": float(told == Verdict.AGAIN),
            "praise": float(told != Verdict.PRAISED),
            "early": min(1.0, (len(ordered) - 1 - position) / 2),
            **_spoken_faults(take, said, doubts(take, ordered, hearing)),
            **_sound_faults(material, span),
            **_picture_faults(material, span, sharpest),
            "tone": _untuned(material, span, feeling),
        }
        found.append(_Judged(take, material, span, said, faults))
    return found


def _spoken_faults(take: Candidate, said: Delivery, doubt: Doubts) -> dict[str, float]:
    return {
        "broken off": doubt.broken_off,
        "begun again": doubt.begun_again,
        "other words": doubt.other_words,
        "fillers": float(len(said.fillers)),
        "unclear": round(1 - take.evidence.letters, 1),
    }


def _sound_faults(material: Material, span: Span) -> dict[str, float]:
    loudness, level = material.loudness, material.levels.get(span)
    return {
        "level": float(loudness is not None and not QUIET <= loudness <= LOUD),
        "noise": float(level is not None and (level.clipped or level.clear < _NOISY)),
    }


def _picture_faults(material: Material, span: Span, sharpest: int) -> dict[str, float]:
    detail = material.detail(span)
    return {
        "picture": float(not material.has_picture),
        "black": float(material.has_picture and material.is_black(span)),
        "frozen": float(material.has_picture and material.is_frozen(span)),
        "cut": float(material.cut_inside(span)),
        "soft": float(0 < detail < _SOFT * sharpest),
    }


def _untuned(material: Material, span: Span, feeling: Label | None) -> float:
    found = material.feels(feeling, span) if feeling else None
    return 0.0 if found is None else round(1 - found, 2)


def _why(mine: _Judged, other: _Judged) -> str:
    """The fault that makes most of the difference."""
    differences = {
        name: (other.faults[name] - mine.faults[name]) * price
        for name, (price, _, _) in _PRICES.items()
    }
    better = mine.price <= other.price
    deciding = (max if better else min)(differences, key=lambda name: differences[name])
    _, won, lost = _PRICES[deciding]
    return won if better else lost


def _when(one: _Judged) -> tuple[int, int]:
    return one.material.place, one.take.start


def _row(one: _Judged, position: int, reasons: tuple[str, ...]) -> Ranked:
    wanted = one.take.wanted
    return Ranked(
        candidate=one.take,
        rank=position,
        clip_key=one.material.clip(one.span),
        in_frame=one.span[0],
        out_frame=one.span[1],
        reasons=reasons,
        matched=tuple(wanted.tokens[i] for i in wanted.tokens_of(one.take.fit.said)),
        price=one.price,
    )


def _told(one: _Judged) -> list[str]:
    take, words = one.take, one.take.wanted.tokens
    said = set(take.wanted.tokens_of(take.fit.said))
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
    if one.delivery.repeated:
        reasons.append("says words twice")
    if one.delivery.fillers:
        reasons.append(f"fillers: {' '.join(one.delivery.fillers)}")
    if one.delivery.false_start:
        reasons.append("a false start before it")
    if one.faults["again"]:
        reasons.append("asked for again after it")
    if not one.faults["praise"]:
        reasons.append("praised after it")
    if take.neighbours and take.wanted.short:
        reasons.append("said beside its neighbours in the script")
    return reasons


def _troubles(one: _Judged, feeling: Label | None) -> list[str]:
    material, level = one.material, one.material.levels.get(one.span)
    told = (
        (not material.has_picture, "sound only: there is no picture to cut to"),
        (one.faults["black"] > 0, "the picture is black here"),
        (one.faults["frozen"] > 0, "the picture stands still here"),
        (one.faults["cut"] > 0, "a picture cut falls inside it"),
        (one.faults["soft"] > 0, "its picture is softer than another take's"),
        (level is not None and level.clipped, "its sound is overdriven"),
    )
    reasons = [text for holds, text in told if holds]
    if level and level.clear < _NOISY:
        reasons.append(f"speech is only {level.clear:.0f} dB above the noise")
    loudness = material.loudness
    if loudness is not None and not QUIET <= loudness <= LOUD:
        reasons.append(f"very {'quiet' if loudness < QUIET else 'loud'} ({loudness:.0f} LUFS)")
    found = material.feels(feeling, one.span) if feeling else None
    if feeling and found is not None:
        reasons.append(f"{feeling} asked for, {found:.0%} heard")
    return reasons
