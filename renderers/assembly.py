"""The cut stage: the best takes in script order become the next version of the rough cut."""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from sqlmodel import Session, col, select

from catalog import models
from catalog.models import Emotion, Footage, Item, Line, Script, ScriptLine, Take
from catalog.originals import following
from catalog.places import PICTURE_PROXY, SOUND_PROXY, script_name
from catalog.stories import Indexed, indexed
from catalog.work import Facts, Queue, Work
from media.numbered import listed
from renderers import sequence
from renderers.changes import differences
from renderers.curve import Felt
from renderers.cuts import newest
from renderers.joins import Stretch
from renderers.roughcut import Material, assemble, digest
from renderers.sequence import Part, Source
from renderers.written import written

_SOUND = "sound.wav"  # of the scan stage


class Cut:
    """The stage. Facts: the next version of the cut, when it differs from the one before."""

    name = "cut"
    needs = ("match", "wording")
    queue = Queue.IO
    version = 3
    limit = 300
    makes = ()

    def inputs(self, work: Work) -> str:
        """The settings of the cut."""
        return work.settings.cut.model_dump_json()

    def run(self, work: Work) -> Facts:
        """Raises Misconfigured for a bad [cut]."""
        session, item = work.session, work.item
        assert item.id is not None
        lines = _script(session, item.id)
        takes = session.exec(select(Take).where(Take.item_id == item.id)).all()
        assets = indexed(session, item.story_id)
        materials = {asset.asset_id: _material(session, asset, work.output) for asset in assets}
        script = session.get_one(Script, item.id)
        edit = assemble(lines, takes, materials, work.settings.cut, script.title)
        name = script_name(item)
        last = newest(session, item.story_id, name)
        before = sequence.from_json(last.sequence) if last else None
        # Of the sequence as it is read now: an older version digested other fields.
        if before and digest(before) == digest(edit):
            return Facts("the cut did not change", skipped=True)
        row = models.Cut(
            story_id=item.story_id,
            item_id=item.id,
            name=name,
            version=last.version + 1 if last else 1,
            digest=digest(edit),
            sequence=sequence.to_json(edit),
            changes=differences(before, edit),
            created_at=time.time(),
        )
        return Facts(_summary(row, edit), rows=(row,), settings=work.settings.cut.model_dump())


def _script(session: Session, item_id: int) -> list[ScriptLine]:
    found = select(ScriptLine).where(ScriptLine.item_id == item_id)
    return list(session.exec(found.order_by(col(ScriptLine.number))))


def _material(session: Session, asset: Indexed, output: Path) -> Material:
    lines = session.exec(
        select(Line).where(Line.asset_id == asset.asset_id).order_by(col(Line.in_frame))
    ).all()
    felt = session.exec(select(Emotion).where(Emotion.asset_id == asset.asset_id)).all()
    scores = {emotion.number: emotion.scores for emotion in felt}
    words = [word for line in lines for word in _words(line)]
    heard = output / asset.home / _SOUND
    return Material(
        source=source_of(session, asset),
        sound=heard if heard.is_file() else None,
        words=tuple(sorted(words, key=lambda word: word.in_frame)),
        feelings=tuple(
            Felt(line.in_frame, line.out_frame, scores[line.number])
            for line in lines
            if line.number in scores
        ),
    )


def _words(line: Line) -> list[Stretch]:
    """Where its words are said, written as its text writes them."""
    heard = line.words or [[line.text, line.in_frame, line.out_frame]]
    texts = written(line.text, [str(word) for word, _, _ in heard])
    return [
        Stretch(text, int(start), int(end))
        for text, (_, start, end) in zip(texts, heard, strict=True)
    ]


def source_of(session: Session, asset: Indexed) -> Source:
    """The part of an asset's identity that a cut needs."""
    footage, item = asset.footage, asset.original
    path = PurePosixPath(item.path)
    if item.sequence_files:  # as editing systems call an image sequence
        path = path.with_name(listed(path.name, footage.frames))
    return Source(
        asset_id=asset.asset_id,
        name=path.name,
        path=f"{item.root}/{path}",
        reel=footage.reel,
        rate=footage.rate,
        drop_frame=footage.drop_frame,
        start_frame=footage.start_frame,
        frames=footage.frames,
        channels=footage.audio_channels if footage.has_sound else 0,
        width=footage.width,
        height=footage.height,
        proxy=f"{asset.home}/{PICTURE_PROXY if footage.has_picture else SOUND_PROXY}",
        interlaced=footage.interlaced,
        parts=tuple(_parts(footage, [item, *following(session, item)])),
    )


def _parts(footage: Footage, files: Sequence[Item]) -> Iterator[Part]:
    """None when files came or went since it was probed: then it will be probed again."""
    if len(files) != len(footage.parts):
        return
    begin = 0
    for file, (frames, start) in zip(files, footage.parts, strict=True):
        path = f"{file.root}/{file.path}"
        yield Part(PurePosixPath(file.path).name, path, begin, frames, start)
        begin += frames


def _summary(row: models.Cut, edit: sequence.Sequence) -> str:
    found = sum(event.source is not None for event in edit.events)
    gaps = len(edit.events) - found
    return f"version {row.version}: {found} lines cut in, {gaps} missing, {edit.duration} frames"
