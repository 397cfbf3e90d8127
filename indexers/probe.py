"""The probe stage: what a container says about its picture, its sound and its time."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from fractions import Fraction
from pathlib import Path
from typing import Any

from catalog.models import Footage
from catalog.stories import camera_files
from catalog.work import Facts, Queue, Work
from indexers import chapters, identity, sanity, stills, timecodes
from indexers.source import require_unchanged
from indexers.timing import Timing, is_certain, is_interlaced, timing
from media import ffmpeg, ixml, nrt
from media.errors import Rejected
from media.original import Original
from media.raw import instead, is_photograph, raw_inside, raw_kind
from media.timecode import Timecode, seconds_to_frames

SOUND_RATE = Fraction(25)  # frames a second of sound without picture
_LEAST_SCORE = 25  # of ffprobe's 100: below, it only guesses what the file is
_LISTING_SECONDS = 3600.0

Stream = Mapping[str, Any]


class Probe:
    """ffprobe's answer as a Footage row."""

    name = "probe"
    needs = ("checksum",)
    queue = Queue.IO
    version = 1
    limit = 2 * 3600.0
    makes = (Footage,)

    def inputs(self, work: Work) -> str:
        """Which files its camera wrote about it, as far as they were accepted. One that was taken
        away since is still one of them: nothing is forgotten because a disk is away."""
        return ",".join(str(each.id) for each in camera_files(work.session, work.item))

    def run(self, work: Work) -> Facts:
        """Raises Rejected when it is not footage."""
        require_unchanged(work)
        try:
            if is_photograph(work.source):
                _refuse_raw(work.source)
            answer = ask(work.original)
            if stills.is_picture(answer):
                found = stills.footage(answer, work)
                return Facts(rows=[found], message=stills.summary(found), engine="ffprobe")
            footage = read(answer, work.source, work.asset_id)
        except Rejected:
            require_unchanged(work)  # what was moved meanwhile looks like a bad file to ffprobe
            if identity.is_unread(work):
                with closing(identity.Reading(work)) as reading:
                    reading.finish()  # a copy that is not what a manifest says: that is why
            _refuse_raw(work.source)
            raise
        if not footage.has_picture:
            footage.about = ixml.read(work.source)
        card = _about(work)
        message = summary(from_card(footage, card, work.source))
        footage.parts = chapters.parts(work.original, footage, lambda one: read(ask(one), one.path))
        name = f", called {card['name']!r} on its card" if card.get("name") else ""
        return Facts(rows=[footage], message=message + name, engine="ffprobe")


def ask(original: Original) -> dict[str, Any]:
    """ffprobe's answer; with all packets of the picture where the container's word won't do.

    Raises Rejected when it is empty, or can't be opened.
    """
    if not original.path.stat().st_size:
        raise Rejected(
            f"{original.path.name} is empty: check the copy, or drop it again from the card"
        )
    answer = ffmpeg.probe_original(original)
    video = picture(answer)
    if video is not None and not stills.is_picture(answer) and not is_certain(answer, video):
        entries = ("-select_streams", str(video["index"]), "-show_entries", "packet=pts,dts,flags")
        packets = ffmpeg.probe_original(original, *entries, limit=_LISTING_SECONDS)
        answer["packets"] = packets.get("packets", [])
    return answer


def read(answer: Mapping[str, Any], path: Path, asset_id: int = 0) -> Footage:
    """The Footage row that `ask` amounts to. Raises Rejected."""
    sanity.refuse_raw(answer, path.name)
    _require_footage(answer, path)
    try:
        footage = _read(answer, path, asset_id)
    except (ValueError, ArithmeticError, LookupError) as error:
        raise Rejected(
            f"{path.name} has no usable figures in its header ({error}): check the copy, or drop "
            "it again from the card"
        ) from error
    if size := int(answer["format"].get("size", 0)):
        sanity.require_sane_length(footage, size, path.name)
    return footage


