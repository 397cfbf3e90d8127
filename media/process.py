"""Running a program under limits: time, silence, memory. Its output can be taken as it comes."""

import os
import resource
import select
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from fcntl import F_SETPIPE_SZ, fcntl
from typing import IO

STALLED = 300.0  # seconds without output after which a program that is read from has hung
_PIPE = 1 << 20  # bytes, the most that Linux gives an ordinary user: fewer wake-ups
_MEMORY = 6 << 30  # bytes of address space: 8K HEVC takes 4 GB
_MEMORY_A_CORE = 256 << 20  # each thread of a decoder adds a stack and an arena

Read = Callable[[memoryview], int]
Taker = Callable[[Read], None]
Beside = Callable[[int], AbstractContextManager[None]]


def most_memory() -> int:
    """The address space that one program may take, in bytes."""
    return _MEMORY + _MEMORY_A_CORE * (os.cpu_count() or 1)


def limit_memory(pid: int) -> None:
    """Let a program take no more than `most_memory`."""
    with suppress(ProcessLookupError):  # it has ended already
        resource.prlimit(pid, resource.RLIMIT_AS, (most_memory(),) * 2)


def run(
    command: Sequence[str], limit: float, take: Taker | None = None, beside: Beside | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run a command line without a shell, for at most `limit` seconds.

    `take`, in this thread, is handed a function that fills a buffer from standard output and
    returns how much it filled: less than all only at the end. `beside` is entered with the
    number of the process while it runs. Raises TimeoutError at a limit
    and FileNotFoundError; what `take` raises ends the program too.
    """
    until = time.monotonic() + limit
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said, bufsize=0
        )
        with process:
            try:
                limit_memory(process.pid)
                with beside(process.pid) if beside else nullcontext():
                    output = _take(process, _Limit(command[0], limit, until), take)
            except BaseException:
                process.kill()
                raise
        said.seek(0)
        return subprocess.CompletedProcess(command, process.returncode, output, said.read())


class _Limit:
    """Until when a program may run."""

    def __init__(self, name: str, seconds: float, until: float) -> None:
        self._name, self._seconds, self._until = name, seconds, until

    def left(self) -> float:
        """Seconds. Raises TimeoutError when there are none."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError(f"took longer than {self._seconds:.0f} s")
        return left


def _take(process: subprocess.Popen[bytes], limit: _Limit, take: Taker | None) -> bytes:
    assert process.stdout
    collected = bytearray()
    read = _reader(process.stdout, limit, STALLED if take else float("inf"))
    if take:
        fcntl(process.stdout, F_SETPIPE_SZ, _PIPE)
        take(read)
    buffer = bytearray(1 << 16)
    while count := read(memoryview(buffer)):
        collected += buffer[:count]
    try:
        process.wait(limit.left())
    except subprocess.TimeoutExpired:
        limit.left()
        raise TimeoutError("closed its output and hung") from None
    return bytes(collected)


def _reader(pipe: IO[bytes], limit: _Limit, stalled: float) -> Read:
    def read(buffer: memoryview) -> int:
        filled = 0
        while filled < len(buffer):
            wait = min(limit.left(), stalled)
            if not select.select([pipe], [], [], wait)[0]:
                limit.left()
                raise TimeoutError(f"said nothing for {stalled:.0f} s")
            count = os.readv(pipe.fileno(), [buffer[filled:]])
            if not count:
                break
            filled += count
        return filled

    return read
