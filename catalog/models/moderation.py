"""What a person should look at before it is shown to others, and what a person has let out."""

from sqlmodel import Field, SQLModel

from catalog.models.footage import AssetFact


class Flag(AssetFact, table=True):
    """A sensitive word in a spoken line. Nothing is removed because of it.

    `key` is the uuid5 of content, span and term: the same after any rerun.
    """

    number: int = Field(primary_key=True)  # from 0, in order of time
    key: str = Field(index=True)
    line: int  # its number
    in_frame: int  # of the line
    out_frame: int
    category: str  # violence, nudity, hate, drugs, profanity, self-harm, …: as the list names it
    term: str  # as the list has it
    heard: str  # as the line has it
    how: str  # word, variant, homophone
    source: str  # of the term: the list's file name


class Approval(SQLModel, table=True):
    """A flag that a person has let out of a story."""

    story_id: int = Field(foreign_key="story.id", primary_key=True)
    key: str = Field(primary_key=True)  # of the flag
    by: str
    at: float
