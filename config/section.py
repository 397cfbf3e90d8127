"""What every section of the configuration is made of."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Seconds = Annotated[float, Field(ge=0)]


class Section(BaseModel):
    """Base of every section: frozen, and unknown names are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")
