"""Captions that came with the footage: files beside it, or a subtitle stream inside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from importlib.metadata import version
from pathlib import Path, PurePosixPath

from catalog.models import Footage, Item
from catalog.stories import sidecars
from catalog.work import Work
from indexers.embedded import inside
from indexers.engines import captions, timed, vad
from indexers.engines.anchors import anchored
from indexers.engines.speech import SAMPLE_RATE, Utterance, moved
from indexers.source import require_unchanged
from media.errors import Rejected

SOUND = "sound.wav"  # of the scan stage; it begins with the first picture
_HOUR = Fraction(3600)  # seconds
_LIVE = Fraction(4)  # seconds by which captions come late that somebody typed along


@dataclass(frozen=True)
class Found:
    """Lines in seconds from the first picture, and where they come from."""

    lines: list[Utterance]
    source: str  # for the message
    engine: str  # for provenance
    remarks: tuple[str, ...] = ()  # what else is to be told
    speech: Sequence[vad.Span] | None = None  # in the scan's sound, where it was listened to


def caption_items(work: Work) -> list[Item]:
    """The caption files beside the footage, the one to use first.

    Of several the one in the language that is set, then the most exact kind, then the
    plainest name: `A001.srt` is what is said, `A001.fr.srt` perhaps a translation.
    """
    language = work.settings.transcript.language

    def rank(item: Item) -> tuple[bool, int, int, str]:
        path = PurePosixPath(item.path)
        named = captions.named_language(path)
        kind = captions.SUFFIXES.index(path.suffix.lower())
        return (named != language, len(path.suffixes), kind, item.path)

    attached = sidecars(work.session, work.item)
    wanted = (
        item for item in attached if PurePosixPath(item.path).suffix.lower() in captions.SUFFIXES
    )
    return sorted(wanted, key=rank)


def captioned(work: Work, footage: Footage, troubles: list[str]) -> Found | None:
    """The lines of the first captions that can be read; what is wrong goes to `troubles`."""
    for item in caption_items(work):
        path = work.settings.locate(item.root, item.path)
        if not captions.is_transcript(path):
            continue
        try:
            lines = _read(path, work, footage)
        except Rejected as error:
            troubles.append(str(error))
            continue
        return _found(work, lines, f"from {path.name}")
    try:
        return _embedded(work, footage, troubles)
    except Rejected as error:
        require_unchanged(work)  # what was moved meanwhile looks like a bad file to ffmpeg
        troubles.append(str(error))
        return None


def _read(path: Path, work: Work, footage: Footage) -> list[Utterance]:
    language = work.settings.transcript.language
    if path.suffix.lower() == captions.PLAIN:
        return _plain(path, work, footage)
    return in_picture(captions.read_timed(path, language), footage, path.name)


def _plain(path: Path, work: Work, footage: Footage) -> list[Utterance]:
    """A text without times, laid over the speech: near to where it is said, if it is heard."""
    sound, language = work.home / SOUND, work.settings.transcript.language
    spans = vad.speech_spans(sound) if sound.is_file() else []
    speech = [(Fraction(s.start, SAMPLE_RATE), Fraction(s.end, SAMPLE_RATE)) for s in spans]
    whole = [(Fraction(0), footage.frames / footage.rate)]
    lines = captions.read_plain(path, speech or whole, language)
    return anchored(sound, lines, spans) if spans else lines


def in_picture(lines: Sequence[Utterance], footage: Footage, name: str) -> list[Utterance]:
    """Captions in seconds from the first picture.

    Players count them from the start of the file; some systems write them in timecode (the
    first one at 10:00:03), also where the footage has another one or none: a programme then
    begins on the full hour. Raises Rejected when nothing of that brings any into the picture.
    """
    length = footage.frames / footage.rate
    in_file = max(Fraction(0), Fraction(footage.picture_offset))
    for before in (in_file, footage.start_frame / footage.rate):
        shifted = [moved(line, -before) for line in lines]
        if any(line.end > 0 and line.start < length for line in shifted):
            return shifted
    hour = _HOUR * (min(line.start for line in lines) // _HOUR)
    shifted = [moved(line, -hour) for line in lines]
    if all(line.start < length for line in shifted):
        return shifted
    raise Rejected(f"{name} belongs to other footage: all its times lie outside of the picture")


def _embedded(work: Work, footage: Footage, troubles: list[str]) -> Found | None:
    """Captions inside of the footage; None when there are none."""
    found = inside(work, troubles)
    if found is None:
        return None
    lines = captions.read_timed(found.path, found.language)
    if found.shown:
        return _found(work, lines, f"from {found.name}", _LIVE)
    return _found(work, in_picture(lines, footage, found.name), f"from {found.name}")


def _found(
    work: Work, lines: Sequence[Utterance], source: str, around: Fraction = timed.AROUND
) -> Found:
    """The lines with the times at which their words are said, as far as they are heard."""
    engine, sound = f"pysubs2 {version('pysubs2')}", work.home / SOUND
    if not sound.is_file():
        return Found(list(lines), source, engine)
    found = timed.timed(sound, lines, around)
    if around < _LIVE and found.kept * 2 > len(lines):  # perhaps all of them come late
        found = min(found, timed.timed(sound, lines, _LIVE), key=lambda one: one.kept)
    remarks = tuple(filter(None, (timed.told(found),)))
    return Found(found.lines, source, f"{engine}, {timed.description()}", remarks)
