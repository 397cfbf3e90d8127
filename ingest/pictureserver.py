"""Single pictures of cuts over HTTP: `[preview] port`.

    GET /STORY/FRAME.jpg[?script=…][&version=…][&title=true][&subtitles=true][&lut=NAME.cube] …
    GET /STORY/FRAME.strip.jpg[?script=…][&version=…]

The second one is a filmstrip of the clip that the frame is of. The rest of the query are switches
of [movie], for this picture alone: what an effect would look like. A look-up table is named
without a folder, and lies beside the one that the settings name.
"""

import logging
import threading
from collections.abc import Mapping
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError

from catalog.database import Catalog
from config.cutting import Movie
from config.settings import Settings
from ingest.previewing import Asked, HeldBack, Previews
from media.errors import Misconfigured, Rejected, StringoutError
from media.ready import Ready

_log = logging.getLogger("stringout.preview")
_AT_ONCE = 2  # pictures; the work of the service goes on beside them
_SUFFIX, _STRIP = ".jpg", ".strip.jpg"


class PictureServer:
    """Answers in threads of its own, from the first `tend` to `stop`."""

    def __init__(self, settings: Settings, catalog: Catalog) -> None:
        self._settings, self._catalog = settings, catalog
        self._server: _Server | None = None
        self._said = ""

    def tend(self) -> None:
        """To be called every second or so: a port that is taken may become free."""
        if self._server:
            return
        wanted = self._settings.preview
        try:
            self._server = _Server((wanted.address, wanted.port), self._settings, self._catalog)
        except (OSError, Misconfigured) as error:
            self._say(f"no pictures of cuts: [preview] {wanted.address}:{wanted.port}: {error}")
            return
        threading.Thread(target=self._server.serve_forever, name="pictures", daemon=True).start()
        _log.info("pictures of cuts on http://%s:%d/STORY/FRAME.jpg", wanted.address, self.port)

    @property
    def port(self) -> int:
        """Where it answers; 0 before it does."""
        return self._server.server_port if self._server else 0

    def stop(self) -> None:
        """End it."""
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def _say(self, trouble: str) -> None:
        if trouble != self._said:
            self._said = trouble
            _log.warning("%s", trouble)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], settings: Settings, catalog: Catalog) -> None:
        self.settings, self._catalog = settings, catalog
        self._ready = Ready(_AT_ONCE)
        self._previews = Previews(settings, self._ready, public=True)
        self._turns = threading.BoundedSemaphore(_AT_ONCE)
        super().__init__(address, _Answer)  # closes all when the port is taken

    def picture(self, asked: Asked, movie: Movie) -> bytes:
        with self._turns, self._catalog.reading() as session:
            show = self._previews.strip if asked.strip else self._previews.picture
            return show(session, asked, movie)

    def go_on(self) -> None:
        """After an answer: the next one's ffmpeg starts."""
        self._ready.fill()

    def server_close(self) -> None:
        super().server_close()
        self._previews.close()
        self._ready.close()


class _Answer(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # it would hold the end of an answer back for 40 ms
    timeout = 60  # seconds that a connection may be silent

    def do_GET(self) -> None:
        try:
            asked, movie = _read(self.path, self.server.settings)
            self._send(HTTPStatus.OK, "image/jpeg", self.server.picture(asked, movie))
        except HeldBack as error:
            self._refuse(HTTPStatus.FORBIDDEN, str(error))
        except (Rejected, Misconfigured) as error:
            self._refuse(HTTPStatus.NOT_FOUND, str(error))
        except StringoutError as error:
            self._refuse(HTTPStatus.SERVICE_UNAVAILABLE, str(error))
        except DBAPIError as error:
            told = f"the catalog does not answer ({error.orig}): ask again in a while"
            _log.warning("no picture of a cut: %s", told)
            self._refuse(HTTPStatus.SERVICE_UNAVAILABLE, told)
        self.server.go_on()

    def _refuse(self, status: HTTPStatus, told: str) -> None:
        self._send(status, "text/plain; charset=utf-8", f"{told}\n".encode())

    def _send(self, status: HTTPStatus, kind: str, content: bytes) -> None:
        with suppress(ConnectionError):  # who asked has gone on
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Nothing: a person who looks asks a hundred times."""


def _read(target: str, settings: Settings) -> tuple[Asked, Movie]:
    """Raises Rejected when it is no request for a picture."""
    url = urlsplit(target)
    story, _, name = unquote(url.path).strip("/").rpartition("/")
    strip = name.endswith(_STRIP)
    frame = name.removesuffix(_STRIP if strip else _SUFFIX)
    if not story or not name.endswith(_SUFFIX) or not frame.isdecimal():
        raise Rejected("ask for /STORY/FRAME.jpg, with the number of a frame of the cut")
    query = dict(parse_qsl(url.query))
    script, version = query.pop("script", None), query.pop("version", None)
    if version is not None and not version.isdecimal():
        raise Rejected(f"version {version!r} is no number")
    asked = Asked(story, int(frame), script, int(version) if version else None, strip)
    return asked, _with(settings.movie, query)


def _with(movie: Movie, query: Mapping[str, str]) -> Movie:
    """The effects with other switches. Raises Rejected when there is no such switch."""
    changed: dict[str, str] = dict(query)
    if table := changed.get("lut"):
        if "/" in table or not movie.lut:
            raise Rejected("lut names a file beside the one of [movie] lut in the settings")
        changed["lut"] = str(Path(movie.lut).with_name(table))
    try:
        return Movie.model_validate({**movie.model_dump(), **changed})
    except ValidationError as error:
        first = error.errors()[0]
        raise Rejected(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from error
