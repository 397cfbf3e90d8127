"""Every switch of Stringout: one frozen class per section of the TOML file.

`default.toml` beside this file is complete and says what each switch does; these classes
say what is allowed. Unknown names are errors. `load()` is called at the entry points only;
everything below is handed its section.
"""

import os
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from media.errors import Misconfigured
from media.timecode import exact_rate

Seconds = Annotated[float, Field(ge=0)]
_DEFAULTS = Path(__file__).with_name("default.toml")


class Section(BaseModel):
    """Base of every section: frozen, and unknown names are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class WatchFolder(Section):
    """One watched folder. `name` stands for its path in the catalog, on every host."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9_-]{1,32}$")] = "drop"
    path: Path


class Folders(Section):
    """Where the service keeps what it makes and what it knows."""

    output: Path
    state: Path
    free_floor_gb: Annotated[float, Field(ge=0)]


class Intake(Section):
    """When a dropped file counts as complete, and which names are never taken."""

    quiet_seconds: Seconds
    open_seconds: Seconds
    incomplete_seconds: Seconds
    rescan_seconds: Annotated[float, Field(ge=1)]
    ignore: tuple[str, ...]


class Vectors(Section):
    """The vector index. Empty `url` means the embedded one in the state folder."""

    url: str
    collection: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$")]


class Lanes(Section):
    """How much runs at once, how lost work is noticed, how patient a stop is."""

    io: Annotated[int, Field(ge=1, le=64)]
    cpu: Annotated[int, Field(ge=1, le=64)]
    gpu: Annotated[int, Field(ge=1, le=16)]
    lease_seconds: Annotated[float, Field(ge=3)]
    sweep_seconds: Annotated[float, Field(ge=0.2)]
    attempts: Annotated[int, Field(ge=1, le=20)]
    stop_seconds: Seconds
    idle_seconds: Seconds


class Proxy(Section):
    """The browser-playable copy of an original."""

    height: Annotated[int, Field(ge=90, le=2160)]
    crf: Annotated[int, Field(ge=0, le=51)]
    preset: Literal["ultrafast", "superfast", "veryfast", "faster", "fast", "medium"]
    threads: Annotated[int, Field(ge=0, le=64)]


class Shots(Section):
    """Hard cuts in the picture, from ffmpeg's scdet scores (0 to 100)."""

    threshold: Annotated[float, Field(gt=0, le=100)]
    ratio: Annotated[float, Field(ge=1)]
    minimum_frames: Annotated[int, Field(ge=1)]


class Transcript(Section):
    """Who hears, and in which language ("auto", or an ISO 639-1 code)."""

    engine: Literal["auto", "whisper", "pocketsphinx", "none"]
    model: str
    language: Annotated[str, Field(pattern=r"^(auto|[a-z]{2})$")]


class Emotions(Section):
    """Who feels."""

    engine: Literal["auto", "text", "none"]


class Embeddings(Section):
    """Who turns words into vectors."""

    engine: Literal["auto", "minilm", "multilingual"]
    model: str


class Match(Section):
    """How a script finds its takes."""

    wait_seconds: Seconds
    quiet_seconds: Seconds
    threshold: Annotated[float, Field(ge=0, le=1)]


class Cut(Section):
    """The rough cut: its rate, where its record timecode starts, its breath."""

    rate: str
    start: Annotated[str, Field(pattern=r"^\d{2}:\d{2}:\d{2}[:;]\d{2}$")]
    handle_seconds: Annotated[float, Field(ge=0, le=5)]
    words_per_minute: Annotated[int, Field(ge=60, le=400)]

    @field_validator("rate")
    @classmethod
    def _is_a_rate(cls, value: str) -> str:
        if value != "auto":
            exact_rate(value)
        return value


class Log(Section):
    """What the service says while it works."""

    level: Literal["debug", "info", "warning", "error"]
    format: Literal["text", "json"]


class Settings(Section):
    """The whole configuration, validated."""

    watch: Annotated[tuple[WatchFolder, ...], Field(min_length=1)]
    folders: Folders
    intake: Intake
    vectors: Vectors
    lanes: Lanes
    proxy: Proxy
    shots: Shots
    transcript: Transcript
    emotions: Emotions
    embeddings: Embeddings
    match: Match
    cut: Cut
    log: Log

    @model_validator(mode="after")
    def _folders_are_apart(self) -> "Settings":
        names = [folder.name for folder in self.watch]
        if len(set(names)) < len(names):
            raise ValueError("two [[watch]] folders have the same name")
        paths = [folder.path.expanduser().absolute() for folder in self.watch]
        if any(a != b and a.is_relative_to(b) for a in paths for b in paths) or len(
            set(paths)
        ) < len(paths):
            raise ValueError("a [[watch]] folder lies in another: its files would be taken twice")
        return self

    @property
    def database_url(self) -> str:
        """The SQLAlchemy URL of the catalog, a file in the state folder."""
        return f"sqlite:///{self.folders.state / 'catalog.db'}"

    def root(self, name: str) -> Path:
        """The path of the watch folder called `name`. Raises Misconfigured if there is none."""
        for folder in self.watch:
            if folder.name == name:
                return folder.path
        raise Misconfigured(
            f"the catalog knows files in a watch folder called {name!r}, which the "
            "configuration no longer names: add a [[watch]] section with that name"
        )


def load(path: Path | None = None, **overrides: Any) -> Settings:
    """Read the defaults, the file at `path` over them, and `overrides` over both.

    Without `path`, STRINGOUT_CONFIG, ./stringout.toml and /etc/stringout/stringout.toml are
    tried in this order. `overrides` are sections as dictionaries, or `watch` as a list.
    Relative folders are relative to the current directory. Raises Misconfigured.
    """
    merged = _read(_DEFAULTS)
    found = path or _find()
    if found:
        merged = _merge(merged, _read(found))
    merged = _merge(merged, overrides)
    try:
        settings = Settings.model_validate(merged)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        what = first["msg"].removeprefix("Value error, ")
        if first["type"] == "extra_forbidden":
            what = "there is no such switch; `stringout config` lists them"
        said = f"{where}: {what}" if where else what
        raise Misconfigured(f"{found or 'configuration'}: {said}") from error
    return _absolute(settings)


def _find() -> Path | None:
    named = os.environ.get("STRINGOUT_CONFIG")
    if named:
        return Path(named)
    usual = (Path("stringout.toml"), Path("/etc/stringout/stringout.toml"))
    return next((path for path in usual if path.is_file()), None)


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Misconfigured(f"{path} can't be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Misconfigured(f"{path} is not valid TOML: {error}") from error


def _merge(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """`above` over `below`, section by section; lists are replaced as a whole."""
    merged = dict(below)
    for key, value in above.items():
        both = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = _merge(merged[key], value) if both else value
    return merged


def _absolute(settings: Settings) -> Settings:
    folders = settings.folders.model_copy(
        update={
            "output": settings.folders.output.expanduser().absolute(),
            "state": settings.folders.state.expanduser().absolute(),
        }
    )
    watch = tuple(
        folder.model_copy(update={"path": folder.path.expanduser().absolute()})
        for folder in settings.watch
    )
    return settings.model_copy(update={"folders": folders, "watch": watch})
