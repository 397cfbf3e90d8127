"""Files that we made."""

from typing import Any

from sqlalchemy import BigInteger, Column
from sqlmodel import Field, SQLModel

from catalog.models.columns import json_column


class Rendition(SQLModel, table=True):
    """A file that we made. `path` is relative to the output folder, with `/`."""

    path: str = Field(primary_key=True)
    item_id: int = Field(foreign_key="item.id", index=True)
    stage: str
    kind: str  # proxy, sound, thumbnail, captions, log, edl, otio, movie, report
    size: int = Field(sa_column=Column(BigInteger, nullable=False))
    checksum: str
    provenance: dict[str, Any] = (
        json_column()
    )  # stage and its version, engine, settings, xxh3-128 of the original
    created_at: float
