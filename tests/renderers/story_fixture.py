"""A story as the stages leave it: a catalog, thumbnails and a movie, without running a stage.

Four files at three rates, twelve script lines in three scenes (one line and one file are
Chinese), ten of them found, two takes of several, one file that nothing asks for.
"""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sqlmodel import Session, SQLModel

from catalog.database import Catalog
from catalog.models import (
    Asset,
    Clip,
    Cut,
    Embedding,
    Emotion,
    Footage,
    Item,
    Kind,
    Label,
    Line,
    Rendition,
    Scan,
    Script,
    ScriptLine,
    Shot,
    StageRun,
    Status,
    Story,
    Take,
)
from catalog.places import asset_home, cut_home
from catalog.words import tokens
from catalog.work import Work
from config.settings import load
from renderers.sequence import Event, Sequence, Source, to_json
from tests.renderers.story_content import RATE, SHOOTINGS, WRITTEN, Shooting, Written

SCRIPT = "last_train"
NAME = f"{SCRIPT}.fountain"
VERSION = 2


@dataclass(frozen=True)
class Names:
    """What people may call things."""

    title: str = "The Last Train"
    story: str = "station"
    file: str = SHOOTINGS[0].name
    line: str = WRITTEN[2].text
    language: str = "en"


@contextmanager
def story(folder: Path, names: Names | None = None, movie: bool = False) -> Iterator[Work]:
    """The work of a script's stage on a new catalog in `folder`; `movie` makes a real one."""
    settings = load(
        watch=[{"name": "drop", "path": str(folder / "drop")}],
        folders={"output": str(folder / "output"), "state": str(folder / "state")},
    )
    catalog = Catalog(f"sqlite:///{folder / 'catalog.db'}")
    SQLModel.metadata.create_all(catalog.engine)
    scratch = folder / "scratch"
    scratch.mkdir()
    with Session(catalog.engine) as session:
        item = _fill(session, folder / "output", names or Names(), movie)
        session.commit()
        yield Work(
            item=item,
            source=folder / "drop" / item.path,
            scratch=scratch,
            home=folder / "output" / cut_home(session.get_one(Story, 1), NAME, VERSION),
            output=folder / "output",
            settings=settings,
            session=session,
        )
    catalog.close()


def footage_work(work: Work, asset_id: int) -> Work:
    """The work of a stage on one of the story's files."""
    item = work.session.get_one(Item, work.session.get_one(Asset, asset_id).item_id)
    home = work.output / asset_home(item, work.session.get_one(Story, 1))
    values = {**vars(work), "item": item, "home": home}
    return Work(**values)


def _fill(session: Session, output: Path, names: Names, movie: bool) -> Item:
    told = Story(id=1, name=names.story, created_at=0)
    session.add(told)
    session.flush()
    sources = []
    for number, shooting in enumerate(SHOOTINGS, 1):
        name = names.file if number == 1 else shooting.name
        item = _shoot(session, told, number, name, shooting)
        home = asset_home(item, told)
        _picture(output / home, shooting)
        sources.append(_source(number, name, home, shooting))
    script = Item(
        id=20, root="drop", path=f"{told.name}/{SCRIPT}.fountain", size=900, mtime_ns=1,
        kind=Kind.SCRIPT, story_id=1, accepted_at=0,
    )  # fmt: skip
    session.add(script)
    session.flush()
    _write(session, names)
    _cut(session, output, told, names, sources)
    if movie:
        _film(session, output, told)
    return script


