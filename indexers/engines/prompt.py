"""What Whisper is told beforehand: names, as many as fit."""

from collections.abc import Callable

BETWEEN = ", "


def fitting(names: str, tokens: Callable[[str], int], room: int) -> str:
    """The last of these names that fit whole into `room` tokens, as a sentence; "" without any.

    Whisper keeps the end of a longer prompt, and would begin it with half a name.
    `names`: parted by ", ". `tokens`: how many a text is.
    """
    kept: list[str] = []
    for name in reversed(names.split(BETWEEN)):
        room -= tokens(f" {name},")
        if room < 0:
            break
        kept.append(name)
    return f"{BETWEEN.join(reversed(kept))}." if any(kept) else ""
