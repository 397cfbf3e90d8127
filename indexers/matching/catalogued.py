"""What the catalog knows of a story's footage, as the values that matching works on."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from sqlmodel import Session, col, select

from catalog.models import Clip, Emotion, Line, Scan, Shot, ThumbnailVectors
from catalog.stories import Indexed, sidecars
from indexers.matching.material import Feeling, Material
from indexers.matching.shown import Shown, description, names
from indexers.matching.sight import Seen
from indexers.matching.spoken import Heard, Speech, heard

_AT_ONCE = 500  # assets in one query: databases limit the length of a list


def speech_of(session: Session, asset: Indexed) -> Speech:
    """Everything heard in an asset, word by word."""
    lines = [line for line in _lines(session, asset) if not line.doubt]  # not to be cut on
    words = [word for line in lines for word in _words(line)]
    read = bool(lines) and all(line.confidence >= 1 for line in lines)
    return Speech(asset.asset_id, tuple(words), float(asset.footage.rate), read)


def material_of(session: Session, place: int, asset: Indexed, output: Path) -> Material:
    """Picture, sound and feelings of an asset. `output`: the folder of published files."""
    scan = session.get(Scan, asset.asset_id)
    shots = session.exec(select(Shot.in_frame).where(Shot.asset_id == asset.asset_id)).all()
    felt = session.exec(select(Emotion).where(Emotion.asset_id == asset.asset_id)).all()
    spans = {line.number: (line.in_frame, line.out_frame) for line in _lines(session, asset)}
    return Material(
        place=place,
        has_picture=asset.footage.has_picture,
        loudness=scan.loudness if scan else None,
        cuts=tuple(shots),
        black=tuple((start, end) for start, end in scan.black) if scan else (),
        clips=tuple((clip.key, clip.in_frame, clip.out_frame) for clip in _clips(session, asset)),
        freeze=tuple((start, end) for start, end in scan.freeze) if scan else (),
        feelings=tuple(
            Feeling(spans[each.number], each.scores) for each in felt if each.number in spans
        ),
        details=tuple(_details(scan, output / asset.home)) if scan else (),
    )


def shown_in(session: Session, asset: Indexed, locate: Callable[[str, str], Path]) -> list[Shown]:
    """The clips of an asset that can cover something, with what is known of their picture.

    `locate`: the file of a root and a path, for descriptions that lie beside the footage.
    """
    if not asset.footage.has_picture:
        return []
    beside = [locate(item.root, item.path) for item in sidecars(session, asset.original)]
    told = [names(asset.original.path), description(beside)]
    text = ". ".join(filter(None, told))
    return [
        Shown(asset.asset_id, clip.key, clip.in_frame, clip.out_frame, text, bool(clip.lines))
        for clip in _clips(session, asset)
    ]


def seen_in(session: Session, assets: Sequence[int], engine: str) -> dict[int, Seen]:
    """The pictures of those assets that `engine` has seen, by asset."""
    found: dict[int, Seen] = {}
    for start in range(0, len(assets), _AT_ONCE):
        part = col(ThumbnailVectors.asset_id).in_(assets[start : start + _AT_ONCE])
        rows = session.exec(select(ThumbnailVectors).where(part, ThumbnailVectors.engine == engine))
        found |= {row.asset_id: Seen.of(row) for row in rows if row.frames}
    return found


def spoken_in(session: Session, asset: Indexed) -> list[Shown]:
    """The clips of an asset in which something is said for sure, with what is said."""
    if not asset.footage.has_picture:
        return []
    return [
        Shown(asset.asset_id, clip.key, clip.in_frame, clip.out_frame, clip.text, True)
        for clip in _clips(session, asset)
        if clip.text and not clip.doubt
    ]


def _lines(session: Session, asset: Indexed) -> list[Line]:
    found = select(Line).where(Line.asset_id == asset.asset_id).order_by(col(Line.in_frame))
    return list(session.exec(found))


def _clips(session: Session, asset: Indexed) -> list[Clip]:
    found = select(Clip).where(Clip.asset_id == asset.asset_id).order_by(col(Clip.number))
    return list(session.exec(found))


def _words(line: Line) -> Iterable[Heard]:
    """The words of a line in order; a line without word times has its words evenly spread."""
    if not line.words:
        return heard(line.text, line.in_frame, line.out_frame, line.number)
    return [
        token
        for text, start, end in sorted(line.words, key=lambda word: int(word[1]))
        for token in heard(str(text), int(start), int(end), line.number)
    ]


def _details(scan: Scan, home: Path) -> Iterable[tuple[int, int]]:
    """How many bytes the thumbnails have: with equal settings, a softer picture has fewer."""
    for frame, name in scan.thumbnails:
        try:
            yield int(frame), (home / str(name)).stat().st_size
        except OSError:
            continue
