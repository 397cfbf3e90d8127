"""Weights from a real web server that breaks off halfway, as they do at half past five."""

import hashlib
import threading
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from typer.testing import CliRunner

from indexers.engines.checkpoints import Format
from indexers.engines.models import SUMS, Model, models
from ingest.cli import app
from ingest.fetching import digest, fetch, verify
from media.errors import Misconfigured, TryLater

CONTENT = bytes(range(256)) * 20_000  # 5 MB
SHA256 = hashlib.sha256(CONTENT).hexdigest()


class Server(ThreadingHTTPServer):
    """Serves a folder with ranges; the first `broken` answers end in the middle."""

    folder: Path
    broken = 0
    asked: list[tuple[str, str]]


class _Answer(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        path = self.server.folder / self.path.lstrip("/")
        wanted = self.headers.get("Range", "")
        self.server.asked.append((self.path, wanted))
        if not path.is_file():
            self.send_error(404)
            return
        data = path.read_bytes()
        first = int(wanted.removeprefix("bytes=").rstrip("-") or 0)
        if wanted and first >= len(data):
            self.send_error(416)
            return
        self.send_response(206 if wanted else 200)
        self.send_header("Content-Length", str(len(data) - first))
        self.end_headers()
        if self.server.broken:
            self.server.broken -= 1
            self.wfile.write(data[first : (first + len(data)) // 2])
            self.close_connection = True
            return
        self.wfile.write(data[first:])

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    made = Server(("127.0.0.1", 0), _Answer)
    made.folder, made.asked = tmp_path / "served", []
    (made.folder / "whisper").mkdir(parents=True)
    (made.folder / "whisper" / "small.pt").write_bytes(CONTENT)
    thread = threading.Thread(target=partial(made.serve_forever, 0.05))
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


@pytest.fixture
def small(tmp_path: Path) -> Model:
    folder = tmp_path / "cache" / "whisper"
    return Model(Format.WHISPER, "small", folder, {"small.pt": SHA256}, 5)


def at(server: Server) -> str:
    return f"http://127.0.0.1:{server.server_port}"


def quiet(_name: str, _done: int, _total: int) -> None:
    """Progress that nobody watches."""


def test_a_fetch_that_breaks_off_goes_on_where_it_stopped(server: Server, small: Model) -> None:
    server.broken = 1
    with pytest.raises(TryLater, match=r"small\.pt broke off"):
        fetch(small, at(server), quiet)
    part = small.folder / "small.pt.part"
    have = part.stat().st_size
    assert 0 < have < len(CONTENT)
    assert not small.there
    told: list[tuple[str, int, int]] = []
    fetch(small, at(server), lambda *one: told.append(one))
    assert server.asked[-1] == ("/whisper/small.pt", f"bytes={have}-")
    assert told[-1] == ("small.pt", len(CONTENT), len(CONTENT))
    assert digest(small.folder / "small.pt") == SHA256
    assert verify(small) == {}
    assert not part.exists()


def test_what_is_there_and_right_is_not_fetched_again(server: Server, small: Model) -> None:
    fetch(small, at(server), quiet)
    fetch(small, at(server), quiet)
    assert len(server.asked) == 1


def test_a_file_that_was_whole_but_for_its_name_is_taken(server: Server, small: Model) -> None:
    small.folder.mkdir(parents=True)
    (small.folder / "small.pt.part").write_bytes(CONTENT)
    fetch(small, at(server), quiet)
    assert verify(small) == {}


def test_another_file_under_the_name_is_never_used(server: Server, small: Model) -> None:
    (server.folder / "whisper" / "small.pt").write_bytes(CONTENT[::-1])
    with pytest.raises(Misconfigured, match="SHA-256 differs"):
        fetch(small, at(server), quiet)
    assert not list(small.folder.iterdir())


def test_an_address_can_be_a_pattern(server: Server, small: Model) -> None:
    (server.folder / SHA256).mkdir()
    (server.folder / SHA256 / "small.pt").write_bytes(CONTENT)
    fetch(small, at(server) + "/{sha256}/{file}", quiet)
    assert server.asked == [(f"/{SHA256}/small.pt", "")]
    with pytest.raises(Misconfigured, match="answers 404"):
        fetch(
            Model(*[*vars(small).values()][:2], small.folder / "x", {"a": SHA256}, 1),
            at(server),
            quiet,
        )


def test_sums_of_a_folder_come_from_its_source_and_stay(server: Server, tmp_path: Path) -> None:
    served = server.folder / "faster-whisper" / "tiny"
    served.mkdir(parents=True)
    (served / "model.bin").write_bytes(CONTENT)
    (served / SUMS).write_text(f"{SHA256}  model.bin\n", encoding="utf-8")
    folder = tmp_path / "cache" / "faster-whisper" / "tiny"
    tiny = Model(Format.FASTER, "tiny", folder, {"model.bin": ""}, 5)
    fetch(tiny, at(server), quiet)
    assert verify(tiny) == {}
    (folder / "model.bin").write_bytes(CONTENT + b"x")
    assert "SHA-256 differs" in verify(tiny)["model.bin"]
    (folder / SUMS).unlink()
    assert "can't be verified" in verify(tiny)["model.bin"]


def test_the_commands_list_and_verify(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert len({model.key for model in models()}) == len(list(models()))
    run = CliRunner().invoke
    listed = run(app, ["models"])
    assert "whisper/small" in listed.output
    assert run(app, ["models", "verify"]).exit_code == 0
    (tmp_path / "whisper").mkdir()
    (tmp_path / "whisper" / "small.pt").write_bytes(b"half")
    assert run(app, ["models", "verify"]).exit_code == 1
    missing = run(app, ["models", "fetch", "whisper/small"])
    assert isinstance(missing.exception, Misconfigured)
    assert "--from" in str(missing.exception)
