"""What the commands print: tables for people."""

import json
from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from catalog.models import CHINESE, Label
from catalog.search import Found
from config.settings import Settings
from ingest.check import Check


def show_found(found: Sequence[Found], words: str) -> None:
    """Two lines per clip: where it is, and what is said."""
    console = Console()
    if not found:
        console.print(Text(f"No clip was found for {words!r}."))
        return
    for clip in found:
        emotion = f"{clip.emotion} {CHINESE[Label(clip.emotion)]}" if clip.emotion else ""
        where = Text(f"{clip.path}  {clip.source_in} – {clip.source_out}  ", "cyan")
        console.print(where.append(emotion, "dim"), soft_wrap=True)
        who = f"{clip.speaker}: " if clip.speaker else ""
        doubt = f"  (doubtful: {clip.doubt})" if clip.doubt else ""
        sounds = f"  [{', '.join(clip.sounds)}]" if clip.sounds else ""
        said = Text(f"    {who}{clip.text}").append(sounds, "dim").append(doubt, "yellow")
        console.print(said)


def show_checks(checks: Sequence[Check]) -> None:
    """One line per check, and what to do where it fails."""
    console = Console()
    for check in checks:
        mark = Text("ok ", "green") if check.ok else Text("no ", "red")
        console.print(mark, Text(f"{check.name}: {check.finding}"), sep="")
        if check.mend:
            console.print(Text(f"   → {check.mend}", "yellow"))


def show_settings(settings: Settings) -> None:
    """As a TOML file that could be read back."""
    console = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)
    for folder in settings.watch:
        console.print("[[watch]]")
        for name, value in folder.model_dump(mode="json", exclude_none=True).items():
            console.print(f"{name} = {_toml(value)}")
        console.print()
    for section, values in settings.model_dump(mode="json", exclude={"watch"}).items():
        console.print(f"[{section}]")
        for name, value in values.items():
            console.print(f"{name} = {_toml(value)}")
        console.print()


def _toml(value: object) -> str:
    """Strings and numbers are written alike in JSON and in TOML; tables and what holds them not."""
    if isinstance(value, dict):
        return (
            "{" + ", ".join(f"{_toml(name)} = {_toml(each)}" for name, each in value.items()) + "}"
        )
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
