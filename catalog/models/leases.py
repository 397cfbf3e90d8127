"""Roles that one process of many has."""

from sqlmodel import Field, SQLModel


class Lease(SQLModel, table=True):
    """Who has a role, and until when unless he says so again. See catalog/leases.py."""

    role: str = Field(primary_key=True)  # "sweep", or "watch" and the name of a watch folder
    owner: str
    until: float  # by the database's clock
