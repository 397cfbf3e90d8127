"""Which engine hears, on this machine and in this language, and why."""

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from config.understanding import Transcript
from indexers.engines.checkpoints import Format, cache_folder, find, ranked
from indexers.engines.expected import Script
from indexers.engines.faster import FasterWhisper
from indexers.engines.pocketsphinx import PocketSphinx
from indexers.engines.speech import SpeechEngine
from indexers.engines.whisper import Whisper
from media.accelerators import nvidia
from media.errors import Misconfigured

_SPHINX = "pocketsphinx"


@dataclass(frozen=True)
class Choice:
    """Which engine would hear, and why: one phrase for `stringout doctor`."""

    name: str  # whisper, faster-whisper, pocketsphinx, none
    reason: str
    weights: Path | None = None


def choose(section: Transcript) -> Choice:
    """The engine that would hear now; light, for it only looks which files are there.

    "auto" takes Whisper's best weights on disk for the language that is set, the ones in
    CTranslate2's form where both are equally good. Raises Misconfigured when an engine is set
    that can't run here.
    """
    if section.engine == "none":
        return Choice("none", "speech recognition is switched off in [transcript]")
    gpu = nvidia() > 0
    there = [
        (form, path)
        for form in (Format.FASTER, Format.WHISPER)
        if section.engine in ("auto", form) and form.installed
        if (path := find(form, section.model, section.language, gpu))
    ]
    if there:
        form, path = min(there, key=lambda one: _rank(one[1], section.language, gpu))
        how = "on the GPU in half precision" if gpu else "on the CPU"
        return Choice(form.value, f"its weights are in {path}; {how}", path)
    if section.engine not in ("auto", _SPHINX):
        raise Misconfigured(_missing(section))
    if not find_spec(_SPHINX):
        raise Misconfigured("pocketsphinx is not installed: install Stringout's packages again")
    why = "set in [transcript]" if section.engine != "auto" else f"no {_wanted(section)} on disk"
    return Choice(_SPHINX, f"{why}; it hears English, and Chinese that is in a script")


def engine_for(choice: Choice, prompt: str, script: Script) -> SpeechEngine:
    """The engine of a choice that is not "none". `prompt`: names to expect, for Whisper."""
    if choice.weights is None:
        return PocketSphinx(script)
    made = FasterWhisper if choice.name == Format.FASTER else Whisper
    return made(choice.weights, prompt)


def needs_whisper(language: str) -> str:
    """What to do about a language that the embedded engine can't hear."""
    name = {"zh": "Chinese"}.get(language, f"{language!r}")
    return (
        f"{name} speech needs Whisper weights: copy a model such as small.pt to {cache_folder()} "
        "(`stringout models` lists them)"
    )


def _rank(path: Path, language: str, gpu: bool) -> int:
    names = ranked(language, gpu)
    name = path.name.removesuffix(".pt")
    return names.index(name) if name in names else -1  # somebody named it: their own


def _wanted(section: Transcript) -> str:
    return f"Whisper weights {section.model!r}" if section.model else "Whisper weights"


def _missing(section: Transcript) -> str:
    form = Format(section.engine)
    if not form.installed:
        return (
            f'[transcript] sets engine = "{form}", which is not installed: install the extra '
            f'"stringout[{form}]", or set engine = "auto"'
        )
    what = "a .pt file" if form is Format.WHISPER else "a converted folder"
    example = "small.pt" if form is Format.WHISPER else "the folder small"
    return (
        f'[transcript] sets engine = "{form}", but there are no {_wanted(section)}: copy a model '
        f"such as {example} to {cache_folder(form)}, name {what} as model, or set "
        'engine = "auto"; `stringout models` lists them'
    )
