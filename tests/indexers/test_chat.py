"""A chat model's vote: from a real checkpoint and over real HTTP."""

import json
import os
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from catalog.cues import told as in_words
from catalog.models import Emotion, Label
from catalog.work import Facts, Work
from config.understanding import Chat as Section
from indexers.emotions import Emotions
from indexers.engines.asking import Question
from indexers.engines.chat import told
from indexers.engines.local_chat import Local
from indexers.engines.remote_chat import Remote
from indexers.feeling.votes import Votes, question, read
from media.errors import Misconfigured, TryLater
from tests.indexers.test_emotions import _line
from tests.servers import free_port
from tests.tinychat import ANSWER, make_chat

_ASKED = Question("Label.", "1: I'm scared.", 24)


class _Server(ThreadingHTTPServer):
    """Answers as `says` does what it is asked; what it was asked is in `asked`."""

    def __init__(self, says: Callable[[dict[str, Any]], tuple[int, str]]) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.says, self.asked, self.keys = says, list[dict[str, Any]](), list[str]()

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


class _Answer(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(asked)
        self.server.keys.append(self.headers.get("Authorization", ""))
        status, said = self.server.says(asked)
        body = json.dumps({"choices": [{"message": {"role": "assistant", "content": said}}]})
        self.send_response(status if self.path == "/v1/chat/completions" else 404)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_said: object) -> None:
        """Nothing."""


@pytest.fixture
def serve() -> Iterator[Callable[[Callable[[dict[str, Any]], tuple[int, str]]], _Server]]:
    running: list[_Server] = []

    def start(says: Callable[[dict[str, Any]], tuple[int, str]]) -> _Server:
        server = _Server(says)
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        running.append(server)
        return server

    yield start
    for server in running:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_chat(tmp_path_factory.mktemp("chat") / "glm-4-tiny")


def _section(**said: Any) -> Section:
    usual = {"engine": "none", "model": "", "endpoint": "", "device": "cpu", "bits": 16}
    return Section.model_validate(usual | {"weight": 1.5} | said)


def _asking(work: Work, section: Section) -> Work:
    settings = work.settings.model_copy(update={"chat": section})
    return Work(
        work.item, work.source, work.scratch, work.home, work.output, settings, work.session
    )


def test_an_answer_counts_only_where_it_names_an_asked_line_and_one_of_the_labels_once() -> None:
    said = (
        'Sure! {"3": "Fear", "4": "melancholy", "5": "joy", "9": "joy"}\n4: 愤怒 6：兴奋, 5: anger'
    )
    assert read(said, range(3, 8)) == {3: Label.FEAR, 6: Label.EXCITEMENT}
    assert read("<think>1: joy or 2: fear?</think>```json\n{1: anger}\n```", range(1, 3)) == {
        1: Label.ANGER
    }
    assert read("<think>1: joy", range(1, 3)) == read("", range(1, 3)) == {}
    assert read("9" * 5000 + ": joy, 1: joyful, 2: 平静的", range(1, 3)) == {}


def test_a_question_tells_the_lines_around_those_it_asks_about() -> None:
    asked = question([f"line\n{n}" for n in range(20)], 10, 12).asked
    assert asked.startswith("8: line 7\n9: line 8\n")
    assert asked.endswith("15: line 14\n\nLabel the lines 11 to 12.")


def test_a_real_checkpoint_is_loaded_and_asked_in_batches_of_different_length(model: Path) -> None:
    longer = Question("Label.", "1: nothing " * 40, 24)
    assert Local(model, "cpu").answers([_ASKED, longer]) == [ANSWER, ANSWER]


