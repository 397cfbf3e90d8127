"""What a line says of its scene, not of what is seen: who is there, where and when.

Chinese scripts put it below the heading (`人物：张三、李四`), English ones too (`TIME: night`).
"""

import re

from catalog.words import simplified

PEOPLE = re.compile(
    r"^(?:(?:出场|登场)?人物|出场|演员|cast|characters)\s*[:：]\s*(.+)$", re.IGNORECASE
)
PLACE = re.compile(r"^(?:地点|场景|place|location)\s*[:：]\s*(.+)$", re.IGNORECASE)
TIME = re.compile(r"^(?:时间|time)\s*[:：]\s*(.+)$", re.IGNORECASE)


def is_detail(text: str) -> bool:
    """Whether a line tells of its scene: nobody says it, and no camera can show it."""
    return any(told(text, what) for what in (PEOPLE, PLACE, TIME))


def told(text: str, what: re.Pattern[str]) -> str:
    """What `text` tells of `what`, as it was written; "" when it tells nothing of it."""
    match = what.match(simplified(text))
    return text[match.start(1) :].strip() if match else ""
