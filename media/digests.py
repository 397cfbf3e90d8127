"""Checksums as the field writes them: several of one file from one read."""

import hashlib
from collections.abc import Callable, Iterable
from typing import Protocol

import xxhash


class Digest(Protocol):
    """What hashlib and xxhash have in common."""

    def update(self, data: bytes, /) -> None:
        """Take more bytes."""

    def hexdigest(self) -> str:
        """All bytes so far, in hex."""


_MAKERS: dict[str, Callable[[], Digest]] = {
    "md5": lambda: hashlib.md5(usedforsecurity=False),
    "sha1": lambda: hashlib.sha1(usedforsecurity=False),
    "sha256": hashlib.sha256,
    "sha512": hashlib.sha512,
    "xxh32": xxhash.xxh32,
    "xxh64": xxhash.xxh64,
    "xxh3": xxhash.xxh3_64,
    "xxh128": xxhash.xxh3_128,
}
ALGORITHMS = frozenset(_MAKERS)
# Hex digits of a sum → what it most likely is, where nothing says it.
BY_LENGTH = {8: "xxh32", 16: "xxh64", 32: "md5", 40: "sha1", 64: "sha256", 128: "sha512"}


class Digests:
    """Several digests fed with the same bytes."""

    def __init__(self, algorithms: Iterable[str]) -> None:
        """`algorithms`: names of ALGORITHMS."""
        self._digests = {name: _MAKERS[name]() for name in algorithms}

    def update(self, data: bytes) -> None:
        """Take more bytes."""
        for digest in self._digests.values():
            digest.update(data)

    def hex(self) -> dict[str, str]:
        """Algorithm → hex digits, lower case."""
        return {name: digest.hexdigest() for name, digest in self._digests.items()}
