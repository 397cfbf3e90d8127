"""The parts of the report's script: scenes, their rows, what was chosen, what else there is."""

from dataclasses import dataclass

from catalog.models import CHINESE, Label
from catalog.words import is_chinese


@dataclass(frozen=True)
class Span:
    """Part of a script line's text, and whether it is heard in the chosen clip."""

    text: str
    heard: bool


@dataclass(frozen=True)
class Feeling:
    """An emotion in two languages; `name` chooses its colour."""

    name: str
    english: str
    chinese: str


@dataclass(frozen=True)
class Chosen:
    """An event that has a source. Timecodes are of the source, the out point is exclusive."""

    picture: str
    name: str
    reel: str
    in_label: str
    out_label: str
    seconds: str
    feeling: Feeling | None
    felt: str  # why it feels so; "" for no reason
    score: str
    percent: int
    reasons: str
    heard: str  # what is said in it, when that differs from the script
    play: str  # address of this span of its proxy; "" when there is none


@dataclass(frozen=True)
class Alternate:
    """A take that was not chosen, and why not."""

    picture: str
    name: str
    in_label: str
    out_label: str
    score: str
    why_not: str
    play: str


@dataclass(frozen=True)
class Row:
    """A unit of the script. Actions and details are context: they have text and nothing else.

    `record`, `seek`, `until`: record timecode, and seconds into the movie; "" outside the cut.
    `gap` says what is missing; "" for a line that was found.
    """

    kind: str  # dialogue, action, detail
    anchor: str
    scene: str
    character: str
    parenthetical: str
    spans: tuple[Span, ...]
    record: str = ""
    seek: str = ""
    until: str = ""
    chosen: tuple[Chosen, ...] = ()
    gap: str = ""
    alternates: tuple[Alternate, ...] = ()
    more: int = 0
    shown: str = ""  # what is laid over the cut for an action

    @property
    def text(self) -> str:
        """The text in one piece."""
        return "".join(span.text for span in self.spans)

    @property
    def chinese(self) -> bool:
        """Whether it is Chinese: browsers then choose the fonts for it, and no slanted letters."""
        return is_chinese(self.text)


@dataclass(frozen=True)
class Scene:
    """The rows under one heading. `start` is the record frame of its first event, if any."""

    heading: str
    rows: tuple[Row, ...]
    start: int | None

    @property
    def total(self) -> int:
        """Lines of dialogue."""
        return sum(row.kind == "dialogue" for row in self.rows)

    @property
    def found(self) -> int:
        """Lines of dialogue that have a take."""
        return sum(bool(row.chosen) for row in self.rows)


def feeling(name: str) -> Feeling | None:
    """The emotion called `name`, as shown; None for ""."""
    return Feeling(name, name.title(), CHINESE[Label(name)]) if name else None
