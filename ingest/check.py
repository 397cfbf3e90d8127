"""One line of `stringout doctor`."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Check:
    """One thing that was looked at. `mend` says what to do when it is not `ok`."""

    name: str
    ok: bool
    finding: str
    mend: str = ""
