"""Pictures as footage: a still is shown for a while, an image sequence has a file a frame."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

from PIL import ExifTags, Image

from catalog.models import Footage
from catalog.work import Work
from config.footage import Stills
from indexers import sanity
from media import filmheaders
from media.errors import Rejected
from media.numbered import ImageSequence, listed
from media.original import Original
from media.timecode import Timecode, exact_rate, seconds_to_frames

_SHOWN_GAPS = 5
_NOT_KNOWN = 1  # of EXIF's orientations: upright
# By EXIF's orientation (CIPA DC-008, 4.6.5.1.5): ffmpeg's filters, and whether sides are swapped.
_UPRIGHT: dict[int, tuple[tuple[tuple[str, str], ...], bool]] = {
    2: ((("hflip", ""),), False),
    3: ((("hflip", ""), ("vflip", "")), False),
    4: ((("vflip", ""),), False),
    5: ((("transpose", "cclock_flip"),), True),
    6: ((("transpose", "clock"),), True),
    7: ((("transpose", "clock_flip"),), True),
    8: ((("transpose", "cclock"),), True),
}
_TURNED = {3: "180°", 6: "90°", 8: "270°"}


def is_picture(answer: Mapping[str, Any]) -> bool:
    """Whether ffprobe speaks of one picture, and not of a recording."""
    names = str(answer.get("format", {}).get("format_name", "")).split(",")
    return any(name == "image2" or name.endswith("_pipe") for name in names)


def footage(answer: Mapping[str, Any], work: Work) -> Footage:
    """The Footage row of a still, or of the sequence that the picture is the first of.

    Raises Rejected when it can't be decoded.
    """
    path, settings, sequence = work.source, work.settings.stills, work.original.sequence
    video = next((each for each in answer.get("streams", []) if each.get("width")), None)
    if video is None or video.get("codec_name", "unknown") == "unknown":
        raise Rejected(
            f"{path.name} is no picture that ffmpeg can decode: export it as JPEG or PNG"
        )
    sanity.require_sane_size(video, path.name)
    orientation, said = _exif(path) if sequence is None else (_NOT_KNOWN, {})
    width, height = int(video["width"]), int(video["height"])
    if _UPRIGHT.get(orientation, ((), False))[1]:
        width, height = height, width
    known = _sequence(sequence, path, settings) if sequence else _still(settings)
    return Footage(
        asset_id=work.asset_id, **known, picture_offset=0.0, variable_rate=False,
        has_picture=True, has_sound=False, width=width, height=height, interlaced=False,
        video_codec=str(video["codec_name"]), audio_codec="", audio_channels=0,
        reel=path.stem if sequence is None else sequence.numbering.before.rstrip(" .-_") or "1",
        about={"colour": _colour(video), **said, **(_files(sequence, path) if sequence else {})},
    )  # fmt: skip


def summary(found: Footage) -> str:
    """One line for people."""
    seconds, rate = found.frames / found.rate, float(found.rate)
    about = dict(found.about)
    size = f"{found.width}×{found.height} {found.video_codec}, {about.pop('colour', '')}"
    if found.still:
        said = [f"{name} {value}" for name, value in about.items()]
        return ", ".join(["picture", size, *said, f"shown for {float(seconds):.1f} s"])
    start = Timecode(found.start_frame, found.rate, found.drop_frame)
    length = f"{float(seconds):.1f} s at {rate:g} fps"
    return ", ".join([f"image sequence {about.get('files', '')}", length, size, f"from {start}"])


def upright(stream: Any, path: Path) -> Any:
    """A still as its camera was held."""
    for name, value in _UPRIGHT.get(_exif(path)[0], ((), False))[0]:
        stream = stream.filter(name, value) if value else stream.filter(name)
    return stream


@contextmanager
def opened(work: Work, found: Footage) -> Iterator[Original]:
    """The original as the scan opens it: a sequence as a row of links without gaps, which lie in
    the state folder, because a share may have none."""
    original = work.original
    if original.sequence is None:
        yield original
        return
    folder = work.settings.folders.state / "frames" / str(work.item.id)
    with original.sequence.linked(folder) as links:
        yield original.as_row(links, found.rate)


def _still(settings: Stills) -> dict[str, Any]:
    rate = exact_rate(settings.rate)
    frames = max(1, seconds_to_frames(settings.seconds, rate))
    return {**_timed(rate, Timecode(0, rate)), "frames": frames, "still": True, "warnings": []}


def _sequence(found: ImageSequence, path: Path, settings: Stills) -> dict[str, Any]:
    """Rate and timecode as the frames say; else as set, and as they are numbered."""
    header = filmheaders.read(path)
    rate = header.rate or exact_rate(settings.rate)
    start, warnings = Timecode(found.first, rate), _gaps(found)
    if header.timecode:
        try:
            start = Timecode.parse(header.timecode, rate)
        except ValueError as error:
            warnings.append(f"timecode of the frames ignored: {error}")
    return {**_timed(rate, start), "frames": found.length, "warnings": warnings}


def _timed(rate: Fraction, start: Timecode) -> dict[str, Any]:
    return {
        "rate_num": rate.numerator, "rate_den": rate.denominator, "start_frame": start.frames,
        "drop_frame": start.drop_frame, "has_timecode": True,
    }  # fmt: skip


def _gaps(found: ImageSequence) -> list[str]:
    gaps = found.gaps
    if not gaps:
        return []
    digits = found.numbering.digits
    said = [f"{a:0{digits}}" if a == b else f"{a:0{digits}}–{b:0{digits}}" for a, b in gaps]
    more = f" and {len(said) - _SHOWN_GAPS} more" if len(said) > _SHOWN_GAPS else ""
    missing = found.length - len(found.frames)
    return [
        f"{missing} of {found.length} frames {'is' if missing == 1 else 'are'} missing "
        f"({', '.join(said[:_SHOWN_GAPS])}{more}): "
        "the one before is shown in their place; add them, and the sequence is taken anew"
    ]


def _files(found: ImageSequence, path: Path) -> dict[str, str]:
    return {"files": f"{listed(path.name, found.length)} ({len(found.frames)} files)"}


def _colour(video: Mapping[str, Any]) -> str:
    names = ("pix_fmt", "color_space", "color_transfer", "color_primaries")
    said = (str(video.get(name, "unknown")) for name in names)
    return " ".join(dict.fromkeys(each for each in said if each != "unknown"))


def _exif(path: Path) -> tuple[int, dict[str, str]]:
    """Orientation, and what is told to people; what can't be read says nothing."""
    try:
        with Image.open(path) as image:
            found = image.getexif()
            detail = found.get_ifd(ExifTags.IFD.Exif)
    except Exception:  # noqa: BLE001 - parsers of hostile bytes raise anything
        return _NOT_KNOWN, {}
    taken = detail.get(ExifTags.Base.DateTimeOriginal) or found.get(ExifTags.Base.DateTime)
    camera = (found.get(ExifTags.Base.Make), found.get(ExifTags.Base.Model))
    orientation = found.get(ExifTags.Base.Orientation, _NOT_KNOWN)
    orientation = orientation if orientation in _UPRIGHT else _NOT_KNOWN
    said = {
        "taken": _text(taken).replace(":", "-", 2),
        "with": " ".join(filter(None, map(_text, camera))),
        "turned": _TURNED.get(orientation, ""),
    }
    return orientation, {name: value for name, value in said.items() if value}


def _text(value: Any) -> str:
    return value.strip("\0 ") if isinstance(value, str) else ""
