"""What we know, as rows. Times are whole frames of the asset's own rate; spans are half-open.

drops      Story ← Item → Asset        what was dropped, and the content behind it
the ledger StageRun                    one row per item and stage: all state there is
of assets  Footage, Scan, Shot, Line, Emotion, Clip, Embedding
of scripts Script, ScriptLine, Take, Cut
of both    Rendition                   files that we made

Facts are replaced as a whole by the stage that found them (catalog/facts.py), so every
fact row belongs to one asset (AssetFact) or to one script item (ScriptFact).
"""

from enum import StrEnum
from fractions import Fraction
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Enum, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel


class Kind(StrEnum):
    """What an item is; it decides which stages run (tasks/pipeline.py)."""

    FOOTAGE = "footage"
    SCRIPT = "script"
    SIDECAR = "sidecar"
    NOTE = "note"


class Status(StrEnum):
    """Where a run is. The only ways between them are the functions of catalog/runs.py."""

    WAITING = "waiting"  # for another stage, or for a later moment (next_try_at)
    QUEUED = "queued"  # due; its doorbell was rung or will be
    RUNNING = "running"  # claimed, under a lease
    DONE = "done"
    SKIPPED = "skipped"  # nothing to do for this item; counts as done for those who need it
    FAILED = "failed"  # for good, until `stringout retry`


class Label(StrEnum):
    """The eight emotions."""

    JOY = "joy"
    SADNESS = "sadness"
    ANGER = "anger"
    FEAR = "fear"
    SURPRISE = "surprise"
    CALM = "calm"
    DISGUST = "disgust"
    EXCITEMENT = "excitement"


CHINESE = {
    Label.JOY: "喜悦",
    Label.SADNESS: "悲伤",
    Label.ANGER: "愤怒",
    Label.FEAR: "恐惧",
    Label.SURPRISE: "惊讶",
    Label.CALM: "平静",
    Label.DISGUST: "厌恶",
    Label.EXCITEMENT: "兴奋",
}


def _words(kind: type[StrEnum]) -> Any:
    """A column type that stores the enum's values as text, on every database."""
    return Enum(kind, native_enum=False, length=16, values_callable=lambda k: [m.value for m in k])


def _json(nullable: bool = False) -> Any:
    return Field(sa_column=Column(JSON, nullable=nullable))


