"""Which reader a script file gets, by its suffix."""

from collections.abc import Callable
from pathlib import Path

from indexers.scripts import fdx, mos
from indexers.scripts.encodings import LARGEST, decode
from indexers.scripts.recognition import objection
from indexers.scripts.screenplay import Screenplay
from indexers.scripts.typed import parse
from media.errors import Rejected, TryLater

FOUNTAIN = (".fountain", ".spmd")
TEXT = (".txt", ".md", ".markdown", ".text")
_Reader = Callable[[bytes, Path, str], Screenplay]


# python-docx and openpyxl take 20 MB: only where one of their files has come.
def _word(data: bytes, path: Path, name: str) -> Screenplay:
    from indexers.scripts import word

    return word.parse(data, path, name)


def _csv(data: bytes, path: Path, name: str) -> Screenplay:
    from indexers.scripts import rundown

    return rundown.parse_csv(data, path, name)


def _xlsx(data: bytes, path: Path, name: str) -> Screenplay:
    from indexers.scripts import rundown

    return rundown.parse_xlsx(data, path, name)


_READERS: dict[str, _Reader] = {
    ".fdx": fdx.parse,
    ".docx": _word,
    ".csv": _csv,
    ".tsv": _csv,
    ".xlsx": _xlsx,
    ".xml": mos.parse,
    ".mos": mos.parse,
}
# What lies behind a wrong name: the first bytes of files that are no text.
_OTHERS = (
    (b"%PDF", "a PDF"),
    (b"{\\rtf", "an RTF document"),
    (b"PK\x03\x04", "an Office document or a ZIP archive"),
    (b"\xd0\xcf\x11\xe0", "a document of an old Office"),
    (b"<!DOCTYPE html", "a web page"),
    (b"<html", "a web page"),
)
_ADVICE = "save it as .docx, .fdx, Fountain or plain text"


def read(path: Path, name: str) -> Screenplay:
    """Parse the file at `path`; `name` is the title of a script that has none.

    Raises Rejected when it is no script, or TryLater if it can't be read now.
    """
    suffix = path.suffix.lower()
    if suffix not in (*TEXT, *FOUNTAIN, *_READERS):
        raise Rejected(f"{path.name}: {suffix or 'a file without suffix'} is not read: {_ADVICE}")
    screenplay = _read(_bytes(path), path, name)
    if not any(unit.kind != "heading" for unit in screenplay.units):
        raise Rejected(f"{path.name} has no lines in it: write a script and drop it again")
    if suffix in (*TEXT, ".docx") and (reason := objection(screenplay, path.name)):
        raise Rejected(
            f"{path.name} {reason}. If it is a script, begin its lines with NAME: or 张三：, "
            "or save it as .fountain"
        )
    return screenplay


def _read(data: bytes, path: Path, name: str) -> Screenplay:
    suffix = path.suffix.lower()
    reader = _READERS.get(suffix)
    start = data[:64].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    other = next((what for magic, what in _OTHERS if start.startswith(magic.lower())), "")
    if other and suffix not in (".docx", ".xlsx"):
        raise Rejected(f"{path.name} is {other} under another name: {_ADVICE}")
    try:
        return reader(data, path, name) if reader else _typed(data, path, name)
    except RecursionError as error:
        raise Rejected(
            f"{path.name} nests its elements deeper than any script: export it again"
        ) from error


def _typed(data: bytes, path: Path, name: str) -> Screenplay:
    text = decode(data, path.name).replace("\r\n", "\n").replace("\r", "\n")
    return parse(text, name, path.suffix.lower() in FOUNTAIN)


def _bytes(path: Path) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise TryLater(f"{path.name} can't be read now: {error.strerror}") from error
    if not data.strip():
        raise Rejected(f"{path.name} is empty: write a script and drop it again")
    if len(data) > LARGEST:
        raise Rejected(f"{path.name} is larger than 16 MB and can't be a script")
    return data
