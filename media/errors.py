"""Errors are named by what happens next.

StringoutError
├── Rejected       the file is unusable: the run fails, the original stays where it is
├── TryLater       the world is not ready: the run waits and is tried again
└── Misconfigured  the operator must act: exit code 78, no file is blamed

The message is one sentence that a person on the share can act on: the file, what is
wrong, what to do. Libraries' errors are translated once, at the edge, with `raise … from`.
"""


class StringoutError(Exception):
    """Anything Stringout says about its own work."""


class Rejected(StringoutError):
    """The dropped file cannot be used; trying again would give the same answer."""


class TryLater(StringoutError):
    """Nothing is wrong with the file, but the work cannot be done now."""

    def __init__(self, message: str, seconds: float | None = None) -> None:
        """`seconds`: when to try again; None leaves it to the back-off."""
        super().__init__(message)
        self.seconds = seconds


class Misconfigured(StringoutError):
    """The installation or its configuration stands in the way of every file."""

    exit_code = 78  # EX_CONFIG in sysexits.h; systemd units do not restart on it
