"""File names as text: a path of any bytes has one text, and the text leads back to the file.

Linux allows every byte but `/` and NUL in a name; databases, JSON, XML and EDLs allow valid
Unicode only. Bytes that are not UTF-8 (cards from old cameras, ISO 8859-1 or GBK from a share)
are written as `‛E4`: U+201B and two hexadecimal digits, the convention of rclone, whose users
know it. A real U+201B is doubled, so that no two names share a text.
"""

import re

_MARK = "\u201b"
# Python shows undecodable bytes 0x80 to 0xFF as U+DC80 to U+DCFF (PEP 383).
_ODD = re.compile("[\udc80-\udcff\u201b]")
_QUOTED = re.compile(f"{_MARK}({_MARK}|[89A-F][0-9A-F])")


def to_text(path: str) -> str:
    """The text of a path as Python gives it: valid Unicode, for the catalog and for people."""
    return path if path.isascii() else _ODD.sub(_quote, path)


def to_path(text: str) -> str:
    """The path whose text this is, as `os` functions want it."""
    return text if _MARK not in text else _QUOTED.sub(_unquote, text)


def _quote(odd: re.Match[str]) -> str:
    return _MARK * 2 if odd[0] == _MARK else f"{_MARK}{ord(odd[0]) - 0xDC00:02X}"


def _unquote(quoted: re.Match[str]) -> str:
    return _MARK if quoted[1] == _MARK else chr(0xDC00 + int(quoted[1], 16))
