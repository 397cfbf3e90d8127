"""What a clip shows, as far as words tell: names of file and folder, descriptions beside it."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from catalog.words import tokens

# Names that cameras, cards and people give without saying what is in the picture.
_EMPTY = frozenset(
    re.split(
        "[|]",
        "clip|clips|dsc|mvi|img|gopr|gx|gh|mov|mxf|video|videos|footage|broll|roll|cam|camera|card"
        "|scene|take|shot|final|new|copy|edit|proxy|raw|rushes|untitled|export|the|and|of|a|b|c|v"
        "|private|dcim|xdroot|sub|avchd|bdmv|stream|contents|p2|素材|视频|镜头|机位",
    )
)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_KEYS = ("description", "caption", "summary", "title", "tags", "keywords", "描述", "标签", "关键词")
_LARGEST = 1 << 20  # bytes of a description


@dataclass(frozen=True)
class Shown:
    """A clip that can cover an action. `text`: what it shows; `spoken`: somebody is heard."""

    asset_id: int
    clip_key: str
    in_frame: int
    out_frame: int
    text: str
    spoken: bool = False


def names(path: str) -> str:
    """The telling words of a path inside a story: `b-roll/pier_wide_03.mov` is "pier wide"."""
    parts = PurePosixPath(path).parts
    said = (
        [*parts[1:-1], PurePosixPath(path).stem] if len(parts) > 1 else [PurePosixPath(path).stem]
    )
    words = [w for part in said for w in tokens(re.sub(r"[_\W]+", " ", _CAMEL.sub(" ", part)))]
    telling = [word for word in words if word not in _EMPTY and not re.search(r"\d", word)]
    return " ".join(telling) if any(len(w) > 2 or not w.isascii() for w in telling) else ""


def description(sidecars: Iterable[Path]) -> str:
    """What `.json` files beside the footage say of it: description, title, tags, keywords.

    A file that is none of ours, or can't be read, says nothing.
    """
    return ". ".join(dict.fromkeys(part for path in sidecars for part in _described(path)))


def _described(path: Path) -> Iterator[str]:
    try:
        if path.suffix.lower() != ".json" or path.stat().st_size > _LARGEST:
            return
        data = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError):
        return
    if isinstance(data, Mapping):
        for key in _KEYS:
            yield from _texts(data.get(key))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str) and value.strip():
        yield value.strip()
    elif isinstance(value, list):
        yield from (each.strip() for each in value if isinstance(each, str) and each.strip())
