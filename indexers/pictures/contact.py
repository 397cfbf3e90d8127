"""The contact sheet: one picture of every shot, in order, on one page."""

from collections.abc import Sequence
from pathlib import Path

from PIL import Image

_COLUMNS = 6
_MOST = 120  # pictures; of more shots every so many-th is shown
_GAP = 4  # pixels


def sheet(folder: Path, names: Sequence[str], target: str) -> None:
    """Write `target` in `folder` from the JPEGs called `names`; nothing without any."""
    if not names:
        return
    shown = names[:: -(-len(names) // _MOST)]
    with Image.open(folder / shown[0]) as first:
        width, height = first.size
    columns = min(_COLUMNS, len(shown))
    lines = -(-len(shown) // columns)
    size = columns * (width + _GAP) + _GAP, lines * (height + _GAP) + _GAP
    page = Image.new("RGB", size, (24, 24, 24))
    for number, name in enumerate(shown):
        line, column = divmod(number, columns)
        with Image.open(folder / name) as picture:
            page.paste(picture, (_GAP + column * (width + _GAP), _GAP + line * (height + _GAP)))
    page.save(folder / target, quality=85)
