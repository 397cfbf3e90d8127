"""TTML and its profiles (IMSC, EBU-TT-D, DFXP): what is shown when, and who speaks.

Times as in TTML 2, section 12.3: clock times with fractions or frames, and offsets in h, m, s,
ms, frames or ticks. Times inside an element count from its beginning. Of the look nothing is
read, and of `timeContainer` only "par", the usual one.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

_ROOT = re.compile(r"<(?:\w+:)?tt[\s>]")
_CLOCK = re.compile(r"(\d+):(\d\d):(\d\d(?:\.\d+)?)(?::(\d+))?")
_OFFSET = re.compile(r"(\d+(?:\.\d+)?)(h|ms|m|s|f|t)")
_SECONDS = {"h": Fraction(3600), "m": Fraction(60), "s": Fraction(1), "ms": Fraction(1, 1000)}


@dataclass(frozen=True)
class Shown:
    """One caption: [start, end) seconds, its text with row ends, its speaker or ""."""

    start: Fraction
    end: Fraction
    text: str
    speaker: str


def is_ttml(text: str) -> bool:
    """Whether a file is one, by its first element."""
    return text.lstrip().startswith("<") and _ROOT.search(text[:4096]) is not None


def read(text: str) -> list[Shown]:
    """The captions in the order of the file. Raises ValueError when it is no sound TTML."""
    try:
        root = fromstring(text)
    except (ParseError, DefusedXmlException) as error:
        raise ValueError(str(error) or "it defines entities") from error
    rates = _rates({_local(name): value for name, value in root.attrib.items()})
    agents = {
        _attribute(one, "id"): " ".join("".join(one.itertext()).split())
        for one in root.iter()
        if _local(one.tag) == "agent"
    }
    return list(_captions(root, Fraction(0), rates, agents))


def _captions(
    element: Any, begin: Fraction, rates: Mapping[str, Fraction], agents: Mapping[str, str]
) -> Iterator[Shown]:
    start = begin + (_time(_attribute(element, "begin"), rates) or Fraction(0))
    if _local(element.tag) != "p":
        for child in element:
            yield from _captions(child, start, rates, agents)
        return
    end, length = (_time(_attribute(element, name), rates) for name in ("end", "dur"))
    last = begin + end if end is not None else start + length if length is not None else start
    speaker = agents.get(_attribute(element, "agent").split(" ")[0], "")
    yield Shown(start, last, "".join(_rows(element)).strip(), speaker)


def _rows(element: Any) -> Iterator[str]:
    """Its text; in the file rows may end anywhere, shown they end at <br/>."""
    yield re.sub(r"\s+", " ", element.text or "")
    for child in element:
        if _local(child.tag) == "br":
            yield "\n"
        elif _local(child.tag) == "span":
            yield from _rows(child)
        yield re.sub(r"\s+", " ", child.tail or "")


def _rates(root: Mapping[str, str]) -> dict[str, Fraction]:
    """Frames and ticks a second."""
    numerator, denominator = [*root.get("frameRateMultiplier", "1 1").split(), "1"][:2]
    frames = Fraction(root.get("frameRate", "30")) * Fraction(int(numerator), int(denominator))
    return {"f": frames, "t": Fraction(root.get("tickRate", "1"))}


def _time(text: str, rates: Mapping[str, Fraction]) -> Fraction | None:
    """Seconds; None where nothing is said."""
    if not text:
        return None
    if found := _CLOCK.fullmatch(text):
        hours, minutes, seconds, frames = found.groups()
        whole = int(hours) * 3600 + int(minutes) * 60 + Fraction(seconds)
        return whole + Fraction(int(frames or 0)) / rates["f"]
    if found := _OFFSET.fullmatch(text):
        number, unit = Fraction(found[1]), found[2]
        return number * _SECONDS[unit] if unit in _SECONDS else number / rates[unit]
    raise ValueError(f"{text!r} is no time")


def _attribute(element: Any, name: str) -> str:
    return next((v for key, v in element.attrib.items() if _local(key) == name), "")


def _local(name: Any) -> str:
    """Without its namespace; comments have no name."""
    return name.rpartition("}")[2] if isinstance(name, str) else ""
