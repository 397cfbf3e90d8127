"""What all pieces of a movie share, so that they can be joined without encoding again."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from config.cutting import Transition
from config.footage import Profile
from renderers.effects import Effect
from renderers.proxies import Proxy
from renderers.sequence import Sequence


@dataclass(frozen=True)
class Look:
    """`form`: of the proxies whose frames are joined as they are; "" when all are encoded.
    `profile`: how what has to be encoded is.
    """

    sequence: Sequence
    size: tuple[int, int]
    profile: Profile
    form: str = ""
    effects: tuple[Effect, ...] = ()
    transition: Transition = Transition.DISSOLVE

    def touched(self, first: int, end: int) -> tuple[Effect, ...]:
        """The effects that change any of record frames [first, end)."""
        return tuple(effect for effect in self.effects if effect.touches(first, end))


def choose(sequence: Sequence, proxies: Mapping[int, Proxy], profile: Profile) -> Look:
    """The look for which the most frames need no encoding."""
    forms: Counter[tuple[str, tuple[int, int]]] = Counter()
    for event in sequence.events:
        if event.source and event.source.rate == sequence.rate:
            proxy = proxies[event.source.asset_id].near(event.in_frame, event.out_frame)
            if proxy.form and proxy.size == movie_size(sequence, min(proxy.size)):
                forms[proxy.form, proxy.size] += event.duration
    if forms:
        (form, size), _ = forms.most_common(1)[0]
        alone = profile.model_copy(update={"key_seconds": 0, "preset": "ultrafast"})
        return Look(sequence, size, alone, form)
    return Look(sequence, movie_size(sequence, profile.height), profile)


def movie_size(sequence: Sequence, shorter: int) -> tuple[int, int]:
    """Width and height of the movie: the sequence's shape, its shorter side at most `shorter`,
    both even. Sound alone gets 16:9."""
    wide, high = sequence.width, sequence.height
    if not wide or not high:
        wide, high = 16 * shorter, 9 * shorter
    scale = min(Fraction(1), Fraction(shorter, min(wide, high)))
    return _even(wide * scale), _even(high * scale)


def _even(pixels: Fraction) -> int:
    return max(2, 2 * round(pixels / 2))
