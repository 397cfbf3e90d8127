"""Every switch of Stringout: one frozen class per section of the TOML file.

`default.toml` beside this file is complete and says what each switch does; the modules beside
it say what is allowed. Unknown names are errors. `load()` is called at the entry points only;
everything below is handed its section.
"""

import os
import tomllib
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, StringConstraints, ValidationError, model_validator

from config.caching import Archive, Cache, Preview
from config.cutting import Cut, Match, Movie
from config.exporting import Export
from config.footage import AnyProfile, Ladder, Profile, Proxy, Shots, Stills
from config.section import Section
from config.telling import Notify
from config.understanding import (
    Chat,
    Embeddings,
    Emotions,
    Models,
    Moderation,
    Transcript,
    Vision,
)
from config.watching import Folders, Intake, WatchFolder
from config.working import Broker, Database, Lanes, Log, Metrics, Tracing, Vectors
from media.errors import Misconfigured
from media.names import to_path

_DEFAULTS = Path(__file__).with_name("default.toml")
_Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*$")]  # it names files too


class Settings(Section):
    """The whole configuration, validated."""

    watch: Annotated[tuple[WatchFolder, ...], Field(min_length=1)]
    folders: Folders
    intake: Intake
    database: Database
    broker: Broker
    vectors: Vectors
    lanes: Lanes
    proxy: Proxy
    profiles: dict[_Name, AnyProfile]
    cache: Cache
    preview: Preview
    archive: Archive
    stills: Stills
    shots: Shots
    transcript: Transcript
    models: Models
    emotions: Emotions
    chat: Chat
    moderation: Moderation
    vision: Vision
    embeddings: Embeddings
    match: Match
    cut: Cut
    movie: Movie
    export: Export
    notify: Notify
    log: Log
    metrics: Metrics
    tracing: Tracing

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

    @model_validator(mode="after")
    def _profiles_are_there(self) -> "Settings":
        for name in (self.proxy.profile, *self.proxy.also):
            if name not in self.profiles:
                raise ValueError(f"[proxy] names {name!r}: there is no [profiles.{name}]")
        first = self.profiles[self.proxy.profile]
        if not isinstance(first, Profile) or not first.plays:
            raise ValueError("[proxy] profile must play in a browser: one file of h264 and aac")
        if self.movie.ladder and not isinstance(self.profiles.get(self.movie.ladder), Ladder):
            raise ValueError(f"[movie] ladder: {self.movie.ladder!r} is no profile with rungs")
        if self.movie.master and not isinstance(self.profiles.get(self.movie.master), Profile):
            raise ValueError(f"[movie] master: {self.movie.master!r} is no profile of one file")
        if self.proxy.profile in self.proxy.also:
            raise ValueError(f"[proxy] also names {self.proxy.profile!r}, which is made anyway")
        return self

    @property
    def playing(self) -> Profile:
        """How what is played is encoded: proxies of footage, and movies of cuts."""
        profile = self.profiles[self.proxy.profile]
        assert isinstance(profile, Profile)
        return profile

    @property
    def database_url(self) -> str:
        """The SQLAlchemy URL of the catalog; without one it is a file in the state folder."""
        if self.database.url:
            return self.database.url
        return f"sqlite:///{self.folders.state / 'catalog.db'}"

    @property
    def names_a_watch_folder(self) -> bool:
        """Whether somebody has said what to watch; else it is the folder of the defaults."""
        return self.watch != _absolute(Settings.model_validate(_read(_DEFAULTS))).watch

    @property
    def outputs(self) -> tuple[Path, ...]:
        """Every folder that stories are published in, the common one first."""
        own = (folder.output for folder in self.watch if folder.output)
        return tuple(dict.fromkeys((self.folders.output, *own)))

    def output_of(self, name: str) -> Path:
        """Where a story with this `output` (see Story) is published: "" is the common folder."""
        return (name and self.folder(name).output) or self.folders.output

    def for_files_of(self, root: str) -> "Settings":
        """As a stage is handed them: what a watch folder says over what is said for all."""
        language = self.folder(root).language or self.transcript.language
        transcript = self.transcript.model_copy(update={"language": language})
        return self.model_copy(update={"transcript": transcript})

    def root(self, name: str) -> Path:
        """The path of the watch folder called `name`. Raises Misconfigured if there is none."""
        return self.folder(name).path

    def locate(self, root: str, path: str) -> Path:
        """The file of a catalog's path in the watch folder called `root`."""
        return self.root(root) / to_path(path)

    def folder(self, name: str) -> WatchFolder:
        """The watch folder called `name`. Raises Misconfigured if there is none."""
        for folder in self.watch:
            if folder.name == name:
                return folder
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
    found = find(path)
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


def find(path: Path | None) -> Path | None:
    """The file that the configuration is read from: `path`, or where it usually is."""
    if path:
        return path
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
        folder.model_copy(
            update={
                "path": folder.path.expanduser().absolute(),
                "output": folder.output and folder.output.expanduser().absolute(),
            }
        )
        for folder in settings.watch
    )
    return settings.model_copy(update={"folders": folders, "watch": watch})
