"""What is kept near, so that it need not be fetched and decoded again."""

from typing import Annotated

from pydantic import Field

from config.section import Section

Count = Annotated[int, Field(ge=0)]
Gigabytes = Annotated[float, Field(ge=0)]


class Cache(Section):
    """The clip cache: a tier on the local disk and one in memory. 0 clips: no such tier."""

    folder: str
    clips: Count
    gigabytes: Gigabytes
    profile: str
    memory_clips: Count
    memory_gigabytes: Gigabytes
    pictures: Annotated[int, Field(ge=1, le=10_000)]
    height: Annotated[int, Field(ge=32, le=1080)]


class Preview(Section):
    """Single pictures of cuts over HTTP. Port 0 means none."""

    port: Annotated[int, Field(ge=0, le=65535)]
    address: str


class Archive(Section):
    """Where originals of finished stories are copied to, by hand. Empty `root`: nowhere."""

    root: str
