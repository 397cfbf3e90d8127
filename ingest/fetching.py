"""Fetching and verifying weights: resumed where it stopped, and never used unverified."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import httpx

from indexers.engines.models import SUMS, Model, expected_sums, read_sums
from media.errors import Misconfigured, TryLater

_PART = ".part"
_CHUNK = 1 << 20
_PATIENCE = httpx.Timeout(60.0)

Progress = Callable[[str, int, int], None]  # file, bytes so far, bytes in all (0: not told)


def verify(model: Model) -> dict[str, str]:
    """What is wrong with a model's files: name → one phrase; empty when all are as they should.

    A file whose SHA-256 nobody says is told so too: it may be right.
    """
    found: dict[str, str] = {}
    for name, wanted in expected_sums(model).items():
        path = model.folder / name
        if not path.is_file():
            found[name] = "is missing"
        elif not wanted:
            found[name] = f"can't be verified: there is no {SUMS} with its SHA-256 beside it"
        elif digest(path) != wanted:
            found[name] = "is damaged or another file: its SHA-256 differs"
    return found


def fetch(model: Model, source: str, tell: Progress) -> None:
    """Bring all files of a model from `source`, and verify them before they take their name.

    `source`: an address that the operator names. {file} and {sha256} in it are replaced; without
    them the files lie there as in the cache: ENGINE/…/FILE. Raises Misconfigured when there is
    something else, TryLater when the connection breaks: the next call goes on there.
    """
    model.folder.mkdir(parents=True, exist_ok=True)
    sums = expected_sums(model)
    with httpx.Client(follow_redirects=True, timeout=_PATIENCE) as client:
        if not all(sums.values()):
            told = read_sums(_text(client, _address(model, source, SUMS, "")))
            sums = {name: known or told.get(name, "") for name, known in sums.items()}
        for name, wanted in sums.items():
            if not wanted:
                raise Misconfigured(f"{SUMS} at the source of {model.key} lacks {name}")
            path = model.folder / name
            if path.is_file() and digest(path) == wanted:
                continue
            _download(client, _address(model, source, name, wanted), path, tell)
            _accept(path, wanted)
    if not all(model.files.values()):
        rows = "".join(f"{wanted}  {name}\n" for name, wanted in sums.items())
        (model.folder / SUMS).write_text(rows, encoding="utf-8")


def digest(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _address(model: Model, source: str, name: str, wanted: str) -> str:
    if "{file}" in source:
        return source.format(file=name, sha256=wanted, name=model.name)
    inside = (model.folder / name).relative_to(model.folder.parents[_depth(model)])
    return f"{source.rstrip('/')}/{inside.as_posix()}"


def _depth(model: Model) -> int:
    """How far above its folder the cache is: ENGINE/FILE, or ENGINE/NAME/FILE."""
    return 0 if model.folder.name == model.engine else 1


def _text(client: httpx.Client, address: str) -> str:
    try:
        return client.get(address).raise_for_status().text
    except httpx.HTTPStatusError as error:
        raise _refused(address, error) from error
    except httpx.HTTPError as error:
        raise TryLater(f"{address} can't be reached ({error}): try again") from error


def _download(client: httpx.Client, address: str, path: Path, tell: Progress) -> None:
    """To NAME.part, from where an earlier one stopped if the server can begin there."""
    part = path.with_name(path.name + _PART)
    have = part.stat().st_size if part.is_file() else 0
    headers = {"Range": f"bytes={have}-"} if have else {}
    try:
        with client.stream("GET", address, headers=headers) as answer:
            if answer.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
                return  # it is whole: only its name is missing
            answer.raise_for_status()
            if answer.status_code != httpx.codes.PARTIAL_CONTENT:
                have = 0
            total = have + int(answer.headers.get("Content-Length", 0))
            with part.open("ab" if have else "wb") as file:
                for chunk in answer.iter_bytes(_CHUNK):
                    file.write(chunk)
                    tell(path.name, file.tell(), total)
    except httpx.HTTPStatusError as error:
        raise _refused(address, error) from error
    except httpx.HTTPError as error:
        raise TryLater(
            f"{path.name} broke off ({error}): fetch it again, it goes on where it stopped"
        ) from error


def _accept(path: Path, wanted: str) -> None:
    part = path.with_name(path.name + _PART)
    if digest(part) != wanted:
        part.unlink()
        raise Misconfigured(
            f"{path.name} from there is not what it should be: its SHA-256 differs, it was removed"
        )
    with part.open("rb") as file:
        os.fsync(file.fileno())
    part.replace(path)


def _refused(address: str, error: httpx.HTTPStatusError) -> Misconfigured:
    code = error.response.status_code
    return Misconfigured(f"{address} answers {code}: name the right address in [models] source")
