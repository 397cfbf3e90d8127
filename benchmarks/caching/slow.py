"""Files behind a server that delivers so many bytes a second, to all readers together."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

_CHUNK = 1 << 18


@contextmanager
def served(folder: Path, speed: float) -> Iterator[str]:
    """The URL of a folder on a loopback port, while the block lasts. `speed`: bytes a second."""
    pace = _Pace(speed)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = folder / Path(self.path).name
            size = path.stat().st_size
            asked = self.headers.get("Range", "bytes=0-").removeprefix("bytes=")
            first, _, last = asked.partition("-")
            begin, end = int(first), int(last) + 1 if last else size
            self.send_response(206)
            self.send_header("Accept-Ranges", "bytes")
            self.send_header("Content-Range", f"bytes {begin}-{end - 1}/{size}")
            self.send_header("Content-Length", str(end - begin))
            self.end_headers()
            with path.open("rb") as file, suppress(ConnectionError):
                file.seek(begin)
                while begin < end and (data := file.read(min(_CHUNK, end - begin))):
                    pace.take(len(data))
                    self.wfile.write(data)
                    begin += len(data)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


class _Pace:
    def __init__(self, speed: float) -> None:
        self._speed, self._free_at, self._lock = speed, 0.0, threading.Lock()

    def take(self, count: int) -> None:
        """Wait until so many bytes may go."""
        with self._lock:
            now = time.monotonic()
            self._free_at = max(now, self._free_at) + count / self._speed
            wait = self._free_at - now
        if wait > 0:
            time.sleep(wait)
