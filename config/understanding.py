"""Sections of the engines that hear, feel and turn words into vectors."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from config.section import Section


class Transcript(Section):
    """Who hears, and in which language ("auto", or an ISO 639-1 code)."""

    engine: Literal["auto", "whisper", "faster-whisper", "pocketsphinx", "none"]
    model: str
    language: Annotated[str, Field(pattern=r"^(auto|[a-z]{2})$")]
    script: bool
    speakers: bool


class Models(Section):
    """Where `stringout models fetch` fetches from."""

    source: str


class Emotions(Section):
    """Who feels."""

    engine: Literal["auto", "text", "none"]
    sound: bool
    picture: bool
    context: bool


class Chat(Section):
    """A chat model that is asked what each line feels like. `weight`: what its answer adds to the
    logarithm of a label. `bits`: of its weights in memory."""

    engine: Literal["transformers", "http", "none"]
    model: str
    endpoint: Annotated[str, Field(pattern=r"^(https?://\S+)?$")]
    device: Annotated[str, Field(pattern=r"^(auto|cpu|mps|cuda(:\d+)?)$")]
    bits: Literal[4, 8, 16]
    weight: Annotated[float, Field(gt=0, le=3)]

    @model_validator(mode="after")
    def _is_whole(self) -> "Chat":
        if self.engine != "none" and not self.model:
            raise ValueError(f'engine = "{self.engine}" needs a model')
        if self.engine == "http" and not self.endpoint:
            raise ValueError('engine = "http" needs an endpoint')
        return self


class Moderation(Section):
    """What is looked for before others see it. `lists` (words) and `prompts` (what pictures may
    show): files like the shipped ones."""

    words: bool
    lists: tuple[Path, ...]
    pictures: bool
    prompts: tuple[Path, ...]
    sensitivity: Literal["low", "normal", "high"]
    hold: bool


class Vision(Section):
    """Who compares pictures with words. `weight`: of pictures beside what words tell of a clip."""

    engine: Literal["auto", "clip", "none"]
    model: str
    device: Annotated[str, Field(pattern=r"^(auto|cpu|mps|cuda(:\d+)?)$")]
    batch: Annotated[int, Field(ge=1)]
    weight: Annotated[float, Field(ge=0, le=1)]


class Embeddings(Section):
    """Who turns words into vectors."""

    engine: Literal["auto", "minilm", "multilingual"]
    model: str
