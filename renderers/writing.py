"""Text over the picture: subtitles, the title, lower thirds, as one page of Advanced SubStation.

libass draws it and finds a font for every script that is installed.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

import pysubs2

from config.cutting import Movie
from renderers.captions import broken, paged
from renderers.exports.subtitles import cues
from renderers.sequence import Sequence

_TITLE_SECONDS, _NAME_SECONDS = Fraction(3), Fraction(5, 2)
_HALF = Fraction(1, 2)  # frame: a time between two frames is read alike by all who round


@dataclass(frozen=True)
class Text:
    """What is written over record frames [first, end)."""

    first: int
    end: int
    text: str


@dataclass(frozen=True)
class Kind:
    """One kind of text: its style, with sizes as parts of the picture's height."""

    size: float
    alignment: pysubs2.Alignment
    margin: float
    bold: bool
    box: bool
    texts: Callable[[Sequence], Iterator[Text]]


@dataclass(frozen=True)
class Page:
    """The text of the file, and the record frames that it changes."""

    text: str
    spans: tuple[tuple[int, int], ...]


def subtitles(sequence: Sequence) -> Iterator[Text]:
    """What is heard; a missing line is on its slate already."""
    gaps = {event.record_in for event in sequence.events if event.source is None}
    for cue in cues(sequence):
        if int(cue.start * sequence.rate + _HALF) in gaps:
            continue
        for each in paged(cue):
            first, end = (int(time * sequence.rate + _HALF) for time in (each.start, each.end))
            yield Text(first, min(end, sequence.duration), "\n".join(broken(each.text)))


def title(sequence: Sequence) -> Iterator[Text]:
    """The script's title, over the first pictures."""
    yield Text(0, min(int(_TITLE_SECONDS * sequence.rate), sequence.duration), sequence.title)


def lower_thirds(sequence: Sequence) -> Iterator[Text]:
    """Who speaks, when they are seen for the first time in a scene."""
    met = set()
    for event in sequence.events:
        who = (event.scene, event.character)
        if event.source and event.character and who not in met:
            met.add(who)
            end = event.record_in + int(_NAME_SECONDS * sequence.rate)
            yield Text(event.record_in, min(end, event.record_out), event.character)


KINDS = {
    "subtitles": Kind(1 / 16, pysubs2.Alignment.BOTTOM_CENTER, 1 / 18, False, False, subtitles),
    "title": Kind(1 / 9, pysubs2.Alignment.MIDDLE_CENTER, 1 / 12, True, False, title),
    "lower_thirds": Kind(1 / 18, pysubs2.Alignment.BOTTOM_LEFT, 1 / 5, True, True, lower_thirds),
}


def page(asked: Movie, sequence: Sequence, size: tuple[int, int]) -> Page:
    """Everything that the settings ask for."""
    file = pysubs2.SSAFile()
    file.info |= {"PlayResX": str(size[0]), "PlayResY": str(size[1]), "WrapStyle": "0",
                  "ScaledBorderAndShadow": "yes", "YCbCr Matrix": "TV.709"}  # fmt: skip
    file.styles.clear()
    spans = []
    for name, kind in KINDS.items():
        file.styles[name] = _style(kind, size[1])
        for text in kind.texts(sequence) if getattr(asked, name) else ():
            if text.first < text.end and text.text.strip():
                file.append(_event(text, name, sequence.rate))
                spans.append((text.first, text.end))
    return Page(file.to_string("ass"), tuple(spans))


def _style(kind: Kind, height: int) -> pysubs2.SSAStyle:
    margin = round(kind.margin * height)
    return pysubs2.SSAStyle(
        fontname="Sans", fontsize=round(kind.size * height), bold=kind.bold,
        alignment=kind.alignment, marginv=margin, marginl=margin, marginr=margin,
        borderstyle=3 if kind.box else 1, outline=max(1.0, height / 270), shadow=0,
        outlinecolor=pysubs2.Color(20, 22, 28, 60 if kind.box else 0),
    )  # fmt: skip


def _event(text: Text, style: str, rate: Fraction) -> pysubs2.SSAEvent:
    start, end = (max(Fraction(0), (frame - _HALF) / rate) for frame in (text.first, text.end))
    shown = text.text.replace("\\", "\\\u2060").replace("{", "\\{").replace("\n", "\\N")
    return pysubs2.SSAEvent(int(start * 1000), int(end * 1000), shown, style=style)