def _shoot(session: Session, told: Story, number: int, name: str, shot: Shooting) -> Item:
    item = Item(
        id=number, root="drop", path=f"{told.name}/{name}", size=81_000_000 + number,
        mtime_ns=1, kind=Kind.FOOTAGE, story_id=1, accepted_at=0,
    )  # fmt: skip
    session.add(item)
    session.flush()
    session.add(Asset(id=number, checksum=f"{number:032x}", item_id=number))
    session.flush()
    item.asset_id = number
    session.add(StageRun(item_id=number, stage="index", status=Status.DONE))
    thumbs = [[frame, f"thumbs/{frame:06}.jpg"] for frame in range(0, shot.frames, 2 * shot.span)]
    session.add_all([
        Footage(
            asset_id=number, rate_num=shot.rate.numerator, rate_den=shot.rate.denominator,
            drop_frame=shot.drop_frame, start_frame=shot.start_frame,
            has_timecode=shot.has_timecode, frames=shot.frames, picture_offset=0,
            variable_rate=shot.variable_rate, has_picture=True, has_sound=True, width=1920,
            height=1080, interlaced=False, video_codec="h264", audio_codec="aac",
            audio_channels=2, reel=shot.reel, warnings=list(shot.warnings),
        ),
        Scan(
            asset_id=number, loudness=-23.1, true_peak=-3.2, black=[[0, 5]], freeze=[],
            silence=[[5, 20]], thumbnails=thumbs,
        ),
        Rendition(
            path=f"{asset_home(item, told)}/proxy.mp4", item_id=number, stage="scan",
            kind="proxy", size=1, checksum="0", created_at=0,
            provenance={"engine": "ffmpeg 5.1 libx264", "version": 1, "settings": {}},
        ),
    ])  # fmt: skip
    for index, (text, feeling) in enumerate(shot.spoken):
        _speak(session, number, index, shot, text, feeling)
    return item


def _speak(
    session: Session, asset: int, index: int, shot: Shooting, text: str, feeling: Label
) -> None:
    first, end = index * shot.span + 10, (index + 1) * shot.span - 15
    rest = 0.3 / (len(Label) - 1)
    engine = "captions" if shot.language == "zh" else "pocketsphinx 5.1"
    step = (end - first) // max(1, len(tokens(text)))
    words = [
        [word, first + i * step, first + (i + 1) * step] for i, word in enumerate(tokens(text))
    ]
    thumb = f"thumbs/{index // 2 * 2 * shot.span:06}.jpg"
    session.add_all([
        Shot(
            asset_id=asset, number=index, in_frame=index * shot.span,
            out_frame=(index + 1) * shot.span, thumbnail=thumb,
        ),
        Line(
            asset_id=asset, number=index, in_frame=first, out_frame=end, text=text,
            language=shot.language, confidence=0.9, words=words, engine=engine,
            speaker=f"说话人{index % 2 + 1}" if shot.language == "zh" else "",
        ),
        Emotion(
            asset_id=asset, number=index, label=feeling, engine="text lexicon 1",
            scores={label: 0.7 if label is feeling else rest for label in Label},
            reasons=[["words", tokens(text)[0]], ["louder", "7.0"]],
        ),
        Clip(
            asset_id=asset, number=index, key=key(asset, index), in_frame=index * shot.span,
            out_frame=(index + 1) * shot.span, text=text, lines=[index], shots=[index],
            emotion=feeling, thumbnail=thumb,
        ),
        Embedding(asset_id=asset, number=index, engine="all-MiniLM-L6-v2", vector=b"\0" * 4),
    ])  # fmt: skip


def key(asset: int, clip: int) -> str:
    """The key of a clip."""
    return f"clip-{asset}-{clip}"


def _picture(home: Path, shot: Shooting) -> None:
    """Thumbnails of every second spoken line, as the scan stage leaves them."""
    (home / "thumbs").mkdir(parents=True)
    for frame in range(0, shot.frames, 2 * shot.span):
        (home / "thumbs" / f"{frame:06}.jpg").write_bytes(_jpeg(shot.look, 1 + frame % 7))


@cache
def _jpeg(look: str, number: int) -> bytes:
    """One picture of an ffmpeg source; many tests show the same."""
    command = (
        "ffmpeg", "-nostdin", "-v", "error", "-f", "lavfi", "-i", f"{look}:r=1",
        "-ss", str(number), "-frames:v", "1", "-f", "mjpeg", "-",
    )  # fmt: skip
    return subprocess.run(command, check=True, timeout=60, capture_output=True).stdout


def _source(number: int, name: str, home: str, shot: Shooting) -> Source:
    return Source(
        asset_id=number, name=name, path=f"drop/station/{name}", reel=shot.reel,
        rate=shot.rate, drop_frame=shot.drop_frame, start_frame=shot.start_frame,
        frames=shot.frames, channels=2, width=1920, height=1080, proxy=f"{home}/proxy.mp4",
    )  # fmt: skip


