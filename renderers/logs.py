"""The clips of a story as logs hold them, gathered from the catalog and a cut."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import groupby

from sqlmodel import Session, col, select

from catalog.models import Clip
from catalog.stories import indexed
from renderers.assembly import source_of
from renderers.exports.logged import LoggedClip
from renderers.sequence import Sequence
from renderers.stringout import CHOSEN, stringout


def logged(session: Session, story_id: int, cut: Sequence) -> tuple[LoggedClip, ...]:
    """Every clip of the story's indexed footage in the order of files and time.

    A clip that delivers a script line is told with its scene, its number among the takes of the
    line in order of shooting, and whether it was chosen.
    """
    takes = _takes(cut)
    found = []
    for asset in indexed(session, story_id):
        source = source_of(session, asset)
        clips = session.exec(
            select(Clip).where(Clip.asset_id == asset.asset_id).order_by(col(Clip.number))
        )
        for clip in clips:
            plain = LoggedClip(
                source=source,
                in_frame=clip.in_frame,
                out_frame=clip.out_frame,
                transcript=clip.text,
                emotion=clip.emotion.value if clip.emotion else "",
            )
            rows = takes.get((asset.asset_id, clip.key)) or [plain]
            found += [replace(row, speaker=clip.speaker) for row in rows]
    return tuple(found)


def _takes(cut: Sequence) -> Mapping[tuple[int, str], list[LoggedClip]]:
    """The takes of a cut's lines by asset and clip: several where a clip delivers several."""
    found: dict[tuple[int, str], list[LoggedClip]] = {}
    for line, events in groupby(stringout(cut).events, key=lambda event: event.line):
        spoken = (event for event in events if event.source)
        for number, event in enumerate(spoken, 1):
            assert event.source is not None
            row = LoggedClip(
                source=event.source,
                in_frame=event.in_frame,
                out_frame=event.out_frame,
                transcript=event.heard,
                emotion=event.emotion,
                scene=event.scene,
                take=number,
                script_line=str(line + 1),
                character=event.character,
                score=event.score,
                chosen=CHOSEN in event.reasons,
            )
            found.setdefault((event.source.asset_id, event.clip_key), []).append(row)
    return found
