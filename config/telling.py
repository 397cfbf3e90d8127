"""Section of the notices that people get: to whom, about what, how often."""

from typing import Annotated, Literal

from pydantic import Field, SecretStr

from config.section import Seconds, Section


class Notify(Section):
    """Messages by apprise. Addresses hold passwords and tokens: they are never printed."""

    targets: tuple[SecretStr, ...]
    about: tuple[Literal["done", "rejected", "failed", "paused"], ...]
    batch_seconds: Annotated[float, Field(ge=0)]
    pause_seconds: Seconds
    language: Literal["en", "zh"]
