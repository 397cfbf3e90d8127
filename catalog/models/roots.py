"""What is known of each watch folder."""

from sqlmodel import Field, SQLModel


class Root(SQLModel, table=True):
    """A watch folder as it was last found, so that an empty mount point is not taken for it."""

    name: str = Field(primary_key=True)
    marker: str = ""  # what its marker file says; "" where none could be written
    origin: str = ""  # the mount it was on: type, source, part of it
    noticing: str = ""  # how new files are noticed there, and why so: for people
    trouble: str = ""  # why nothing is taken from it now: one sentence; "" = it is watched
    since: float = 0  # when trouble came or went
