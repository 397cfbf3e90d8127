"""report.html in a headless Chromium: its script runs, and only its own."""

import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from sqlmodel import select

from catalog.models import Rendition
from catalog.work import Work
from tests.renderers.page import HOSTILE, Tree, report
from tests.renderers.story_fixture import story


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Work]:
    with story(tmp_path_factory.mktemp("browser"), movie=True) as made:
        yield made


def test_a_browser_runs_the_page_without_an_error(work: Work) -> None:
    report(work)
    shutil.copy(work.scratch / "report.html", work.home / "report.html")
    root = Tree(_strip_doctype(_dom(work.home / "report.html"))).root
    html = root.all("html")[0]
    assert "data-error" not in html.attrs
    rows = root.all("article", "row")
    buttons = [button for button in root.all("button") if "data-seek" in button.attrs]
    assert len(buttons) == len(rows) == 11
    assert (
        int(html.attrs["data-lines"]) == 11 * 2 + 11 * 2 + 11 + 17
    )  # button and text; two curves; strip; three spans of music, seven turns, seven peaks


PROBE = """<img src="ADDRESS/wait"><script nonce="d2">
const told = document.documentElement.dataset, movie = document.querySelector("video");
movie.addEventListener("loadeddata", () => document.querySelector("#line-5 .said").click());
movie.addEventListener("seeked", () => {
  told.length = movie.duration;
  told.at = movie.currentTime;
  told.now = document.querySelector(".now").id;
  new Image().src = "ADDRESS/done";
});
</script></body>"""


@contextmanager
def patience(seconds: float) -> Iterator[str]:
    """The address of a server whose `/wait` answers when `/done` was asked for.

    A browser tells its page when all images are there, and knows nothing of a seek: an image
    that waits for the seek holds it up exactly as long as needed, on a busy machine too.
    """
    done = threading.Event()

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/done":
                done.set()
            done.wait(seconds)
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    done.set()
    server.shutdown()
    server.server_close()


def test_a_click_on_a_line_seeks_the_movie_and_shows_where_it_is(
    work: Work, tmp_path: Path
) -> None:
    """The test's own script joins the page with the nonce that the page trusts."""
    root, text = report(work)
    shutil.copy(work.home / "last_train.mp4", tmp_path / "last_train.mp4")
    with patience(60) as address:
        text = text.replace("img-src data:", f"img-src data: {address}")
        text = text.replace("</body>", PROBE.replace("ADDRESS", address))
        (tmp_path / "page.html").write_text(text, encoding="utf-8")
        html = Tree(_strip_doctype(_dom(tmp_path / "page.html"))).root.all("html")[0]
    assert "data-error" not in html.attrs
    assert float(html.attrs["data-length"]) == pytest.approx(48, abs=0.1)
    assert float(html.attrs["data-at"]) == float(root.by_id("line-5").attrs["data-from"])
    assert html.attrs["data-now"] == "line-5"


# A click by a script is none by a person, which browsers want before they play.
PLAYS = "--autoplay-policy=no-user-gesture-required"
TAKE = """<img src="ADDRESS/wait"><script nonce="d2">
const told = document.documentElement.dataset, movie = document.querySelector("video");
movie.addEventListener("loadeddata", () => document.querySelector("#line-5 .play").click(),
  { once: true });
movie.addEventListener("timeupdate", () => {
  if (!movie.src.includes("/assets/") || movie.paused || movie.currentTime <= told.start) return;
  told.at = movie.currentTime;
  told.src = movie.currentSrc;
  new Image().src = "ADDRESS/done";
});
movie.addEventListener("seeking", () => { told.start ??= movie.currentTime; });
</script></body>"""


def test_a_click_on_a_take_plays_its_proxy_from_its_first_frame(work: Work) -> None:
    proxies = [work.output / made.path for made in work.session.exec(
        select(Rendition).where(Rendition.kind == "proxy"))]  # fmt: skip
    for proxy in proxies:
        proxy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(work.home / "last_train.mp4", proxy)
    root, text = report(work)
    (link, *_) = root.by_id("line-5").all("a", "play")
    address, _, span = link.attrs["href"].partition("#t=")
    with patience(60) as waited:
        text = text.replace("img-src data:", f"img-src data: {waited}")
        text = text.replace("</body>", TAKE.replace("ADDRESS", waited))
        page = work.home / "page.html"
        page.write_text(text, encoding="utf-8")
        html = Tree(_strip_doctype(_dom(page, PLAYS))).root.all("html")[0]
    for proxy in proxies:
        proxy.unlink()
    assert "data-error" not in html.attrs
    assert html.attrs["data-src"].endswith(address.removeprefix("../../.."))
    first, last = map(float, span.split(","))
    assert float(html.attrs["data-start"]) == pytest.approx(first, abs=0.001)
    assert first < float(html.attrs["data-at"]) <= last + 0.5


def test_a_browser_does_not_run_what_names_bring(tmp_path: Path) -> None:
    with story(tmp_path, HOSTILE) as made:
        report(made)
        dom = _dom(made.scratch / "report.html")
    assert "<title>owned" not in dom
    assert 'data-lines="72"' in dom


def _dom(path: Path, *flags: str) -> str:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    assert chromium, "chromium is installed by the set-up"
    profile = path.parent / "profile"
    command = [
        chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
        "--no-first-run", "--disable-background-networking", "--disable-component-update",
        "--disable-sync", f"--user-data-dir={profile}",
        *flags, "--dump-dom", path.as_uri(),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, timeout=90, check=True)
    shutil.rmtree(profile, ignore_errors=True)
    return done.stdout.decode("utf-8")


def _strip_doctype(dom: str) -> str:
    return dom.strip().removeprefix("<!DOCTYPE html>")
