"""The pictures of the report: thumbnails as data URIs, so that the page can be mailed."""

import base64
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from renderers.page.facts import Media

# A page with 200 lines shows about 600 thumbnails: of 10 KB each they make 8 MB. A file
# beyond this limit was not made by us as a thumbnail and stays out.
_LARGEST = 96 * 1024


class Album:
    """Finds the picture of a span; each file is read once."""

    def __init__(self, published: Callable[[str], Path], media: Mapping[int, Media]) -> None:
        """`published`: where a file is that was published under a path (Work.published)."""
        self._published = published
        self._media = media
        self._read: dict[Path, str] = {}

    def picture(self, asset_id: int, in_frame: int, out_frame: int) -> str:
        """A JPEG of [in_frame, out_frame) as a data URI; "" when there is none (sound only)."""
        media = self._media.get(asset_id)
        name = nearest(media.thumbnails, in_frame, out_frame) if media else ""
        return self._data(self._published(f"{media.home}/{name}")) if media and name else ""

    def _data(self, path: Path) -> str:
        if path not in self._read:
            self._read[path] = _encoded(path)
        return self._read[path]


def nearest(thumbnails: Sequence[tuple[int, str]], in_frame: int, out_frame: int) -> str:
    """The file whose frame is nearest to the middle of the span, inside it if any is.

    With none inside, the last one before: it shows the shot that the span is part of.
    `thumbnails` are in order of frames; "" when there are none.
    """
    frames = [frame for frame, _ in thumbnails]
    first, end = bisect_left(frames, in_frame), bisect_left(frames, out_frame)
    if first == end:
        return thumbnails[max(0, first - 1)][1] if thumbnails else ""
    middle = (in_frame + out_frame) // 2
    return min(thumbnails[first:end], key=lambda one: abs(one[0] - middle))[1]


def _encoded(path: Path) -> str:
    if not path.is_file() or path.stat().st_size > _LARGEST:
        return ""
    return "data:image/jpeg;base64," + base64.b64encode(path.read_bytes()).decode("ascii")
