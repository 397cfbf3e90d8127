"""Whether a text is a script. Readmes and shot notes lie in story folders too.

What has a script's form is one, whatever it is called: scene headings, tables with a column
for what is said, names that speak. Text without any form may still be a narration, whose
lines are to be found; it is one unless its name or its lines say otherwise.
"""

import re
from pathlib import Path

from indexers.scripts.headings import is_heading
from indexers.scripts.instructions import instructs
from indexers.scripts.screenplay import ACTION, HEADING, Screenplay, Unit

_OTHER_NAMES = re.compile(
    r"(?:^|[\W_])(?:read[\W_]?me|licen[cs]e|copying|change[\W_]?log|todo|notes?"
    r"|shot[\W_]?(?:list|log|notes?)|(?:camera|sound|card|media|data)[\W_]?(?:reports?|logs?|notes?)"
    r"|log|logs|contacts?|call[\W_]?sheet|credits|releases?|info|inventory|manifest|checksums?)"
    r"(?:$|[\W_\d])|说明|自述|场记|备注|拍摄(?:记录|日志|笔记)|日志|通告|联系|清单|待办|须知",
    re.IGNORECASE,
)
# What people write down and nobody says to a camera.
_NOT_SAID = re.compile(
    r"https?://|www\.|\b[\w.+-]+@[\w-]+\.\w+"  # addresses
    r"|\b[\w-]+\.(?:mov|mp4|mxf|mts|avi|mkv|wav|mp3|aif|jpe?g|png|srt|txt|md|pdf|docx?|xml|edl)\b"
    r"|\b[A-Z]\d{3}_?C\d{3,4}|\b(?:MVI|DSC|IMG|GH|GX|C)_?\d{4,}\b"  # camera file names
    r"|\b\d{1,2}:\d{2}:\d{2}\b|\b\d{1,2}:\d{2}[:;]\d{2}[:;]\d{2}\b"  # times and timecodes
    r"|\b(?:take|clip|card|cam|camera|roll|reel|tc|lens|iso|channel|ch)\s*#?\d+\b"
    r"|\b\d+\s*mm\b|\bf/\d|\b\d+\s?fps\b|\b\d{3,4}[pi]\b|\b(?:4k|8k|lut|log-?c|slog\d?)\b"
    r"|^\s*[\w .-]{1,20}\s*[=:：]\s*[^\s，。！？!?…]*\d[^\s，。！？!?…]*\s*$"  # field: value
    r"|[{}<>\\]|\b[0-9a-f]{16,}\b|^\s*(?:\$|>>>|sudo|pip|git|npm|apt)\b"  # code
    r"|第?\s*\d+\s*[条镜号]\b|(?:机位|镜头|卡|素材)\s*[A-Z\d]+",
    re.IGNORECASE,
)
_SHARE = 4  # a quarter of lines that nobody says: notes
_ENOUGH = 2  # names that speak, or headings of scenes


def objection(screenplay: Screenplay, name: str) -> str:
    """Why this is no script, as the end of a sentence; "" when it is one.

    `name` is the file's. For formats of scripts only form was asked before: Final Draft, MOS
    and rundowns are none of this function's business.
    """
    lines = [unit for unit in screenplay.units if unit.kind != HEADING]
    if not lines:
        return "has no line that is said or seen in it"
    noted = sum(bool(_NOT_SAID.search(_shown(unit))) for unit in lines)
    if noted * 2 > len(lines):
        return "reads like notes: most of its lines are names of files, times or settings"
    if _has_form(screenplay, lines):
        return ""
    if _OTHER_NAMES.search(Path(name).stem):
        return "is named like notes, and has neither scene headings nor names that speak"
    if instructs([_shown(unit) for unit in lines]):
        return (
            "reads like an edit note, not like lines that somebody says: name it ….note.txt or put "
            "it into a folder called notes"
        )
    if noted * _SHARE >= len(lines):
        return "reads like notes: names of files, times or settings are among its lines"
    return ""


def _has_form(screenplay: Screenplay, lines: list[Unit]) -> bool:
    scenes = any(unit.kind == HEADING and is_heading(unit.text) for unit in screenplay.units)
    cues = [unit for unit in lines if unit.character]
    seen = any(unit.kind == ACTION for unit in lines) and screenplay.format != "text"
    return scenes or seen or (len(cues) >= _ENOUGH and len(cues) * _SHARE >= len(lines))


def _shown(unit: Unit) -> str:
    return f"{unit.character}: {unit.text}" if unit.character else unit.text
