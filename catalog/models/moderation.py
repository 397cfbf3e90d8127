"""What a person should look at before it is shown to others, and what a person has let out."""

from sqlmodel import Field, SQLModel

from catalog.models.footage import AssetFact
from catalog.models.scripts import ScriptFact


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


class ScriptFlag(ScriptFact, table=True):
    """A sensitive word in a line of a script, or in its title: slates, titles and markers show it.

    `key` is the uuid5 of the story's script text and term: the same in any version that has it.
    """

    number: int = Field(primary_key=True)  # from 0, in order of the script
    key: str = Field(index=True)
    line: int  # number of the script line; -1 for the title
    text: str  # it stands in
    category: str  # these as in Flag
    term: str
    heard: str
    how: str
    source: str


class PictureFlag(AssetFact, table=True):
    """Pictures in a row that seem to show something sensitive. Nothing is removed because of it.

    `key` is the uuid5 of content, span and category: the same after any rerun.
    """

    number: int = Field(primary_key=True)  # from 0, in order of time
    key: str = Field(index=True)
    in_frame: int
    out_frame: int
    category: str  # as in Flag
    english: str  # what they seem to show; "" where the list has it in the other language alone
    chinese: str
    likelihood: float  # of the category, 0 to 1, of the surest picture
    engine: str
    source: str  # of the description: the list's file name


AnyFlag = Flag | ScriptFlag | PictureFlag


class Approval(SQLModel, table=True):
    """A flag that a person has let out of a story."""

    story_id: int = Field(foreign_key="story.id", primary_key=True)
    key: str = Field(primary_key=True)  # of the flag
    by: str
    at: float
