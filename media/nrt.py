"""Sony's NonRealTimeMeta: what XDCAM and XAVC cameras write about a clip beside it.

    <LtcChangeTable tcFps="25" halfStep="false">
      <LtcChange frameCount="0" value="12055310" status="increment"/>

XAVC S has its timecode nowhere else that ffmpeg looks.
"""

from pathlib import Path

from media import xmlfile

_ROOT = "NonRealTimeMeta"
_LARGEST = 4_000_000  # bytes; they have a few thousand
_DROP_FRAME = 0x40  # in the first byte of a timecode (SMPTE ST 12-1)


def read(path: Path) -> dict[str, str]:
    """Its `name`, `timecode`, and `counted`, the frames a second of that; only what it says."""
    found: dict[str, str] = {}
    for name, element in xmlfile.elements(path):
        if name == "Title" and element.get("usAscii"):
            found["name"] = element.get("usAscii", "")
        elif name == "LtcChangeTable":
            found["counted"] = element.get("tcFps", "")
        elif name == "LtcChange" and element.get("frameCount") == "0":
            found["timecode"] = _timecode(element.get("value", ""))
    return {key: value for key, value in found.items() if value}


def beside(clip: Path) -> dict[str, str]:
    """What the file of a clip's name, or of that and M01, says; {} where there is none."""
    for end in ("M01.XML", "M01.xml", ".XML", ".xml"):
        path = clip.with_name(f"{clip.stem}{end}")
        if path.is_file() and path.stat().st_size <= _LARGEST:
            name, _ = next(xmlfile.elements(path), ("", None))
            if name == _ROOT:
                return read(path)
    return {}


def _timecode(value: str) -> str:
    """Of the form FFSSMMHH, in binary-coded decimals with flags in the first byte."""
    try:
        frames, seconds, minutes, hours = bytes.fromhex(value)
    except ValueError:
        return ""
    mark = ";" if frames & _DROP_FRAME else ":"
    return f"{hours & 0x3F:02x}:{minutes & 0x7F:02x}:{seconds & 0x7F:02x}{mark}{frames & 0x3F:02x}"
