"""What opens a scene, and what it says: inside or outside, the place, the time of day, its number.

Chinese is read simplified, so that 內景 客廳 夜 is 内景 客厅 夜; a place keeps its spelling.
"""

import re
from dataclasses import dataclass

from catalog.words import simplified

_NUMERAL = "[0-9０-９一二三四五六七八九十百零〇两]+"
_ENGLISH = re.compile(
    r"^(?:(?P<number>\d+[A-Z]?)[.:)\s]\s*)?"
    r"(?P<setting>INT\.?\s*/\s*EXT|EXT\.?\s*/\s*INT|I/E|INT|EXT|EST)[.\s]+(?P<rest>.+)$",
    re.IGNORECASE,
)
_SCENE = re.compile(
    r"^scene\s+(?P<number>\d+[A-Z]?|one|two|three|four|five|six|seven|eight|nine|ten|[ivx]+)"
    r"(?:\s*[-–—:.]\s*(?P<rest>.*))?$",
    re.IGNORECASE,
)
_ENGLISH_TIME = re.compile(
    r"(?:[-–—,.]\s*|\s)(?P<time>(?:(?:early|late|mid)[- ]?)?(?:day|night|morning|evening|dusk|dawn"
    r"|afternoon|noon|midnight|sunset|sunrise|twilight|later|continuous|same(?: time)?"
    r"|moments later)(?:\s*\([^)]*\))?)\s*$",
    re.IGNORECASE,
)
_CHINESE_NUMBER = re.compile(
    rf"^(?:第\s*(?P<ordinal>{_NUMERAL})\s*[场幕集]"
    rf"|场景?\s*(?P<scene>\d+-\d+[A-Z]?|{_NUMERAL})(?=[\s.。:：、·—-]|$)"
    r"|(?P<number>\d+(?:-\d+)?[A-Z]?)[.、:：)\s])\s*[.。:：、·—-]*\s*"
)
_TIMES = "日|夜|晨|昏|清晨|黄昏|傍晚|深夜|凌晨|早晨|上午|中午|下午|晚上|白天|夜晚|午后|拂晓"
_SETTINGS = "内外景?|内景?|外景?"
# 日, 内景, and both in one: 夜外.
_WORD = re.compile(
    rf"^(?:(?P<time>{_TIMES})(?P<after>{_SETTINGS})?|(?P<before>{_SETTINGS})(?P<late>{_TIMES})?)$"
)
_MARKED = re.compile(
    r"^(?:内景|外景|内外景|内/外景?|外/内景?|场景)[\s.。:：、·—-]*\S|^[内外][.．]\s*\S"
)
_ENGLISH_SETTINGS = {"内": "INT", "外": "EXT", "内外": "INT/EXT"}
_PARTS = re.compile(r"[\s.。:：、,，·/／—–-]+")
_SENTENCE = re.compile(r"[。！？；，…!?;,]$")
_LONGEST = 60  # letters of a Chinese heading


@dataclass(frozen=True)
class Heading:
    """The parts of a heading; "" where it says nothing of one. `setting`: INT, EXT, INT/EXT."""

    number: str = ""
    setting: str = ""
    place: str = ""
    time: str = ""


def is_heading(line: str) -> bool:
    """Whether a line opens a scene, in English or Chinese conventions."""
    if _ENGLISH.match(line) or _SCENE.match(line):
        return True
    plain = simplified(line)
    if _SENTENCE.search(plain) or len(plain) > _LONGEST:
        return False
    number = _CHINESE_NUMBER.match(plain)
    if (number and (number["ordinal"] or number["scene"])) or _MARKED.match(plain):
        return True
    found = read_heading(line)
    return bool(found.setting and found.time and found.place)


def read_heading(text: str) -> Heading:
    """The parts of `INT. HALL - NIGHT`, `第三场 内景 客厅 夜`, `1-2 夜 外 街道` …"""
    scene = _SCENE.match(text)
    if scene:
        inner = read_heading(scene["rest"] or "")
        return Heading(scene["number"], inner.setting, inner.place, inner.time)
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
    number = _CHINESE_NUMBER.match(simplified(text))
    rest = text[number.end() :] if number else text  # simplified letter by letter: as long
    setting = time = ""
    place: list[str] = []
    for part in filter(None, _PARTS.split(rest)):
        word = _WORD.match(simplified(part))
        inside = (word["before"] or word["after"] or "").removesuffix("景") if word else ""
        when = (word["time"] or word["late"] or "") if word else ""
        if not word or (inside and setting) or (when and time):
            place.append(part)
            continue
        setting, time = setting or _ENGLISH_SETTINGS.get(inside, ""), time or when
    found = next(filter(None, number.groups()), "") if number else ""
    return Heading(found, setting, " ".join(place), time)
