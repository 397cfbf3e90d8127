"""What has happened, and who is told of it."""

from enum import StrEnum
from typing import Any

from sqlmodel import Field, SQLModel

from catalog.models.columns import json_column, words


class Deed(StrEnum):
    """What an audit entry is about."""

    DROPPED = "dropped"  # a file was accepted
    MADE = "made"  # a stage ended and kept what it found or made
    DONE = "done"  # nothing is left to do for an item
    REJECTED = "rejected"  # a file can't be used
    FAILED = "failed"  # a stage has used up its attempts
    APPROVED = "approved"  # somebody let a cut out that was held back
    RETRIED = "retried"
    CANCELLED = "cancelled"
    PAUSED = "paused"
    RESUMED = "resumed"
    RELOADED = "reloaded"  # the configuration was changed while the service ran
    ARCHIVED = "archived"  # an original is in the archive, verified; removed here if `moved`
    EXPIRED = "expired"  # files of ours were removed after their time


class AuditEntry(SQLModel, table=True):
    """One thing that happened. Entries are added in the transaction that makes it so, and are
    never changed; they name what they are about, and so outlive it."""

    id: int | None = Field(default=None, primary_key=True)
    at: float
    deed: Deed = Field(sa_type=words(Deed))
    who: str  # owner of a dropped file, user of a command, "stringout" itself
    story: str = Field(default="", index=True)  # "" for the whole service
    item_id: int | None = None
    path: str = ""
    stage: str = ""
    message: str = ""
    details: dict[str, Any] = json_column()  # made: version, engine, digest of the settings, files


class Notice(SQLModel, table=True):
    """A message to people that is to be sent, or was. `target` is one of [notify]."""

    id: int | None = Field(default=None, primary_key=True)
    target: str = Field(index=True)
    title: str
    body: str
    created_at: float
    sent_at: float | None = None
    next_try_at: float = 0
    attempt: int = 0
    error: str = ""  # why the last attempt failed


class Told(SQLModel, table=True):
    """Up to which audit entry the notices of a target are written."""

    target: str = Field(primary_key=True)
    entry_id: int