class Story(SQLModel, table=True):
    """The folder that drops belong to."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    created_at: float


class Asset(SQLModel, table=True):
    """One original media file by its content; never altered."""

    id: int | None = Field(default=None, primary_key=True)
    checksum: str = Field(unique=True)  # xxh3-128, 32 hex digits
    item_id: int  # the item whose runs work on it


class Item(SQLModel, table=True):
    """A file that was dropped and accepted, as it was then: another size or mtime is another item.

    `path` is relative to the watch folder called `root`, with `/`. `replaced_at` is set when the
    file has changed since: one item per path is current. The checksum stage sets `asset_id`.
    `published_as` is set where another file of the story has the same path inside it (two watch
    folders): the path that its results are published under instead.
    """

    __table_args__ = (
        Index(
            "ix_item_current",
            "root",
            "path",
            unique=True,
            sqlite_where=text("replaced_at IS NULL"),
            postgresql_where=text("replaced_at IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    root: str
    path: str = Field(index=True)
    size: int = Field(sa_column=Column(BigInteger, nullable=False))
    mtime_ns: int = Field(sa_column=Column(BigInteger, nullable=False))
    kind: Kind = Field(sa_type=_words(Kind))
    story_id: int = Field(foreign_key="story.id", index=True)
    accepted_at: float
    asset_id: int | None = Field(default=None, foreign_key="asset.id", index=True)
    replaced_at: float | None = None
    published_as: str | None = None


class StageRun(SQLModel, table=True):
    """One stage of one item. `token` fences: only the latest claim may finish it."""

    __table_args__ = (
        Index(
            "ix_stagerun_due",
            "status",
            "next_try_at",
            sqlite_where=text("status IN ('waiting', 'queued', 'running')"),
            postgresql_where=text("status IN ('waiting', 'queued', 'running')"),
        ),
    )

    item_id: int = Field(foreign_key="item.id", primary_key=True)
    stage: str = Field(primary_key=True)
    status: Status = Field(default=Status.WAITING, sa_type=_words(Status))
    version: int = 1  # of the stage that last ran
    attempt: int = 0  # since it last became due for a new reason
    token: int = 0
    owner: str = ""
    lease_until: float = 0
    next_try_at: float | None = None  # waiting: due at; None = when what it needs is done
    queued_at: float = 0
    started_at: float = 0
    finished_at: float = 0
    inputs: str = ""  # digest of what it saw besides its needs (Stage.inputs)
    message: str = ""  # what was made, or why not: one sentence


class AssetFact(SQLModel):
    """Something an indexer learned of an asset."""

    asset_id: int = Field(foreign_key="asset.id", primary_key=True)


class ScriptFact(SQLModel):
    """Something an indexer learned of a script item."""

    item_id: int = Field(foreign_key="item.id", primary_key=True)


class Footage(AssetFact, table=True):
    """What probe read from the container: exact time base, picture, sound."""

    rate_num: int  # frames per second = rate_num / rate_den; sound without picture gets 25
    rate_den: int
    drop_frame: bool  # how its timecode is numbered
    start_frame: int  # of its timecode, counted from 00:00:00:00
    has_timecode: bool  # False: none embedded, start_frame is 0 and the report warns
    frames: int  # length of the picture (or of the sound, at the rate above)
    picture_offset: float  # seconds from the start of the file to the first picture
    variable_rate: bool  # the proxy is conformed to the rate above
    has_picture: bool
    has_sound: bool
    width: int  # as displayed: rotation and pixel shape applied
    height: int
    interlaced: bool
    video_codec: str
    audio_codec: str
    audio_channels: int
    reel: str  # of the card or tape, else of the file name
    warnings: list[str] = _json()

    @property
    def rate(self) -> Fraction:
        """Frames per second, exact."""
        return Fraction(self.rate_num, self.rate_den)


class Scan(AssetFact, table=True):
    """What the one decoding pass measured. Spans are [in, out) frames."""

    loudness: float | None  # LUFS integrated (EBU R128); None without sound
    true_peak: float | None  # dBTP
    black: list[list[int]] = _json()
    freeze: list[list[int]] = _json()
    silence: list[list[int]] = _json()
    thumbnails: list[list[Any]] = _json()  # [frame, file name under the asset's folder]


class Shot(AssetFact, table=True):
    """The frames between two detected cuts."""

    number: int = Field(primary_key=True)  # from 0
    in_frame: int
    out_frame: int
    thumbnail: str  # file name under the asset's folder


class Line(AssetFact, table=True):
    """One spoken line."""

    number: int = Field(primary_key=True)  # from 0
    in_frame: int
    out_frame: int
    text: str
    language: str  # ISO 639-1
    speaker: str = ""
    confidence: float  # 0 to 1; captions are 1
    words: list[list[Any]] = _json()  # [word, in frame, out frame]
    engine: str


class Emotion(AssetFact, table=True):
    """The emotion of one line."""

    number: int = Field(primary_key=True)  # of the line
    label: Label = Field(sa_type=_words(Label))
    scores: dict[str, float] = _json()  # label → probability, sums to 1
    engine: str


class Clip(AssetFact, table=True):
    """A span of one asset bounded by shots and lines: what is searched and cut in.

    `key` is the uuid5 of checksum and span: the same clip has the same key after any rerun.
    """

    number: int = Field(primary_key=True)  # from 0, in order of time
    key: str = Field(index=True)
    in_frame: int
    out_frame: int
    text: str  # what is said in it; empty for picture only
    lines: list[int] = _json()
    shots: list[int] = _json()
    emotion: Label | None = Field(default=None, sa_type=_words(Label))
    thumbnail: str


class Embedding(AssetFact, table=True):
    """The dense vector of a clip's text: float32, little endian, unit length."""

    number: int = Field(primary_key=True)  # of the clip
    engine: str
    vector: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class Script(ScriptFact, table=True):
    """A parsed script."""

    title: str
    format: str
    language: str
    warnings: list[str] = _json()


class ScriptLine(ScriptFact, table=True):
    """One unit of a script."""

    number: int = Field(primary_key=True)  # from 0
    kind: str  # heading, action, dialogue
    scene: str
    character: str  # "" unless dialogue
    parenthetical: str
    text: str
    source_line: int  # of the file, from 1


class Take(ScriptFact, table=True):
    """A clip that delivers a script line. Rank 0 is the one that was chosen."""

    number: int = Field(primary_key=True)  # of the script line
    rank: int = Field(primary_key=True)
    asset_id: int
    clip_key: str
    in_frame: int  # the words of the line inside the clip, without handles
    out_frame: int
    score: float  # 0 to 1
    reasons: list[str] = _json()
    matched: list[str] = _json()  # words of the script line that are heard in it


class Cut(SQLModel, table=True):
    """One version of a script's rough cut. Versions are added, never changed."""

    __table_args__ = (UniqueConstraint("story_id", "name", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    story_id: int = Field(foreign_key="story.id")
    item_id: int = Field(foreign_key="item.id")  # the script it was made from
    name: str  # the script's path inside the story
    version: int  # from 1
    digest: str  # of the sequence: an equal one makes no new version
    sequence: dict[str, Any] = _json()
    changes: list[str] = _json()  # what differs from the version before, and why
    created_at: float


class Rendition(SQLModel, table=True):
    """A file that we made. `path` is relative to the output folder, with `/`."""

    path: str = Field(primary_key=True)
    item_id: int = Field(foreign_key="item.id", index=True)
    stage: str
    kind: str  # proxy, sound, thumbnail, captions, log, edl, otio, movie, report
    size: int = Field(sa_column=Column(BigInteger, nullable=False))
    checksum: str
    provenance: dict[str, Any] = (
        _json()
    )  # stage and its version, engine, settings, xxh3-128 of the original
    created_at: float
