"""What a producer should check in the sources of a cut, and who made what."""

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from renderers.format import rate_label
from renderers.page.cautions import told
from renderers.page.facts import Material, Media
from renderers.page.phrases import Phrases

_FACTS = ("speech", "emotions", "search")
# What probe says of every file without timecode or with a variable rate: told here of the
# files in the cut only, and in the language of the page.
_ITSELF = "report"
_TOLD = ("no timecode", "variable frame rate")


def warnings(material: Material, say: Phrases) -> tuple[str, ...]:
    """One sentence each: what is not in and why, the script's, the cut's, the files'."""
    used = {source.asset_id for source in material.sequence.sources()}
    found = [
        say("unreadable", name=PurePosixPath(path).name, why=why)
        for path, why in material.unreadable
    ]
    found += [say("offline", name=PurePosixPath(path).name) for path in material.offline]
    found += [told(warning, say.language) for warning in material.script.warnings]
    found += _rates(material, say)
    for media in material.media.values():
        if media.asset_id in used:
            found += _clocks(media, say)
        found += [_named(media, told(text, say.language)) for text in _others(media)]
    return tuple(dict.fromkeys(found))


def makers(material: Material, say: Phrases) -> tuple[tuple[str, str], ...]:
    """Engines by kind of fact with the number of files, then by stage what made the files."""
    engines: dict[tuple[str, str], int] = {}
    for media in material.media.values():
        for found in media.engines:
            engines[found] = engines.get(found, 0) + 1
    facts = [
        (
            say(kind),
            "; ".join(f"{engine} × {n}" for (of, engine), n in engines.items() if of == kind),
        )
        for kind in _FACTS
    ]
    stages: dict[str, dict[str, None]] = {}
    told = [made for made in material.files if made.stage != _ITSELF]  # its version before this
    for made in (*material.proxies, *told):
        stages.setdefault(made.stage, {})[_maker(made.provenance)] = None
    files = [(say("made_by", stage=stage), ", ".join(by)) for stage, by in stages.items()]
    return tuple((what, who) for what, who in (*facts, *files) if who)


def _rates(material: Material, say: Phrases) -> Iterator[str]:
    rates = {source.rate for source in material.sequence.sources()}
    rate = material.sequence.rate
    if len(rates | {rate}) > 1 and rates:
        told = ", ".join(rate_label(one) for one in sorted(rates))
        yield say("mixed_rates", rates=told, rate=rate_label(rate))


def _clocks(media: Media, say: Phrases) -> Iterator[str]:
    footage = media.footage
    if not footage.has_timecode:
        yield say("no_timecode", name=media.name)
    if footage.variable_rate:
        yield say("variable_rate", name=media.name, rate=rate_label(footage.rate))


def _named(media: Media, warning: str) -> str:
    return warning if media.name in warning else f"{media.name}: {warning}"


def _others(media: Media) -> Iterator[str]:
    return (text for text in media.footage.warnings if not text.lower().startswith(_TOLD))


def _maker(provenance: Mapping[str, Any]) -> str:
    """The engine, and the version of the stage that used it."""
    made = " ".join(str(provenance[key]) for key in ("engine", "model") if provenance.get(key))
    return f"{made} · v{provenance['version']}" if provenance.get("version") else made
