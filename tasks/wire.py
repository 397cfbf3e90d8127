"""Facts and orders as lines of JSON, for the pipes between a lane and its child process."""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sqlmodel import SQLModel

import catalog.models
from catalog.work import Facts, File, Point
from media.errors import Misconfigured, Rejected, StringoutError, TryLater
from tasks.perform import Order

_ERRORS: dict[str, type[StringoutError]] = {
    error.__name__: error for error in (Rejected, TryLater, Misconfigured)
}


class Crashed(Exception):
    """A stage raised something that is none of ours."""


class Died(Crashed):
    """The child process that performed it died of it, or was killed."""


def write_orders(orders: Sequence[Order]) -> str:
    """One line for the child."""
    return json.dumps([{**asdict(order), "scratch": str(order.scratch)} for order in orders])


def read_orders(line: str) -> list[Order]:
    """The inverse of `write_orders`."""
    return [
        Order(data["item_id"], data["stage"], Path(data["scratch"]), data["token"])
        for data in json.loads(line)
    ]


def write_facts(found: Sequence[Facts]) -> str:
    """One line for the parent. Bytes in rows become base64 under `{"base64": …}`."""
    plain = [
        {**asdict(facts), "rows": [[type(row).__name__, row.model_dump()] for row in facts.rows]}
        for facts in found
    ]
    return json.dumps({"facts": plain}, default=_plain)


def write_error(error: BaseException) -> str:
    """One line for the parent: what was raised, by name."""
    known = type(error).__name__ in _ERRORS
    text = str(error) if known else f"{type(error).__name__}: {error}"
    name = type(error).__name__ if known else Crashed.__name__
    return json.dumps({"error": name, "text": text, "seconds": getattr(error, "seconds", None)})


def read_answer(line: str) -> list[Facts]:
    """The facts in a child's answer. Raises what the stage raised, or Crashed."""
    answer = json.loads(line)
    if "facts" in answer:
        return [_facts(each) for each in answer["facts"]]
    if answer["error"] == TryLater.__name__:
        raise TryLater(answer["text"], answer["seconds"])
    raise _ERRORS.get(answer["error"], Crashed)(answer["text"])


def _facts(data: Mapping[str, Any]) -> Facts:
    points = data["points"]
    values = {
        **data,
        "rows": [_row(table, values) for table, values in data["rows"]],
        "files": [File(**file) for file in data["files"]],
        "points": None if points is None else [Point(**point) for point in points],
    }
    return Facts(**values)


def _row(table: str, values: Mapping[str, Any]) -> SQLModel:
    model: type[SQLModel] = getattr(catalog.models, table)
    return model(**{name: _value(value) for name, value in values.items()})


def _value(value: Any) -> Any:
    if isinstance(value, Mapping) and set(value) == {"base64"}:
        return base64.b64decode(value["base64"])
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode()}
    if isinstance(value, Sequence):
        return list(value)
    raise TypeError(f"{type(value).__name__} can't be written as JSON")
