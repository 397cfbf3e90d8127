"""What was learned of an asset: container, picture, speech, clips."""

from enum import StrEnum
from fractions import Fraction
from typing import Any

from sqlalchemy import Column, LargeBinary, false
from sqlmodel import Field, SQLModel

from catalog.models.columns import json_column, words
from catalog.models.emotion import Label


class AssetFact(SQLModel):
    """Something an indexer learned of an asset."""

    asset_id: int = Field(foreign_key="asset.id", primary_key=True)


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
    warnings: list[str] = json_column()
    # Of a clip that goes on in further files: [frames, first frame of its timecode] of each.
    parts: list[list[int]] = json_column(default_factory=list)
    # One picture that is shown for `frames` frames, as [stills] says.
    still: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    # What the file says of itself, for people: of a picture taken, camera, colour, size; of a
    # sound recorder's file scene, take, and the names of its channels.
    about: dict[str, str] = json_column(default_factory=dict)

    @property
    def rate(self) -> Fraction:
        """Frames per second, exact."""
        return Fraction(self.rate_num, self.rate_den)


class Scan(AssetFact, table=True):
    """What the one decoding pass measured. Spans are [in, out) frames."""

    loudness: float | None  # LUFS integrated (EBU R128); None without sound
    true_peak: float | None  # dBTP
    black: list[list[int]] = json_column()
    freeze: list[list[int]] = json_column()
    silence: list[list[int]] = json_column()
    thumbnails: list[list[Any]] = json_column()  # [frame, file name under the asset's folder]
    decoded: int | None = None  # frames of the picture that could be; the proxy has as many
    warnings: list[str] = json_column(default_factory=list)  # what is damaged


class Shot(AssetFact, table=True):
    """The frames between two detected cuts."""

    number: int = Field(primary_key=True)  # from 0
    in_frame: int
    out_frame: int
    thumbnail: str  # file name under the asset's folder


class Quality(AssetFact, table=True):
    """How good one shot is technically, to rank takes by. Parts and levels are 0 to 1.

    Sound without picture has one row, whose picture is all 0; sound is 0 where there is none.
    """

    number: int = Field(primary_key=True)  # of the shot
    sharpness: float  # part of the contrast that is in the finest detail
    exposure: float  # mean luma: 0 black, 1 white
    contrast: float  # deviation of luma
    black: float  # part of the frames that show nothing
    clipped: float  # part of the picture that is white
    frozen: float  # part of the frames that stand still
    motion: float  # steady camera movement a frame, in parts of the picture's height
    shake: float  # unsteady camera movement a frame, likewise
    silence: float  # part of the time
    sound_clipped: float  # part of the samples at full scale
    hum: float  # dB that mains hum stands out of the quiet moments; above 12 it is heard


class SoundKind(StrEnum):
    """What a span of sound mostly is. Where none is said, it is silent."""

    SPEECH = "speech"
    MUSIC = "music"
    NOISE = "noise"


class SoundSpan(AssetFact, table=True):
    """[in, out) frames of one kind of sound."""

    number: int = Field(primary_key=True)  # from 0, in order of time, without overlap
    in_frame: int
    out_frame: int
    kind: SoundKind = Field(sa_type=words(SoundKind))


class SpeakerBy(StrEnum):
    """Who says which speaker a line is spoken by."""

    NOBODY = ""
    CAPTIONS = "captions"
    SCRIPT = "script"  # the line stands in it, under the character's name
    VOICE = "voice"  # it sounds like lines whose speaker is known, or that are only alike


_BY = words(SpeakerBy)  # a line has words of its own


class Line(AssetFact, table=True):
    """One spoken line."""

    number: int = Field(primary_key=True)  # from 0
    in_frame: int
    out_frame: int
    text: str
    language: str  # ISO 639-1
    speaker: str = ""  # a name, "Speaker 2" or "说话人2"; "" where nobody knows
    confidence: float  # 0 to 1; captions are 1
    words: list[list[Any]] = json_column()  # [word, in frame, out frame]
    engine: str
    doubt: str = ""  # why it was perhaps never said: it can be searched, but is not cut on
    speaker_by: SpeakerBy = Field(
        default=SpeakerBy.NOBODY, sa_type=_BY, sa_column_kwargs={"server_default": ""}
    )
    # 0 to 1, that it is this speaker
    speaker_confidence: float = Field(default=0.0, sa_column_kwargs={"server_default": "0"})


class Emotion(AssetFact, table=True):
    """The emotion of one line: words, voice, picture and neighbours together."""

    number: int = Field(primary_key=True)  # of the line
    label: Label = Field(sa_type=words(Label))
    scores: dict[str, float] = json_column()  # label → probability, sums to 1
    engine: str
    valence: float = Field(default=0.0, sa_column_kwargs={"server_default": "0"})  # -1 to 1
    arousal: float = Field(default=0.0, sa_column_kwargs={"server_default": "0"})  # -1 to 1
    # By text, sound, picture and chat (a model's vote): what each alone adds to the logarithm of
    # the labels (text: its probabilities). What is missing was not there to be judged.
    parts: dict[str, dict[str, float]] = json_column(default_factory=dict)
    reasons: list[list[Any]] = json_column(default_factory=list)  # [code of catalog/cues.py, how]


class Cue(AssetFact, table=True):
    """Something heard that is no speech."""

    number: int = Field(primary_key=True)  # from 0, in order of time
    kind: str  # laughter, applause, music
    in_frame: int
    out_frame: int
    strength: float  # 0 to 1


class Clip(AssetFact, table=True):
    """A span of one asset bounded by shots and lines: what is searched and cut in.

    `key` is the uuid5 of checksum and span: the same clip has the same key after any rerun.
    """

    number: int = Field(primary_key=True)  # from 0, in order of time
    key: str = Field(index=True)
    in_frame: int
    out_frame: int
    text: str  # what is said in it; empty for picture only
    lines: list[int] = json_column()
    shots: list[int] = json_column()
    emotion: Label | None = Field(default=None, sa_type=words(Label))
    thumbnail: str
    speaker: str = ""  # who speaks in it, several with commas; "" where nobody knows
    doubt: str = ""  # of its lines, where every one of them is doubtful
    scores: dict[str, float] = json_column(default_factory=dict)  # as Emotion; {} = not known
    valence: float = Field(default=0.0, sa_column_kwargs={"server_default": "0"})
    arousal: float = Field(default=0.0, sa_column_kwargs={"server_default": "0"})


class Embedding(AssetFact, table=True):
    """The dense vector of a clip's text: float32, little endian, unit length."""

    number: int = Field(primary_key=True)  # of the clip
    engine: str
    vector: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class ThumbnailVectors(AssetFact, table=True):
    """The thumbnails of an asset as vectors of a vision engine, in order of time."""

    __tablename__ = "pictures"  # as it was when catalogs got it: older processes work beside newer

    engine: str
    frames: list[int] = json_column()
    # One after the other, each of unit length: float16, little endian.
    vectors: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
