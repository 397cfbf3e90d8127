"""The weights that engines of hearing and seeing need and their package does not bring: as data.

SHA-256 of openai-whisper's files as the package itself names them. Of the others nobody
publishes sums: theirs are taken from a SHA256SUMS file, that `fetch` finds beside
them and leaves there, or that somebody wrote who trusts what lies there.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from indexers.engines.checkpoints import Format, cache_folder

SUMS = "SHA256SUMS"  # as sha256sum(1) writes it
_WHISPER = {  # name: (SHA-256, MB)
    "tiny": ("65147644a518d12f04e32d6f3b26facc3f8dd46e5390956a9424a650c0ce22b9", 76),
    "tiny.en": ("d3dd57d32accea0b295c96e26691aa14d8822fac7d9d27d5dc00b4ca2826dd03", 76),
    "base": ("ed3a0b6b1c0edf879ad9b11b1af5a0e6ab5db9205f891f668f8b0e6c6326e34e", 145),
    "base.en": ("25a8566e1d0c1e2231d1c762132cd20e0f96a85d16145c3a00adf5d1ac670ead", 145),
    "small": ("9ecf779972d90ba49c06d968637d720dd632c55bbf19d441fb42bf17a411e794", 484),
    "small.en": ("f953ad0fd29cacd07d5a9eda5624af0f6bcf2258be67c92b79389873d91e0872", 484),
    "medium": ("345ae4da62f9b3d59415adc60127b97c714f32e89e936602e85993674d08dcb1", 1528),
    "medium.en": ("d7440d1dc186f76616474e0ff0b3b6b879abc9d1a4926b7adfa41db2d497ab4f", 1528),
    "large-v1": ("e4b87e7e0bf463eb8e6956e646f1e277e901512310def2c24bf0e11bd3c28e9a", 3087),
    "large-v2": ("81f7c96c852ee8fc832187b0132e569d6c3065a3252ed18e56effd0b6a73e524", 3087),
    "large-v3": ("e5b1a55b89c1367dacf97e3e19bfd829a01529dbfdeefa8caeb59b3f1b81dadb", 3087),
    "large-v3-turbo": ("aff26ae408abcba5fbf8813c21e62b0941638c5f6eebfb145be0c9839262a19a", 1618),
}
_CONVERTED = {  # name: MB in half precision
    "tiny": 75, "base": 145, "small": 484, "medium": 1528, "large-v2": 3087, "large-v3": 3087,
    "large-v3-turbo": 1618,
}  # fmt: skip
_CONVERTED_FILES = ("config.json", "model.bin", "tokenizer.json")
_CLIP = {  # name: (file of the words, file of the weights, MB); the first is taken on a CPU
    "clip-vit-base-patch32": ("tokenizer.json", "model.safetensors", 605),
    "clip-vit-base-patch16": ("tokenizer.json", "model.safetensors", 599),
    "clip-vit-large-patch14": ("tokenizer.json", "model.safetensors", 1711),
    "chinese-clip-vit-base-patch16": ("vocab.txt", "pytorch_model.bin", 753),
}


@dataclass(frozen=True)
class Model:
    """Weights by name: `engine/name`. `files`: name in `folder` → SHA-256, "" where unknown."""

    engine: Format
    name: str
    folder: Path
    files: Mapping[str, str] = field(hash=False)
    megabytes: int

    @property
    def key(self) -> str:
        """What it is called on the command line."""
        return f"{self.engine}/{self.name}"

    @property
    def there(self) -> bool:
        """Whether all its files are."""
        return all((self.folder / name).is_file() for name in self.files)


def models() -> Iterator[Model]:
    """All that are known, of each engine the small ones first."""
    for name, (digest, size) in _WHISPER.items():
        form = Format.WHISPER
        yield Model(form, name, cache_folder(form), {f"{name}.pt": digest}, size)
    for name, size in _CONVERTED.items():
        folder = cache_folder(Format.FASTER) / name
        yield Model(Format.FASTER, name, folder, dict.fromkeys(_CONVERTED_FILES, ""), size)
    yield from vision_models()


def vision_models() -> Iterator[Model]:
    """Those that compare pictures with words; English ones first."""
    for name, (words, weights, size) in _CLIP.items():
        files = ("config.json", "preprocessor_config.json", words, weights)
        folder = cache_folder(Format.CLIP) / name
        yield Model(Format.CLIP, name, folder, dict.fromkeys(files, ""), size)


def expected_sums(model: Model) -> dict[str, str]:
    """Name → SHA-256 of the model's files, "" where nobody says it."""
    path = model.folder / SUMS
    told = read_sums(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return {name: known or told.get(name, "") for name, known in model.files.items()}


def read_sums(text: str) -> dict[str, str]:
    """Name → SHA-256 of a file as sha256sum(1) writes it."""
    rows = (line.split(maxsplit=1) for line in text.splitlines())
    return {row[1].lstrip("*"): row[0].lower() for row in rows if len(row) == 2}
