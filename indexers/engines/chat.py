"""The chat model of the settings: on this machine, or one that a server offers."""

from functools import cache
from pathlib import Path

from config.understanding import Chat as Section
from indexers.engines.asking import Chat
from indexers.engines.local_chat import Local, require
from indexers.engines.remote_chat import Remote


def told(section: Section) -> str:
    """Who is asked, for `stringout doctor`; loads nothing. Raises Misconfigured."""
    if section.engine == "none":
        return "none (switched off in [chat])"
    if section.engine == "http":
        return f"{section.model} (asked at {section.endpoint}: every line is sent there)"
    folder = Path(section.model).expanduser()
    require(folder, section.bits)
    return f"{folder.name} (in {folder}; {section.bits} bits)"


def chat(section: Section) -> Chat | None:
    """The model of the settings, one for each process; None where there is none. Raises
    Misconfigured."""
    return _chat(section) if section.engine != "none" else None


@cache
def _chat(section: Section) -> Chat:
    if section.engine == "http":
        return Remote(section.model, section.endpoint)
    return Local(Path(section.model).expanduser(), section.device, section.bits)