def _read(answer: Mapping[str, Any], path: Path, asset_id: int) -> Footage:
    """Raises ValueError, ArithmeticError or LookupError where the header contradicts itself."""
    video, audio = picture(answer), sound(answer)
    if video:
        sanity.require_sane_size(video, path.name)
    runs = timing(answer, video) if video else _sound_timing(answer, audio[0])
    start = timecodes.start(answer, runs.rate)
    width, height = _display_size(video) if video else (0, 0)
    return Footage(
        asset_id=asset_id,
        rate_num=runs.rate.numerator,
        rate_den=runs.rate.denominator,
        drop_frame=start.timecode.drop_frame,
        start_frame=start.timecode.frames,
        has_timecode=start.found,
        frames=runs.frames,
        picture_offset=_picture_offset(answer, runs) if video else 0.0,
        variable_rate=runs.variable,
        has_picture=video is not None,
        has_sound=bool(audio),
        width=width,
        height=height,
        interlaced=video is not None and is_interlaced(video),
        video_codec=str(video["codec_name"]) if video else "",
        audio_codec=str(audio[0]["codec_name"]) if audio else "",
        audio_channels=sum(int(stream["channels"]) for stream in audio),
        reel=timecodes.reel(answer, path),
        warnings=[*start.warnings, *_warnings(runs), *([] if video else _unseen(answer))],
    )


def _about(work: Work) -> Mapping[str, str]:
    """What its card, or the camera's XML beside it, says of it. Raises TryLater where that XML
    can't be read because its disk went away."""
    found = work.item.card or nrt.beside(work.source)
    if not found and camera_files(work.session, work.item):
        require_unchanged(work)
        return _known(work)
    return found


def _known(work: Work) -> Mapping[str, str]:
    """What was known of it when the XML beside it, which somebody took away, was still there."""
    before = work.session.get(Footage, work.asset_id)
    if before is None or not before.has_timecode:
        return {}
    timecode = Timecode(before.start_frame, before.rate, before.drop_frame)
    return {"reel": before.reel, "timecode": str(timecode)}


def from_card(footage: Footage, card: Mapping[str, str], path: Path) -> Footage:
    """Reel and timecode as the camera card, or the camera's XML beside it, has them, where the
    file itself has none."""
    if footage.reel == path.stem and card.get("reel"):
        footage.reel = card["reel"]
    if card.get("timecode") and not footage.has_timecode:
        try:
            start = timecodes.parse(card["timecode"], _counted(card, footage), footage.rate)
        except ValueError as error:
            footage.warnings = [*footage.warnings, f"timecode of its card ignored: {error}"]
            return footage
        footage.start_frame, footage.drop_frame = start.frames, start.drop_frame
        footage.has_timecode = True
        footage.warnings = [each for each in footage.warnings if each != timecodes.NONE_EMBEDDED]
    return footage


def _counted(card: Mapping[str, str], footage: Footage) -> Fraction | None:
    """The rate that a card's timecode counts at, where that is half the picture's."""
    halved = str(round(footage.rate / 2)) == card.get("counted")
    return footage.rate / 2 if halved else None


def picture(answer: Mapping[str, Any]) -> Stream | None:
    """The moving picture: the first that can be decoded and is no cover art."""
    return next(iter(_streams(answer, "video")), None)


def sound(answer: Mapping[str, Any]) -> list[Stream]:
    """The sound streams that can be decoded."""
    return [stream for stream in _streams(answer, "audio") if int(stream.get("channels", 0))]


def summary(footage: Footage) -> str:
    """One line for people: time, rate, size, codecs, timecode."""
    rate = float(footage.rate)
    parts = [f"{footage.frames / rate:.1f} s at {rate:g} fps"]
    if footage.has_picture:
        parts.append(f"{footage.width}×{footage.height} {footage.video_codec}")
    if footage.has_sound:
        named = f" ({footage.about['channels']})" if "channels" in footage.about else ""
        parts.append(f"{footage.audio_codec} {footage.audio_channels} ch{named}")
    parts += [
        f"{name} {footage.about[name]}" for name in ("scene", "take") if name in footage.about
    ]
    start = Timecode(footage.start_frame, footage.rate, footage.drop_frame)
    parts.append(f"from {start}" if footage.has_timecode else "no timecode")
    return ", ".join(parts)


