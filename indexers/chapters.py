"""Where a clip of several files goes over from one file to the next.

Editing systems know the files, not the clip: each must be named with frames of its own.
"""

from collections.abc import Callable
from dataclasses import replace

from catalog.models import Footage
from media.errors import Rejected
from media.original import Original


def parts(
    original: Original, whole: Footage, read: Callable[[Original], Footage]
) -> list[list[int]]:
    """[frames, first frame of its timecode] of each file; none for a clip of one file, or where
    the files don't add up to the clip.

    `read`: probes one file. What goes on in mid-picture belongs to the file before: the last
    file has what is left.
    """
    if not original.following:
        return []
    files = (original.path, *original.following)
    try:
        each = [read(replace(original, path=file, following=(), beside=())) for file in files]
    except Rejected:
        return []  # only the beginning makes them readable: exports name the first one alone
    frames = [one.frames for one in each[:-1]]
    frames.append(whole.frames - sum(frames))
    starts = [whole.start_frame, *(one.start_frame for one in each[1:])]
    return [list(pair) for pair in zip(frames, starts, strict=True)] if frames[-1] > 0 else []
