"""The text of a file in whatever encoding it was saved."""

import codecs
import re

from charset_normalizer import from_bytes

from media.errors import Rejected

LARGEST = 16 * 1024 * 1024  # bytes; the longest feature scripts are under 1 MB
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LEGACY = ("gb18030", "big5", "cp1252", "shift_jis", "euc_kr")
# The half of each Chinese character set that is in daily use, as its first bytes (level 1 of
# GB 2312 with second bytes from A1; level 1 of Big5), and its punctuation.
_DAILY = {
    "gb18030": re.compile(rb"[\xb0-\xd7\xa1-\xa3][\xa1-\xfe]"),
    "big5": re.compile(rb"[\xa1-\xc6][\x40-\x7e\xa1-\xfe]"),
}
_PAIR = re.compile(rb"[\x81-\xfe][\x30-\xff]")
_MOSTLY = 0.9  # of the characters are in daily use
_HANGUL_END = 0xC8  # first bytes of Korean's EUC-KR end here, two fifths of GB 2312's come after
_DECLARED = re.compile(rb"\A\s*<\?xml[^>]*?encoding=[\"']([\w.-]+)[\"']")
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")


def decode(data: bytes, name: str) -> str:
    """The text of a file in whatever encoding: UTF-8, UTF-16, GB18030, Big5 …

    Raises Rejected when it is empty or no text.
    """
    if not data.strip():
        raise Rejected(f"{name} is empty: write a script and drop it again")
    if len(data) > LARGEST:
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
    if chinese := _chinese(data):
        return data.decode(chinese)
    best = from_bytes(data, cp_isolation=list(_LEGACY)).best()
    return str(best) if best else None


def _unmarked_utf16(data: bytes) -> str | None:
    """UTF-16 without a mark, told by line feeds of two bytes; UTF-8 text holds no zero byte."""
    if len(data) % 2 or b"\0" not in data:
        return None
    little = data[:4096:2].count(0) < data[1:4096:2].count(0)
    return "utf-16-le" if little else "utf-16-be"


def _chinese(data: bytes) -> str | None:
    """Which of the two old Chinese encodings this surely is; statistics need more than a line."""
    pairs = _PAIR.findall(data)
    shares = {
        name: sum(daily.fullmatch(pair) is not None for pair in pairs) / max(1, len(pairs))
        for name, daily in _DAILY.items()
        if _decodes(data, name)
    }
    name = max(shares, key=shares.__getitem__, default="")
    others = max((share for other, share in shares.items() if other != name), default=0.0)
    korean = b" " in data and all(pair[0] <= _HANGUL_END for pair in pairs)
    sure = pairs and shares.get(name, 0.0) >= max(_MOSTLY, others + 0.1)
    return name if sure and not (korean and name == "gb18030") else None


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def decode_xml(data: bytes, name: str) -> str:
    """The text of an XML file, without its declaration.

    The parser knows few encodings and no UTF-16 without a mark, which newsroom systems send.
    A file may declare what it isn't: then it is told like any other text. Raises Rejected.
    """
    declared = _DECLARED.match(data[:256])
    if declared:
        try:
            return _DECLARATION.sub("", data.decode(declared[1].decode()))
        except (LookupError, UnicodeDecodeError):
            pass
    return _DECLARATION.sub("", decode(data, name))
