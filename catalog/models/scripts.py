"""What was learned of a script, and the cuts made of it."""

from typing import Any

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from catalog.models.columns import json_column


class ScriptFact(SQLModel):
    """Something an indexer learned of a script item."""

    item_id: int = Field(foreign_key="item.id", primary_key=True)


class Script(ScriptFact, table=True):
    """A parsed script."""

    title: str
    format: str
    language: str
    warnings: list[str] = json_column()
    structure: dict[str, Any] = Field(  # scenes, cast, entities, relations
        default_factory=dict, sa_column=Column(JSON, nullable=False)
    )


class ScriptLine(ScriptFact, table=True):
    """One unit of a script."""

    number: int = Field(primary_key=True)  # from 0
    kind: str  # heading, detail (of the scene), action, dialogue
    scene: str
    character: str  # "" unless dialogue
    parenthetical: str
    text: str
    source_line: int  # of the file, from 1: a line, or a paragraph, row or story of its format


class Take(ScriptFact, table=True):
    """A clip that delivers a script line. Rank 0 is the one that was chosen."""

    number: int = Field(primary_key=True)  # of the script line
    rank: int = Field(primary_key=True)
    asset_id: int
    clip_key: str
    in_frame: int  # the words of the line inside the clip, without handles
    out_frame: int
    score: float  # 0 to 1
    reasons: list[str] = json_column()
    matched: list[str] = json_column()  # words of the script line that are heard in it


class Cut(SQLModel, table=True):
    """One version of a script's rough cut. Versions are added, never changed."""

    __table_args__ = (UniqueConstraint("story_id", "name", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    story_id: int = Field(foreign_key="story.id")
    item_id: int = Field(foreign_key="item.id")  # the script it was made from
    name: str  # the script's path inside the story
    version: int  # from 1
    digest: str  # of the sequence: an equal one makes no new version
    sequence: dict[str, Any] = json_column()
    changes: list[str] = json_column()  # what differs from the version before, and why
    created_at: float