def _streams(answer: Mapping[str, Any], kind: str) -> list[Stream]:
    return [
        stream
        for stream in answer.get("streams", [])
        if stream.get("codec_type") == kind
        and stream.get("codec_name", "unknown") not in ("unknown", "none")
        and not stream.get("disposition", {}).get("attached_pic")
        and (kind != "video" or stream.get("width"))
    ]


def _require_footage(answer: Mapping[str, Any], path: Path) -> None:
    """Raise Rejected for drawings, and for what has neither picture nor sound."""
    container = answer.get("format", {})
    names = str(container.get("format_name", "")).split(",")
    video, audio = picture(answer), sound(answer)
    if "gif" in names:
        raise Rejected(f"{path.name} is a drawing, not footage: it is left where it is")
    if not (video or audio) or int(container.get("probe_score", 100)) < _LEAST_SCORE:
        raise Rejected(
            f"{path.name} has neither picture nor sound that ffmpeg can decode: check the copy, "
            "or drop it again from the card"
        )


def _refuse_raw(path: Path) -> None:
    if kind := raw_kind(path) or raw_inside(path):
        raise Rejected(
            f"{path.name} is {kind}, which ffmpeg can't decode: {instead(path)}; the original is "
            "left where it is"
        )


def _sound_timing(answer: Mapping[str, Any], audio: Stream) -> Timing:
    """The length of sound without picture, in whole frames."""
    seconds = Fraction(audio.get("duration") or answer["format"].get("duration") or 0)
    frames = seconds_to_frames(seconds, SOUND_RATE)
    if frames < 1:
        raise ValueError("it has no duration")
    return Timing(SOUND_RATE, frames, variable=False)


def _display_size(video: Stream) -> tuple[int, int]:
    """Width and height in square pixels, turned upright."""
    width, height = int(video["width"]), int(video["height"])
    shape = str(video.get("sample_aspect_ratio", "1:1")).split(":")
    across, down = int(shape[0]), int(shape[-1])
    if across > 0 and down > 0:
        width = round(Fraction(width * across, down))
    return (height, width) if _quarter_turns(video) % 2 else (width, height)


def _quarter_turns(video: Stream) -> int:
    turns: Sequence[Any] = [
        side["rotation"] for side in video.get("side_data_list", []) if "rotation" in side
    ] or [video.get("tags", {}).get("rotate", 0)]
    return round(float(turns[0]) / 90)


def _picture_offset(answer: Mapping[str, Any], runs: Timing) -> float:
    """Seconds from the earliest stream's first moment, ffmpeg's zero, to the first picture."""
    return float(runs.first - Fraction(answer["format"].get("start_time", 0)))


def _unseen(answer: Mapping[str, Any]) -> list[str]:
    """Of a file whose sound alone can be decoded, though it has a picture."""
    shown = [
        str(stream.get("codec_tag_string", "unknown"))
        for stream in answer.get("streams", [])
        if stream.get("codec_type") == "video"
        and not stream.get("disposition", {}).get("attached_pic")
    ]
    return [
        f"ffmpeg can't decode its picture ({tag}): it is taken as sound; drop a transcode (ProRes, "
        "DNxHR, H.264) to see it"
        for tag in shown[:1]
    ]


def _warnings(runs: Timing) -> list[str]:
    if not runs.variable:
        return []
    kind = "variable frame rate"
    if runs.mixed:
        kind = f"mixed frame rates ({', '.join(f'{float(each):g}' for each in runs.mixed)} fps)"
    return [
        f"{kind}: the proxy is conformed to {float(runs.rate):g} fps, and frame "
        "numbers are those of the proxy"
    ]