def _write(session: Session, names: Names) -> None:
    session.add(
        Script(
            item_id=20, title=names.title, format="fountain", language=names.language, warnings=[]
        )
    )
    for number, line in enumerate(WRITTEN):
        text = names.line if number == 2 else line.text
        session.add(
            ScriptLine(
                item_id=20, number=number, kind=line.kind, scene=line.scene,
                character=line.character, parenthetical=line.parenthetical, text=text,
                source_line=2 * number + 1,
            )
        )  # fmt: skip
        for rank, (asset, spoken, score) in enumerate(line.takes):
            shot = SHOOTINGS[asset]
            said = tokens(shot.spoken[spoken][0])
            matched = [word for word in tokens(text) if word in said]
            session.add(
                Take(
                    item_id=20, number=number, rank=rank, asset_id=asset + 1,
                    clip_key=key(asset + 1, spoken), in_frame=spoken * shot.span + 10,
                    out_frame=(spoken + 1) * shot.span - 15, score=score, matched=matched,
                    reasons=[f"says {len(matched)} of {len(tokens(text))} words"],
                )
            )  # fmt: skip


def _cut(session: Session, output: Path, told: Story, names: Names, sources: list[Source]) -> None:
    events: list[Event] = []
    for number, line in enumerate(WRITTEN):
        if line.kind == "dialogue":
            text = names.line if number == 2 else line.text
            at = events[-1].record_out if events else 0
            events.append(_event(len(events) + 1, number, line, text, at, sources))
    sequence = Sequence(names.title, RATE, False, 90000, 1920, 1080, tuple(events))
    for version in range(1, VERSION + 1):
        session.add(
            Cut(
                story_id=1, item_id=20, name=NAME, version=version, digest=f"d{version}",
                sequence=to_json(sequence), created_at=1_760_000_000,
                changes=[
                    "line 2: now A001_C003_maya.mov 10:00:05;05 (was a gap)",
                    "the cut now runs at 25 fps (was 24)",
                ] if version > 1 else [],
            )
        )  # fmt: skip
    home = cut_home(told, NAME, VERSION)
    (output / home).mkdir(parents=True)
    for suffix in ("edl", "otio", "srt"):
        (output / home / f"{SCRIPT}.{suffix}").write_text("", encoding="utf-8")
        session.add(_published(home, f"{SCRIPT}.{suffix}", "export", suffix, 4200))


def _event(
    number: int, line: int, written: Written, text: str, at: int, sources: list[Source]
) -> Event:
    if not written.takes:
        return Event(number, line, text, written.character, None, 0, 0, at, at + 80)
    asset, spoken, score = written.takes[0]
    shot, source = SHOOTINGS[asset], sources[asset]
    first, end = spoken * shot.span + 5, (spoken + 1) * shot.span - 10
    heard, feeling = shot.spoken[spoken]
    said = tokens(heard)
    words = [word for word in tokens(text) if word in said]
    return Event(
        number, line, text, written.character, source, first, end, at,
        at + round((end - first) * RATE / shot.rate), heard, feeling, score,
        (f"says {len(words)} of {len(tokens(text))} words",), key(asset + 1, spoken),
    )  # fmt: skip


def _published(home: str, name: str, stage: str, kind: str, size: int) -> Rendition:
    return Rendition(
        path=f"{home}/{name}", item_id=20, stage=stage, kind=kind, size=size, checksum="0",
        created_at=0,
        provenance={
            "engine": "stringout", "version": 1, "settings": {"cut": 2, "digest": "d2"},
        },
    )  # fmt: skip


def _film(session: Session, output: Path, told: Story) -> None:
    home = cut_home(told, NAME, VERSION)
    target = output / home / f"{SCRIPT}.mp4"
    _ffmpeg(
        "-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=48", "-c:v", "libx264",
        "-preset", "ultrafast", "-g", "25", target,
    )  # fmt: skip
    session.add(_published(home, target.name, "movie", "movie", target.stat().st_size))


def _ffmpeg(*arguments: str | Path) -> None:
    subprocess.run(
        ["ffmpeg", "-nostdin", "-v", "error", "-y", *map(str, arguments)], check=True, timeout=60
    )
