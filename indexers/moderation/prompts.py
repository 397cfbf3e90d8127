"""What pictures may show, in words: `English <tab> Chinese <tab> category`, `-` for what nobody
minds. Each is asked in the language that the engine reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from indexers.engines.vision import Vision
from indexers.moderation import tables

SHIPPED = (Path(__file__).parent / "pictures.tsv",)
_HARMLESS = "-"


@dataclass(frozen=True)
class Prompt:
    """A description of a picture. `category`: "" for what nobody minds. `source`: its list."""

    english: str
    chinese: str
    category: str
    source: str

    def read_by(self, engine: Vision) -> str:
        """In a language that `engine` reads; "" for none."""
        written = (text for text in (self.english, self.chinese) if text and engine.reads(text))
        return next(written, "")


def prompts(paths: Sequence[Path]) -> tuple[Prompt, ...]:
    """Those of the lists. Raises Misconfigured for a list that can't be read."""
    return _prompts(tuple(path.expanduser() for path in paths))


@cache
def _prompts(paths: tuple[Path, ...]) -> tuple[Prompt, ...]:
    return tuple(
        Prompt(english, chinese, "" if category == _HARMLESS else category, path.name)
        for path in paths
        for english, chinese, category in tables.rows(path, 3, "prompts")
    )