def test_the_vote_of_a_model_on_this_machine_is_one_of_several(
    tmp_path: Path,
    model: Path,
    accept: Callable[[Path], Work],
    session: Session,
    keep: Callable[[Facts], Facts],
) -> None:
    source = tmp_path / "a.mov"
    source.write_bytes(b"x")
    work = accept(source)
    session.add_all([_line(0, "We should leave the house now."), _line(1, "Tomorrow at nine.")])
    session.commit()
    before = Emotions().run(work).rows[0]
    assert isinstance(before, Emotion)
    asking = _asking(work, _section(engine="transformers", model=str(model)))
    assert Emotions().inputs(asking) != Emotions().inputs(work)
    assert keep(Emotions().run(asking)).message.endswith("; glm-4-tiny-16 voted on 1")
    first, second = (session.get_one(Emotion, (1, number)) for number in (0, 1))
    assert first.scores["fear"] > before.scores["fear"]
    assert first.parts["chat"] == {"fear": 1.5}
    assert in_words(*first.reasons[-1], "zh") == "对话模型认为是 恐惧"
    assert "chat" not in second.parts


def test_a_server_is_asked_about_ten_lines_at_once_and_about_none_twice(
    tmp_path: Path, serve: Callable[..., _Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STRINGOUT_CHAT_KEY", "secret")
    server = serve(lambda _: (200, '{"1": "joy", "12": "anger"}'))
    votes = Votes(Remote("glm-4", server.endpoint), tmp_path / "chat", 1.5)
    lines = [f"line {n}" for n in range(14)]
    found = votes.of(lines)
    assert [n for n, one in enumerate(found) if one] == [0, 11]
    assert (len(server.asked), set(server.keys)) == (2, {"Bearer secret"})
    assert {asked["model"] for asked in server.asked} == {"glm-4"}
    assert votes.of(lines) == found
    assert len(server.asked) == 2
    votes.of([*lines, *lines[:4]])  # only the second question is another one
    assert len(server.asked) == 3
    for kept in (tmp_path / "chat").glob("*/*.txt"):
        os.utime(kept, (0, 0))
    votes.of(["a line of another file"])
    assert len(list((tmp_path / "chat").glob("*/*.txt"))) == 1  # what is old is forgotten


def test_a_server_that_is_away_has_no_vote_and_holds_nothing_up(
    tmp_path: Path, accept: Callable[[Path], Work], session: Session
) -> None:
    source = tmp_path / "a.mov"
    source.write_bytes(b"x")
    endpoint = f"http://127.0.0.1:{free_port()}/v1"
    work = _asking(accept(source), _section(engine="http", model="glm-4", endpoint=endpoint))
    session.add(_line(0, "I am so happy!"))
    session.commit()
    facts = Emotions().run(work)
    assert facts.message.startswith("1 line: 1 joy; without the chat model's votes: the chat model")


def test_what_a_server_refuses_is_told_by_what_happens_next(serve: Callable[..., _Server]) -> None:
    for status, kind in (
        (401, Misconfigured),
        (404, Misconfigured),
        (429, TryLater),
        (503, TryLater),
    ):
        server = serve(lambda _, status=status: (status, ""))
        with pytest.raises(kind, match=str(status)):
            Remote("glm-4", server.endpoint).answers([_ASKED])
    too_long = serve(lambda _: (400, ""))
    assert Remote("glm-4", too_long.endpoint).answers([_ASKED]) == [""]


def test_what_is_no_chat_model_is_said_before_any_work(tmp_path: Path, model: Path) -> None:
    assert "switched off" in told(_section())
    assert "every line is sent there" in told(
        _section(engine="http", model="glm-4", endpoint="http://127.0.0.1:1/v1")
    )
    assert told(_section(engine="transformers", model=str(model))).startswith("glm-4-tiny (in ")
    with pytest.raises(Misconfigured, match=r"no readable config\.json"):
        told(_section(engine="transformers", model=str(tmp_path)))
    bare = make_chat(tmp_path / "bare", template=False)
    with pytest.raises(Misconfigured, match="no chat template"):
        Local(bare, "cpu").answers([_ASKED])
    (bare / "model.safetensors").write_bytes(b"half")
    with pytest.raises(Misconfigured, match="copy the whole folder again"):
        Local(bare, "cpu").answers([_ASKED])
    with pytest.raises(ValueError, match="needs a model"):
        _section(engine="http", endpoint="http://127.0.0.1:1/v1")
