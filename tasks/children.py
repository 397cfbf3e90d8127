"""Child processes owned by a lane's threads: time limits, crash isolation, memory given back.

Threads can't be killed and a native crash takes its whole process along, so stages run in
children: at its limit a child is killed and the next run gets a new one.
"""

import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from catalog.work import Facts
from config.settings import Settings
from media.errors import TryLater
from tasks import wire
from tasks.perform import Order

# No hub, no threads of the tokenizer after a fork, no progress bars in the log.
_ENVIRONMENT = {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false", "TQDM_DISABLE": "1"}

_REAP_SECONDS = 5.0


class Child:
    """One child process and its two pipes."""

    def __init__(self, settings: Settings, device: str = "") -> None:
        """`device`: the one GPU that it sees, as CUDA_VISIBLE_DEVICES names it."""
        self.device = device
        self._process = subprocess.Popen(
            # -P: not a tasks/ of the current folder. faulthandler: a crash in native code is
            # in the log with the line that called it.
            [sys.executable, "-P", "-X", "faulthandler", "-m", "tasks.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # its ffmpegs die with it
            env={**os.environ, **_ENVIRONMENT, "CUDA_VISIBLE_DEVICES": device},
        )
        # Two threads may end it: who borrowed it, and a stop of the lane. Unlocked, one would
        # signal the group of a process that the other has reaped, or take it for alive.
        self._ending = threading.Lock()
        self._ended = False
        self.idle_since = time.monotonic()
        self.orders: Sequence[Order] = ()  # what it works on now
        self.settings = settings
        self._send(settings.model_dump_json())

    def perform(self, order: Order, limit: float) -> Facts:
        """Run one order, as `perform_together`."""
        return self.perform_together([order], limit)[0]

    def perform_together(self, orders: Sequence[Order], limit: float) -> list[Facts]:
        """Run orders of one stage for at most `limit` seconds. Raises what the stage raised,
        Crashed when that was none of ours, Died when the child died, TryLater at the limit; after
        either of these two it is dead."""
        self.orders = orders
        self._send(wire.write_orders(orders))
        line = self._line(time.monotonic() + limit)
        if line is None:
            self.kill()
            raise TryLater(f"{orders[0].stage} took longer than its limit of {limit:.0f} s")
        if not line.endswith(b"\n"):
            self.kill()
            raise wire.Died(_how(self._process))
        self.idle_since, self.orders = time.monotonic(), ()
        return wire.read_answer(line.decode())

    @property
    def alive(self) -> bool:
        """Whether it can take another order."""
        with self._ending:
            return not self._ended and self._process.poll() is None

    def kill(self) -> None:
        """End it and all that it started, now; also what a child that has crashed left behind.

        Its guard keeps the group's number from being given to anybody else until then.
        """
        with self._ending:
            if not self._ended:
                self._ended = True
                with suppress(ProcessLookupError):
                    os.killpg(self._process.pid, signal.SIGKILL)
            with suppress(subprocess.TimeoutExpired):  # it hangs in the kernel, on an absent share
                self._process.wait(_REAP_SECONDS)

    def close(self) -> None:
        """Kill it and close its pipes. Only who borrowed it, or nobody, may be using them."""
        self.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(BrokenPipeError):  # unsent bytes for a dead child
                if pipe:
                    pipe.close()

    def _send(self, line: str) -> None:
        assert self._process.stdin
        try:
            self._process.stdin.write(line.encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError as error:
            self.kill()
            raise wire.Died(_how(self._process)) from error

    def _line(self, until: float) -> bytes | None:
        """The next line, a part of one if the child died, None at the time limit."""
        assert self._process.stdout
        descriptor = self._process.stdout.fileno()
        received = bytearray()
        while not received.endswith(b"\n"):
            readable, _, _ = select.select([descriptor], [], [], max(0, until - time.monotonic()))
            if not readable:
                return None
            chunk = os.read(descriptor, 1 << 20)
            if not chunk:
                break
            received += chunk
        return bytes(received)


def _how(process: subprocess.Popen[bytes]) -> str:
    """How a process ended, in words."""
    code = process.returncode
    if code is None:
        return "its process does not end"
    if code >= 0:
        return f"its process ended with exit code {code}"
    return f"its process was ended by {signal.Signals(-code).name}"


class Children:
    """The children of one lane: as many as it has threads, started when they are needed.

    Each sees one of the lane's `devices`, which are GPUs, or none.
    """

    def __init__(self, settings: Settings, devices: Sequence[str] = ()) -> None:
        self._settings = settings
        self._devices = devices
        self._lock = threading.Lock()
        self._free: list[Child] = []
        self._busy: set[Child] = set()

    @contextmanager
    def borrowed(self) -> Iterator[Child]:
        """A child for one order: the one that worked last, because its engines are loaded."""
        with self._lock:
            child = self._free.pop() if self._free else Child(self._settings, self._device())
            self._busy.add(child)
        try:
            yield child
        finally:
            with self._lock:
                self._busy.discard(child)
                if child.alive and child.settings is self._settings:
                    self._free.append(child)
                else:
                    child.close()

    def _device(self) -> str:
        """The one that the fewest of the children see."""
        seen = Counter(child.device for child in (*self._free, *self._busy))
        return min(self._devices, key=lambda device: seen[device], default="")

    def use(self, settings: Settings) -> None:
        """Start children with other settings from now on; who is busy ends after its order."""
        with self._lock:
            self._settings = settings
            free, self._free = self._free, []
        for child in free:
            child.close()

    def end_idle(self) -> None:
        """End the children that have had no work for the configured time."""
        limit = time.monotonic() - self._settings.lanes.idle_seconds
        with self._lock:
            idle = [child for child in self._free if child.idle_since < limit]
            self._free = [child for child in self._free if child not in idle]
        for child in idle:
            child.close()

    def abandon(self, item_id: int, stage: str, token: int) -> None:
        """End the child that works on this claim, if one does; its thread raises Died. What it
        worked on besides is done again (tasks/lanes.py)."""
        with self._lock:
            busy = [(child, child.orders) for child in self._busy]
        for child, orders in busy:
            claims = ((order.item_id, order.stage, order.token) for order in orders)
            if (item_id, stage, token) in claims:
                child.kill()

    def kill(self) -> None:
        """End all of them now; a run in progress raises Died in its thread."""
        with self._lock:
            free, busy = list(self._free), list(self._busy)
            self._free.clear()
        for child in busy:
            child.kill()
        for child in free:
            child.close()
