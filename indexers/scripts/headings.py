"""What a scene heading says: inside or outside, the place, the time of day, its number."""

import re
from dataclasses import dataclass

_ENGLISH = re.compile(
    r"^(?:(?P<number>\d+[A-Z]?)[.:)\s]\s*)?"
    r"(?P<setting>INT\.?\s*/\s*EXT|EXT\.?\s*/\s*INT|I/E|INT|EXT|EST)[.\s]+(?P<rest>.+)$",
    re.IGNORECASE,
)
_ENGLISH_TIME = re.compile(
    r"(?:[-–—,.]\s*|\s)(?P<time>(?:(?:early|late|mid)[- ]?)?(?:day|night|morning|evening|dusk|dawn"
    r"|afternoon|noon|midnight|sunset|sunrise|twilight|later|continuous|same(?: time)?"
    r"|moments later)(?:\s*\([^)]*\))?)\s*$",
    re.IGNORECASE,
)
_CHINESE_NUMBER = re.compile(
    r"^(?:第\s*(?P<ordinal>[0-9０-９一二三四五六七八九十百零〇两]+)\s*[场幕集]"
    r"|场景?\s*(?P<scene>[0-9０-９一二三四五六七八九十百零〇两]+)(?=[\s.。:：、·—-]|$)"
    r"|(?P<number>\d+(?:-\d+)?[A-Z]?)[.、:：)\s])\s*[.。:：、·—-]*\s*"
)
_CHINESE_TIMES = re.compile(
    "^(?:日|夜|晨|昏|清晨|黄昏|傍晚|深夜|凌晨|早晨|上午|中午|下午|晚上|白天|夜晚|午后|拂晓)$"
)
_CHINESE_SETTINGS = {"内": "INT", "外": "EXT", "内景": "INT", "外景": "EXT", "内外": "INT/EXT",
                     "内外景": "INT/EXT"}  # fmt: skip
_PARTS = re.compile(r"[\s.。:：、,，·/／—–-]+")


@dataclass(frozen=True)
class Heading:
    """The parts of a heading; "" where it says nothing of one. `setting`: INT, EXT, INT/EXT."""

    number: str = ""
    setting: str = ""
    place: str = ""
    time: str = ""


def read_heading(text: str) -> Heading:
    """The parts of `INT. HALL - NIGHT`, `第三场 内景 客厅 夜`, `12 客厅 夜 内` …"""
    match = _ENGLISH.match(text)
    if match:
        rest = match["rest"].strip()
        time = _ENGLISH_TIME.search(rest)
        place = rest[: time.start()] if time else rest
        setting = "INT/EXT" if "/" in match["setting"] else match["setting"].upper()
        return Heading(
            match["number"] or "", setting, place.strip(" -–—,."), time["time"] if time else ""
        )
    return _chinese(text)


def _chinese(text: str) -> Heading:
    number = _CHINESE_NUMBER.match(text)
    rest = text[number.end() :] if number else text
    setting = time = ""
    place: list[str] = []
    for part in filter(None, _PARTS.split(rest)):
        if not setting and part in _CHINESE_SETTINGS:
            setting = _CHINESE_SETTINGS[part]
        elif not time and _CHINESE_TIMES.match(part):
            time = part
        else:
            place.append(part)
    found = next(filter(None, number.groups()), "") if number else ""
    return Heading(found, setting, " ".join(place) if rest.strip() else "", time)
