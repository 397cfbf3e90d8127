"""A part of a process that does one round after another in a thread of its own."""

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable

_PATIENCE = 5.0  # seconds that a stop waits for a round


class Rounds(ABC):
    """Started and stopped once; what ends its thread is raised to whoever looks after it."""

    def __init__(self, name: str, seconds: Callable[[], float]) -> None:
        """`seconds`: between two rounds, asked before each of them."""
        self._seconds = seconds
        self._stopping = threading.Event()
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    @abstractmethod
    def round(self) -> None:
        """Do what is due. Whatever it raises ends the thread."""

    def last(self) -> None:  # noqa: B027 - most have nothing to do then
        """What is due before the end, after the last round."""

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def check(self) -> None:
        """Raise what ended the thread, if anything did: nothing is done any more then."""
        if self._error:
            raise self._error

    def stop(self) -> None:
        """End the thread. A server that takes its time to answer is not waited for."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout=_PATIENCE)

    @property
    def stopping(self) -> bool:
        """Whether a long round should end soon."""
        return self._stopping.is_set()

    def _run(self) -> None:
        try:
            while not self._stopping.wait(self._seconds()):
                self.round()
            self.last()
        except BaseException as error:
            self._error = error
            raise
