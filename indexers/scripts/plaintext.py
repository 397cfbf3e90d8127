"""Scripts as people type them: `NAME: words`, or simply the lines to be found.

Pure: text in, Screenplay out. Markdown marks are taken for what they mean.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from catalog.words import simplified
from indexers.scripts.headings import is_heading
from indexers.scripts.screenplay import (
    ACTION,
    ACTION_MARKS,
    DIALOGUE,
    HEADING,
    Screenplay,
    Unit,
    joined,
    named,
    plain,
    with_scenes,
)

_NAME = r"[^\W\d_][\w.'’·&/ \u3000-]{0,29}"
_ASIDES = r"\s*((?:[(（][^()（）]*[)）]\s*)*)"
_CUE = re.compile(rf"^(@?{_NAME}){_ASIDES}(?:[:：]|\t+)\s*(\S.*)$")
_CUE_ALONE = re.compile(rf"^(@?{_NAME}){_ASIDES}[:：]$")
_IN_BRACKETS = re.compile(rf"^[【\[]({_NAME})[】\]]{_ASIDES}[:：]?\s*(\S.*)$")
_SAID = re.compile(
    r"^([\u3400-\u9fff·]{2,}?)(?:[大低小轻高]声)?(?:[说问答喊笑叫](?:道|着说)|回答|说)$"
)
_LEADING_ASIDE = re.compile(r"^[(（\[【]([^()（）\[\]【】]*)[)）\]】]\s*")
# A feeling in brackets before words: an aside, never who speaks.
_FELT = re.compile(
    r"^[(（\[【]((?:[轻长苦微大冷狂傻偷]|暗自)?(?:叹气|叹息|叹|笑|微笑|苦笑|冷笑|大笑|哭|哭泣|哽咽|哭着|笑着"
    r"|流泪|沉默|停顿|愤怒|惊讶|激动|紧张|犹豫|迟疑|无奈|害怕|生气|开心|高兴)"
    r"|sigh(?:s|ing)?|laugh(?:s|ing)?|cr(?:y|ies|ying)|sob(?:s|bing)?|smil(?:es?|ing)|pause|beat"
    r"|silence|chuckl(?:es?|ing)|hesitat(?:es|ing))[)）\]】]\s*(\S.*)$",
    re.IGNORECASE,
)
_BRACKETED = re.compile(r"^(?:\(.*\)|（.*）|\[.*\]|【.*】)$")
_RULE = re.compile(r"^(?:[-*_=—]\s*){3,}$|^```")
_BULLET = re.compile(r"^(?:[-*+•]|\d{1,3}[.)、])\s+")
_BOLD_LINE = re.compile(r"^(\*\*|__)(?!\s)[^*_]+\1$")
_FORCED_HEADING = re.compile(r"^\.[^\W\d_]")  # as in Fountain, which people type into .txt as well
_FRONT_MATTER = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)
_TITLE = re.compile(r"^#*\s*(?:title|标题|片名|剧名)\s*[:：]\s*(\S.*)$", re.IGNORECASE)
_CREDIT = re.compile(
    r"^(?:author|written by|by|director|producer|draft|date|作者|编剧|导演|制片|监制|日期|版本)"
    r"\s*[:：]",
    re.IGNORECASE,
)
_END = re.compile(r"[.!?…。！？”\"'’)）:：;；]$")
# What stands before a colon without being somebody who speaks.
_LABELS = re.compile(
    r"^(?:title|author|notes?|scene|time|date|location|place|music|sfx|sound|super|caption|shot"
    r"|camera|props|cast|characters|duration|slug|graphic|gfx|cut|fade|client|agency|project|job"
    r"|product|version|length|running time|trt|format|writer|producer|director|editor"
    r"|标题|片名|剧名|作者|编剧|字幕|字卡|场景|时间|地点|人物|出场人物|登场人物|道具|音效|音乐|配乐|镜头|画面"
    r"|特效|转场|服装|备注|注|日期|同期|同期声|现场声)$",
    re.IGNORECASE,
)
_HAN_NAME = re.compile(r"^[\u3400-\u9fff]{2,4}$")
_NO_NAMES = re.compile(r"^(?:https?|remember)$", re.IGNORECASE)
_LABELLED = re.compile(r"^([^\W\d_][^:：]{0,15})[:：]\s*\S")
_CUE_SHARE = 4  # a script whose cues are at least a quarter of its lines is written in cues


def parse(text: str, name: str) -> Screenplay:
    """Read plain text or Markdown. `name` is the title when no heading gives one."""
    title, text = _front_matter(text)
    if not title:
        title, text = _title_lines(text)
    numbered = [(n, line.strip()) for n, line in enumerate(text.split("\n"), start=1)]
    spoken = [line for _, line in numbered if line and not _structure(line)]
    lines = [line for _, line in numbered]
    cues = sum(_opening(*each) is not None for each in pairwise([*lines, ""]))
    in_cues = cues > 0 and cues * _CUE_SHARE >= len(spoken)
    units = with_scenes(list(_in_cues(numbered) if in_cues else _in_lines(numbered)))
    first = next((line for _, line in numbered if line), "")
    heading = plain(first.lstrip("#").strip()) if first.startswith("# ") else ""
    return Screenplay(title or heading or name, "text", units)


def cue(line: str) -> Unit | None:
    """The dialogue of a line such as `ANNA (whispers): Come in.` or `张三：进来。`."""
    feeling, words = _felt(line)
    if feeling:
        inner = cue(words)  # 【笑】张三：…
        return inner and _feeling(inner, feeling)
    match = _CUE.match(line) or _IN_BRACKETS.match(line)
    if match and match.re is _IN_BRACKETS and (inner := cue(match[3])):
        return inner  # 【同期】王五：…
    if not match or not _is_name(match[1]):
        return None
    if match[1][-1].isdigit() and match[3][0].isdigit():  # a time of day: "At 10:30"
        return None
    asides = re.findall(r"[(（]([^()（）]*)[)）]", match[2])
    text = joined([plain(match[3])])
    while (aside := _LEADING_ASIDE.match(text)) and aside.end() < len(text):
        asides.append(aside[1])
        text = text[aside.end() :]
    return Unit(DIALOGUE, text, 0, *_speaker(match[1], asides))


def _feeling(unit: Unit, feeling: str) -> Unit:
    """`unit` with one more aside."""
    asides = filter(None, (unit.parenthetical, feeling))
    return replace(unit, parenthetical="; ".join(asides))


def _felt(line: str) -> tuple[str, str]:
    """The feeling before the words of a line, and the words: 【叹气】我走。 is (叹气, 我走。)"""
    match = _FELT.match(simplified(line))
    return (line[match.start(1) : match.end(1)], line[match.start(2) :]) if match else ("", line)


def _opening(line: str, after: str) -> Unit | None:
    """The speech that a line opens: with its words, or with a name alone above them (`after`)."""
    bare = _unmarked(line)
    bold = _BOLD_LINE.match(line)
    if (found := None if _structure(line) and not bold else cue(bare)) or not after:
        return found
    match = _CUE_ALONE.match(bare) or (bold and _CUE_ALONE.match(f"{bare}:"))
    if not match or not _is_name(match[1]) or _structure(after) or cue(_unmarked(after)):
        return None
    if not (match[1].isupper() or re.search(r"[\u3400-\u9fff]", match[1])):
        return None
    asides = re.findall(r"[(（]([^()（）]*)[)）]", match[2])
    return Unit(DIALOGUE, "", 0, *_speaker(match[1], asides))


def _speaker(name: str, asides: list[str]) -> tuple[str, str]:
    """The character and the parenthetical of a cue: 李四OS, 张三说道 and 张 三 are names."""
    character, voice = named(name.removeprefix("@"))
    told = _SAID.match(character)
    parts = (part.strip() for part in (voice, *asides))
    return told[1] if told else character, "; ".join(filter(None, parts))


def _is_name(text: str) -> bool:
    words = text.removeprefix("@").split()
    if not 1 <= len(words) <= 4 or _NO_NAMES.match(words[0]):
        return False
    if _LABELS.match(simplified(words[0])):
        return False
    if re.search(r"[\u3400-\u9fff]", text):
        return len("".join(words)) <= 8
    return not any(word[0].islower() for word in words)


def _front_matter(text: str) -> tuple[str, str]:
    """The title of a YAML header, and the text with the header emptied (lines keep numbers)."""
    match = _FRONT_MATTER.match(text)
    if not match:
        return "", text
    title = re.search(r"^title:\s*[\"']?(.*?)[\"']?\s*$", match[1], re.IGNORECASE | re.MULTILINE)
    return title[1] if title else "", "\n" * match[0].count("\n") + text[match.end() :]


def _title_lines(text: str) -> tuple[str, str]:
    """The title of a first line such as `标题：台风之夜`, and the text without it and the credits
    that follow at once (lines keep numbers)."""
    lines = text.split("\n")
    first = next((at for at, line in enumerate(lines) if line.strip()), 0)
    match = _TITLE.match(lines[first].strip())
    if not match:
        return "", text
    after = first + 1
    while after < len(lines) and _CREDIT.match(lines[after].strip()):
        after += 1
    return plain(match[1]), "\n".join([""] * after + lines[after:])


def _unmarked(line: str) -> str:
    """`line` without quote marks, bullets, numbers and emphasis."""
    return plain(_BULLET.sub("", line.lstrip("> ")))


def _structure(line: str) -> Unit | None:
    """The unit of a line that nobody says; its text is empty when it is only decoration."""
    if _RULE.match(line):
        return Unit(ACTION, "", 0)
    bare = _unmarked(line)
    label = _LABELLED.match(bare)
    if line.startswith(tuple(ACTION_MARKS)) or (
        label and _LABELS.match(simplified(label[1].strip()))
    ):
        return Unit(ACTION, bare.lstrip(ACTION_MARKS).strip(), 0)
    bold = _BOLD_LINE.match(line) and not cue(bare) and not bare.endswith((".", "!", "?", "。"))
    if re.match(r"^#{1,6}\s", line):
        return Unit(HEADING, plain(line.lstrip("#").strip()), 0)
    if _FORCED_HEADING.match(bare):
        return Unit(HEADING, bare[1:], 0)
    if bold or is_heading(bare):
        return Unit(HEADING, bare, 0)
    if _BRACKETED.match(bare):
        return Unit(ACTION, bare[1:-1].strip(), 0)
    return None


def _in_cues(numbered: list[tuple[int, str]]) -> Iterator[Unit]:
    """Cues with the lines that go on under them; what stands apart is action."""
    speech: Unit | None = None
    opened = [_opening(line, after) for (_, line), (_, after) in pairwise([*numbered, (0, "")])]
    names = tuple({each.character for each in opened if each and _HAN_NAME.match(each.character)})
    for (number, line), found in zip(numbered, opened, strict=True):
        structure = None if found else _structure(line) if line else Unit(ACTION, "", 0)
        bare = _unmarked(line)
        does = speech and _END.search(speech.text) and bare.startswith(names)  # 张三打开门。
        if speech and not structure and not found and not does:
            aside, words = _felt(bare)
            speech = _feeling(replace(speech, text=joined([speech.text, words])), aside)
            continue
        if speech:
            yield speech
        speech = None
        if found:
            speech = Unit(DIALOGUE, found.text, number, found.character, found.parenthetical)
        elif not structure:
            aside, words = _felt(bare)
            yield Unit(DIALOGUE if aside else ACTION, words, number, "", aside)
        elif structure.text:
            yield Unit(structure.kind, structure.text, number)
    if speech:
        yield speech


def _in_lines(numbered: list[tuple[int, str]]) -> Iterator[Unit]:
    """Every line is something to be found; lines that were only wrapped become one."""
    pending: list[tuple[int, str]] = []
    for number, line in [*numbered, (0, "")]:
        structure = _structure(line) if line else None
        bare = _unmarked(line)
        if pending and (not line or structure or not _goes_on(pending[-1][1], bare)):
            yield from _unwrapped(pending)
            pending = []
        if structure and structure.text:
            yield Unit(structure.kind, structure.text, number)
        elif bare and not structure:
            pending.append((number, bare))


def _goes_on(line: str, following: str) -> bool:
    """Whether `following` may be the rest of `line`: no end before, a small letter after."""
    return not _END.search(line) and following[:1].islower()


def _unwrapped(lines: list[tuple[int, str]]) -> Iterator[Unit]:
    """One line when `lines` were wrapped, else each by itself.

    A list typed in small letters without full stops looks much the same. Wrapped lines end
    with the sentence, and no line breaks where the next word would still have fitted.
    """
    texts = [text for _, text in lines]
    widest = max(map(len, texts))
    full = all(len(one) + 1 + len(two.split()[0]) > widest for one, two in pairwise(texts))
    if full and _END.search(texts[-1]):
        yield _line(joined(texts), lines[0][0])
        return
    for number, text in lines:
        yield _line(text, number)


def _line(text: str, number: int) -> Unit:
    """A line to be found; `NAME: words` keeps its name when it is written as a cue would be."""
    found = cue(text)
    if found and (
        found.character.isupper() or re.match(r"^[\u3400-\u9fff]{1,4}$", found.character)
    ):
        return Unit(DIALOGUE, found.text, number, found.character, found.parenthetical)
    aside, words = _felt(text)
    return Unit(DIALOGUE, words, number, "", aside)
