"""How enums and lists are stored."""

from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column, Enum
from sqlmodel import Field


def words(kind: type[StrEnum]) -> Any:
    """A column type that stores the enum's values as text, on every database."""
    return Enum(kind, native_enum=False, length=16, values_callable=lambda k: [m.value for m in k])


def json_column(nullable: bool = False, **options: Any) -> Any:
    """A field that stores a list or a dictionary as JSON text."""
    return Field(sa_column=Column(JSON, nullable=nullable), **options)
