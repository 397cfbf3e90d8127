"""Where weights lie, and which of Whisper's that are there are best for this machine."""

import os
from collections.abc import Iterator
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path

# Best for its cost first: turbo is as good as large at a sixth of the work. The English-only
# ones come last, because half of our users speak Chinese; where English alone is set they
# come before their sisters, which are worse at it.
PREFERRED = (
    "large-v3-turbo", "large-v3", "large-v2", "large-v1", "medium", "small", "base", "tiny",
    "medium.en", "small.en", "base.en", "tiny.en",
)  # fmt: skip
# Six times the work of turbo is hours for an hour of speech on a few cores.
_SLOW = ("large-v3", "large-v2", "large-v1")
_OTHER_NAMES = {"turbo": "large-v3-turbo", "large": "large-v3"}
_ENGLISH = ".en"


class Format(StrEnum):
    """In which form weights lie on disk, called by the engine that reads them."""

    WHISPER = "whisper"  # NAME.pt
    FASTER = "faster-whisper"  # a folder NAME with model.bin and tokenizer.json
    CLIP = "clip"  # a folder NAME as transformers saves it

    @property
    def installed(self) -> bool:
        """Whether its library is."""
        return find_spec(_LIBRARIES[self]) is not None


_LIBRARIES = {
    Format.WHISPER: "whisper",
    Format.FASTER: "faster_whisper",
    Format.CLIP: "transformers",
}


def cache_folder(form: Format = Format.WHISPER) -> Path:
    """Where models of a form are kept: openai-whisper's own place, and one beside it."""
    root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return root / form.value


def find(form: Format, model: str, language: str = "auto", gpu: bool = True) -> Path | None:
    """The weights meant by `model`: a path, a name in the cache, or "" for the best there.

    The best for a language (ISO 639-1, or "auto") and a machine with a GPU or without.
    """
    if "/" in model or model.endswith(".pt"):
        path = Path(model).expanduser()
        return path if _is_there(form, path) else None
    names = (_OTHER_NAMES.get(model, model),) if model else ranked(language, gpu)
    paths = (_named(form, name) for name in names)
    return next((path for path in paths if _is_there(form, path)), None)


def ranked(language: str, gpu: bool) -> list[str]:
    """Names of models, the one to take first first."""
    names = list(_for(language))
    return names if gpu else sorted(names, key=lambda name: name in _SLOW)


def _for(language: str) -> Iterator[str]:
    for name in PREFERRED:
        if name.endswith(_ENGLISH):
            if language == "auto":
                yield name
        else:
            if language == "en" and name + _ENGLISH in PREFERRED:
                yield name + _ENGLISH
            yield name


def _named(form: Format, name: str) -> Path:
    folder = cache_folder(form)
    return folder / f"{name}.pt" if form is Format.WHISPER else folder / name


def _is_there(form: Format, path: Path) -> bool:
    """Whether all is there without which a library would go and download."""
    if form is Format.WHISPER:
        return path.suffix == ".pt" and path.is_file()
    return all((path / name).is_file() for name in ("model.bin", "tokenizer.json", "config.json"))
