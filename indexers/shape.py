"""How large the pictures are that the decoding pass makes."""

from fractions import Fraction

from catalog.models import Footage

_SMALL = 180  # pixels of the shorter side, for detection and thumbnails


def proxy_size(footage: Footage, height: int) -> tuple[int, int]:
    """Width and height of a proxy: square pixels, even, the shorter side at most `height`."""
    scale = min(Fraction(1), Fraction(height, min(footage.width, footage.height)))
    return _even(footage.width * scale), _even(footage.height * scale)


def small_size(footage: Footage) -> tuple[int, int]:
    """Width and height of the pictures that are looked at: the shorter side 180, both even."""
    scale = Fraction(_SMALL, min(footage.width, footage.height))
    return _even(footage.width * scale), _even(footage.height * scale)


def _even(pixels: Fraction) -> int:
    return max(2, 2 * round(pixels / 2))
