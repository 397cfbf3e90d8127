"""The form of a cut: its rate, how its timecode counts, where it starts, its picture's size."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from config import cutting
from media.errors import Misconfigured
from media.timecode import KNOWN_RATES, Timecode, exact_rate, nominal
from renderers.sequence import Source

_DROPPING = (Fraction(30000, 1001), Fraction(60000, 1001))  # SMPTE ST 12-1
# What Resolve, Premiere, Avid and Final Cut all take for a sequence. Phones, screen recorders and
# traffic cameras give 10, 15 or 120 as well, which no EDL can count (SMPTE ST 12 ends at 60).
_SEQUENCE_RATES = tuple(rate for rate in KNOWN_RATES if rate <= 60)
_RATE, _SIZE = Fraction(25), (1920, 1080)  # when there is no footage at all


@dataclass(frozen=True)
class Format:
    """What a Sequence has besides its events. `width` and `height` are even, for H.264."""

    rate: Fraction
    drop_frame: bool
    start_frame: int
    width: int
    height: int


def choose(used: Sequence[Source], others: Sequence[Source], cut: cutting.Cut) -> Format:
    """The form of a cut whose events use `used` (a source once per event).

    Without any, `others` decide: the footage of the story. Raises Misconfigured when the
    settings name a rate or a start that does not exist.
    """
    deciding = used or others
    rate = _common_rate(deciding) if cut.rate == "auto" else _rate(cut.rate)
    drop = rate in _DROPPING and (";" in cut.start or _drops(deciding, rate))
    try:
        start = Timecode.parse(cut.start, rate, drop).frames
    except ValueError as error:
        raise Misconfigured(f"cut.start: {error}: choose another start in [cut]") from error
    width, height = _common_size(deciding)
    return Format(rate, drop, start, width, height)


def _rate(value: str) -> Fraction:
    try:
        return exact_rate(value)
    except ValueError as error:
        raise Misconfigured(f'cut.rate: {error}: write "auto", "25", "29.97" …') from error


def _common_rate(sources: Sequence[Source]) -> Fraction:
    """The rate of most events; of two, the one with more footage, then the higher one.

    A rate that is none of a sequence decides only where there is no other.
    """
    usable = [source for source in sources if source.rate in _SEQUENCE_RATES]
    if not usable:
        return max((_sequence_rate(source.rate) for source in sources), default=_RATE)
    sources = usable
    events = Counter(source.rate for source in sources)
    footage: defaultdict[Fraction, Fraction] = defaultdict(Fraction)
    for source in {source.asset_id: source for source in sources}.values():
        footage[source.rate] += Fraction(source.frames) / source.rate
    return max(events, key=lambda rate: (events[rate], footage[rate], rate))


def _sequence_rate(rate: Fraction) -> Fraction:
    """The rate of a sequence that repeats or leaves out whole frames of `rate` (10: 30,
    120: 60); where there is none, the nearest one."""
    slower = [each for each in _SEQUENCE_RATES if (rate / each).denominator == 1]
    faster = [each for each in _SEQUENCE_RATES if (each / rate).denominator == 1]
    near = min(_SEQUENCE_RATES, key=lambda each: abs(each - rate))
    return max(slower, default=min(faster, default=near))


def _drops(sources: Sequence[Source], rate: Fraction) -> bool:
    """Whether most of the sources at this rate count drop-frame."""
    flags = [source.drop_frame for source in sources if source.rate == rate]
    return bool(flags) and 2 * sum(flags) >= len(flags)


def _common_size(sources: Sequence[Source]) -> tuple[int, int]:
    sizes = Counter(
        (source.width // 2 * 2, source.height // 2 * 2)
        for source in sources
        if source.width > 1 and source.height > 1
    )
    return max(sizes, key=lambda size: (sizes[size], size), default=_SIZE)


def rate_label(rate: Fraction) -> str:
    """As people say it: 25, 29.97, 23.976."""
    return f"{nominal(rate) if rate.denominator == 1 else float(rate):.5g}"
