"""What is known of an asset besides its words, and what it means for a take."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Span = tuple[int, int]  # frames [in, out)

QUIET, LOUD = -40.0, -9.0  # LUFS integrated, outside of which a level is no speech level


@dataclass(frozen=True)
class Level:
    """Sound of a span, in dB relative to full scale. `clipped`: it was too loud to record."""

    speech: float
    noise: float
    clipped: bool = False

    @property
    def clear(self) -> float:
        """By how many dB speech stands above the noise."""
        return self.speech - self.noise


@dataclass(frozen=True)
class Feeling:
    """The emotions of a line of speech: label → probability."""

    span: Span
    scores: Mapping[str, float]


@dataclass(frozen=True)
class Material:
    """An asset. `place`: its order among the assets."""

    place: int
    has_picture: bool
    loudness: float | None  # LUFS
    cuts: tuple[int, ...]  # first frames of shots
    black: tuple[Span, ...]
    clips: tuple[tuple[str, int, int], ...]  # key, in, out
    freeze: tuple[Span, ...] = ()
    feelings: tuple[Feeling, ...] = ()
    details: tuple[tuple[int, int], ...] = ()  # frame, bytes of its thumbnail: less is softer
    levels: Mapping[Span, Level] = field(default_factory=dict)  # of the spans that compete

    def is_black(self, span: Span) -> bool:
        """Whether half of the span or more is black."""
        return 2 * _covered(self.black, span) >= span[1] - span[0]

    def is_frozen(self, span: Span) -> bool:
        """Whether the picture stands still for half of the span or more."""
        return 2 * _covered(self.freeze, span) >= span[1] - span[0]

    def cut_inside(self, span: Span) -> bool:
        """Whether a picture cut falls inside the span."""
        return any(span[0] < cut < span[1] for cut in self.cuts)

    def clip(self, span: Span) -> str:
        """The key of the clip that holds most of the span; "" when no clip touches it."""
        shared = [(_shared((start, out), span), key) for key, start, out in self.clips]
        most = max(shared, default=(0, ""), key=lambda pair: pair[0])
        return most[1] if most[0] > 0 else ""

    def feels(self, label: str, span: Span) -> float | None:
        """How probable an emotion is in the span; None where nothing is known."""
        best = max(self.feelings, key=lambda one: _shared(one.span, span), default=None)
        return best.scores.get(label, 0.0) if best and _shared(best.span, span) else None

    def detail(self, span: Span) -> int:
        """Bytes of the thumbnail nearest to the middle of the span; 0 without one."""
        middle = (span[0] + span[1]) // 2
        return min(self.details, key=lambda one: abs(one[0] - middle), default=(0, 0))[1]


def _shared(one: Span, other: Span) -> int:
    return max(0, min(one[1], other[1]) - max(one[0], other[0]))


def _covered(spans: Sequence[Span], span: Span) -> int:
    return sum(_shared(each, span) for each in spans)
