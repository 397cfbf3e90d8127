"""The ledger: one row per item and stage, all state there is."""

from enum import StrEnum

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from catalog.models.columns import words


class Status(StrEnum):
    """Where a run is. The only ways between them are the functions of catalog/runs.py."""

    WAITING = "waiting"  # for another stage, or for a later moment (next_try_at)
    QUEUED = "queued"  # due; its doorbell was rung or will be
    RUNNING = "running"  # claimed, under a lease
    DONE = "done"
    SKIPPED = "skipped"  # nothing to do for this item; counts as done for those who need it
    FAILED = "failed"  # for good, until `stringout retry`
    CANCELLED = "cancelled"  # by a person, until `stringout retry`


class Scope(StrEnum):
    """What a pause stops from starting. What runs already is let end."""

    SERVICE = "service"
    QUEUE = "queue"
    STORY = "story"


class Pause(SQLModel, table=True):
    """Something that starts nothing new until the row is gone; runs wait as queued meanwhile.

    `name` is that of the queue or story, "" for the whole service. Several may hold the same
    thing, each for its own reason: work goes on when the last one is gone.
    """

    scope: Scope = Field(primary_key=True, sa_type=words(Scope))
    name: str = Field(primary_key=True)
    by: str = Field(primary_key=True)  # who: a person, or a part such as "disk guard"
    reason: str  # one sentence
    since: float


class StageRun(SQLModel, table=True):
    """One stage of one item. `token` fences: only the latest claim may finish it."""

    __table_args__ = (
        Index(
            "ix_stagerun_due",
            "status",
            "next_try_at",
            sqlite_where=text("status IN ('waiting', 'queued', 'running')"),
            postgresql_where=text("status IN ('waiting', 'queued', 'running')"),
        ),
    )

    item_id: int = Field(foreign_key="item.id", primary_key=True)
    stage: str = Field(primary_key=True)
    status: Status = Field(default=Status.WAITING, sa_type=words(Status))
    version: int = 1  # of the stage that last ran
    attempt: int = 0  # since it last became due for a new reason
    deaths: int = Field(default=0, sa_column_kwargs={"server_default": "0"})  # … its worker died
    # of it; and how often a worker was lost while it ran, for whatever reason
    interruptions: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    token: int = 0
    owner: str = ""
    lease_until: float = 0
    next_try_at: float | None = None  # waiting: due at; None = when what it needs is done
    queued_at: float = 0
    started_at: float = 0
    finished_at: float = 0
    inputs: str = ""  # digest of what it saw besides its needs (Stage.inputs)
    message: str = ""  # what was made, or why not: one sentence
