"""The parse stage: a script file becomes script lines."""

import codecs
from pathlib import Path

from charset_normalizer import from_bytes

from catalog.models import Script, ScriptLine
from catalog.places import file_stem
from catalog.words import counted, is_chinese
from catalog.work import Facts, Queue, Work
from indexers.scripts import fountain, plaintext
from indexers.scripts.screenplay import HEADING, Screenplay
from media.errors import Rejected, TryLater

_LARGEST = 16 * 1024 * 1024  # bytes; the longest feature scripts are under 1 MB
_TEXT_SUFFIXES = (".txt", ".md", ".markdown", ".text")
_FOUNTAIN_SUFFIXES = (".fountain", ".spmd")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LEGACY = ("gb18030", "big5", "cp1252", "shift_jis", "euc_kr")


class Parse:
    """Reads a script. Facts: one Script, its ScriptLines."""

    name = "parse"
    needs = ()
    queue = Queue.IO
    version = 1
    limit = 60.0
    makes = (Script, ScriptLine)

    def run(self, work: Work) -> Facts:
        """Raises Rejected when the file is no script that can be read."""
        screenplay = read(work.source, file_stem(work.item))
        if not screenplay.dialogue:
            raise Rejected(
                f"{work.source.name} has no dialogue: a rough cut needs lines that somebody says, "
                "such as NAME: words"
            )
        item_id = work.item.id
        assert item_id is not None
        words = " ".join(unit.text for unit in screenplay.dialogue or screenplay.units)
        script = Script(
            item_id=item_id,
            title=screenplay.title,
            format=screenplay.format,
            language="zh" if is_chinese(words) else "en",
            warnings=list(screenplay.warnings),
        )
        lines = [
            ScriptLine(
                item_id=item_id,
                number=number,
                kind=unit.kind,
                scene=unit.scene,
                character=unit.character,
                parenthetical=unit.parenthetical,
                text=unit.text,
                source_line=unit.source_line,
            )
            for number, unit in enumerate(screenplay.units)
        ]
        return Facts(message=_summary(screenplay), rows=(script, *lines))


def read(path: Path, name: str) -> Screenplay:
    """Parse the file at `path` by its format. Raises Rejected, or TryLater if it can't be read."""
    suffix = path.suffix.lower()
    if suffix not in _TEXT_SUFFIXES + _FOUNTAIN_SUFFIXES:
        raise Rejected(
            f"{path.name}: {suffix or 'a file without suffix'} is not read yet: "
            "export it as Fountain or plain text"
        )
    try:
        data = path.read_bytes()
    except OSError as error:
        raise TryLater(f"{path.name} can't be read now: {error.strerror}") from error
    text = decode(data, path.name).replace("\r\n", "\n").replace("\r", "\n")
    screenplay = parse(text, name, suffix in _FOUNTAIN_SUFFIXES)
    if not screenplay.units:
        raise Rejected(f"{path.name} has no lines in it: write a script and drop it again")
    return screenplay


def parse(text: str, name: str, is_fountain: bool) -> Screenplay:
    """Parse by what the text looks like, not only by what the file is called.

    People save screenplays as .txt, and write `NAME: words` into .fountain files.
    """
    screenplay = fountain.parse(text, name)
    if is_fountain and screenplay.dialogue:
        return screenplay
    typed = plaintext.parse(text, name)
    if is_fountain:
        return _instead(screenplay, typed)
    cued = any(unit.character for unit in typed.dialogue)
    headed = any(unit.kind == HEADING for unit in screenplay.units)
    if not cued and len(screenplay.dialogue) >= (1 if headed else 2):
        return screenplay
    return typed


def _instead(screenplay: Screenplay, typed: Screenplay) -> Screenplay:
    """Plain cues in a Fountain file that has none of Fountain's."""
    if not any(unit.character for unit in typed.dialogue):
        return screenplay
    warning = "no character cues of Fountain were found: read as NAME: words"
    return Screenplay(screenplay.title, typed.format, typed.units, (warning,))


def decode(data: bytes, name: str) -> str:
    """The text of a file in whatever encoding: UTF-8, UTF-16, GB18030, Big5 …

    Raises Rejected when it is empty or no text.
    """
    if not data.strip():
        raise Rejected(f"{name} is empty: write a script and drop it again")
    if len(data) > _LARGEST:
        raise Rejected(f"{name} is larger than 16 MB and can't be a script")
    text = _decoded(data)
    controls = sum(ord(char) < 32 and char not in "\t\n\r\f\v\x1a" for char in text or "")
    if text is None or controls > len(text) / 200:
        raise Rejected(f"{name} is not text: export it as Fountain or plain text in UTF-8")
    if not text.strip():
        raise Rejected(f"{name} is empty: write a script and drop it again")
    return text.lstrip("\ufeff").replace("\x1a", "").replace("\f", "\n")


def _decoded(data: bytes) -> str | None:
    marked = next((encoding for mark, encoding in _MARKS if data.startswith(mark)), None)
    for encoding in (marked, _unmarked_utf16(data), "utf-8"):
        try:
            if encoding:
                return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    best = from_bytes(data, cp_isolation=list(_LEGACY)).best()
    return str(best) if best else None


def _unmarked_utf16(data: bytes) -> str | None:
    """UTF-16 without a mark, told by line feeds of two bytes; UTF-8 text holds no zero byte."""
    if len(data) % 2 or b"\0" not in data:
        return None
    little = data[:4096:2].count(0) < data[1:4096:2].count(0)
    return "utf-16-le" if little else "utf-16-be"


def _summary(screenplay: Screenplay) -> str:
    lines = len(screenplay.dialogue)
    people = len({unit.character for unit in screenplay.dialogue if unit.character})
    scenes = sum(unit.kind == HEADING for unit in screenplay.units)
    return ", ".join(
        (
            counted(lines, "dialogue line"),
            counted(people, "character"),
            counted(scenes, "heading"),
        )
    )
