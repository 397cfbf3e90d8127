"""What was dropped, and the content behind it."""

from enum import StrEnum

from sqlalchemy import JSON, BigInteger, Column, Index, false, text
from sqlmodel import Field, SQLModel

from catalog.models.columns import words
from config.watching import Priority


class Kind(StrEnum):
    """What an item is; it decides which stages run (tasks/pipeline.py)."""

    FOOTAGE = "footage"
    SCRIPT = "script"
    SIDECAR = "sidecar"
    NOTE = "note"
    PART = "part"  # of a clip that is several files: it has no stages of its own
    MANIFEST = "manifest"  # a list of checksums: what the files it names must be


class Role(StrEnum):
    """What a part is to its clip."""

    NEXT = "next"  # it goes on where the file before it ends
    BESIDE = "beside"  # sound that plays along
    ABOUT = "about"  # says what the clip is called and where its timecode begins


class Story(SQLModel, table=True):
    """The folder that drops belong to. `output`: the watch folder whose own output folder its
    results go to, "" for the common one."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    created_at: float
    output: str = ""


class Asset(SQLModel, table=True):
    """One original media file by its content; never altered."""

    id: int | None = Field(default=None, primary_key=True)
    # xxh3-128, 32 hex digits; "growing …" or "unread …" until all of it has been read once
    checksum: str = Field(unique=True)
    sampled: str | None = Field(default=None, index=True)  # other content has another one
    item_id: int  # the item whose runs work on it


class Item(SQLModel, table=True):
    """A file that was dropped and accepted, as it was then: another size or mtime is another item.

    `path` is relative to the watch folder called `root`, with `/`. `replaced_at` is set when the
    file has changed since: one item per path is current. The checksum stage sets `asset_id`.
    `published_as` is set where another file of the story has the same path inside it (two watch
    folders): the path that its results are published under instead. `priority` is its watch
    folder's: doorbells are sent with it.
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
    kind: Kind = Field(sa_type=words(Kind))
    story_id: int = Field(foreign_key="story.id", index=True)
    accepted_at: float
    asset_id: int | None = Field(default=None, foreign_key="asset.id", index=True)
    replaced_at: float | None = None
    published_as: str | None = Field(default=None, index=True)
    priority: Priority = Field(default=Priority.NORMAL, sa_type=words(Priority))
    owner: str = ""  # of the file, when it was accepted; "" where nobody knows
    inode: str | None = Field(
        default=None, index=True
    )  # "device:inode" of the file: by it a renamed file is known again
    offline_since: float | None = None  # when its file was found to be gone
    clip_path: str | None = Field(default=None, index=True)  # of a part: the path of its clip
    role: Role | None = Field(default=None, sa_type=words(Role))
    card: dict[str, str] | None = Field(  # reel, name and timecode of its card
        default=None, sa_column=Column(JSON(none_as_null=True), nullable=True)
    )
    home: str | None = Field(
        default=None, index=True
    )  # where its files are published, once it has been moved elsewhere
    growing: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    # Files of an image sequence: `path` is its first one, `size` of all, `mtime_ns` of the latest.
    # Named as it was when catalogs got it: older processes work beside newer ones.
    sequence_files: int | None = Field(default=None, sa_column_kwargs={"name": "pictures"})


class Arrival(SQLModel, table=True):
    """A file that was noticed and is not complete yet, as the watcher last saw it."""

    root: str = Field(primary_key=True)
    path: str = Field(primary_key=True)
    size: int = Field(sa_column=Column(BigInteger, nullable=False))  # bytes that are there now
    since: float  # when it was noticed
    reason: str  # what it waits for


class Expectation(SQLModel, table=True):
    """What a manifest says about a file."""

    manifest_id: int = Field(foreign_key="item.id", primary_key=True)
    root: str = Field(primary_key=True)
    path: str = Field(primary_key=True, index=True)
    algorithm: str = Field(
        primary_key=True
    )  # md5, sha1, sha256, sha512, xxh32, xxh64, xxh3, xxh128
    digest: str  # hex, lower case
