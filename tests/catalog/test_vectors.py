import os
import signal
import subprocess
import sys
import textwrap
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from qdrant_client import QdrantClient

from catalog.vectors import shared
from catalog.vectors.edge import EdgeVectors
from catalog.vectors.remote import Server, SocketVectors
from catalog.vectors.server import ServerVectors, connect
from catalog.vectors.shared import open_vectors
from catalog.vectors.store import VectorStore, sparse
from catalog.words import sparse_terms
from catalog.work import Point
from config.settings import Settings, load
from media.errors import Misconfigured, TryLater

pytestmark = pytest.mark.filterwarnings("ignore:Payload indexes have no effect")
REPOSITORY = Path(__file__).parents[2]


def _point(asset: int, number: int, text: str, vector: list[float], emotion: str = "calm") -> Point:
    name = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{asset}/{number}"))
    payload = {"asset_id": asset, "story_id": [asset], "emotion": emotion, "number": number}
    return Point(name, vector, text, payload)


LIBRARY = {
    1: [
        _point(1, 0, "the harbour was quiet", [1, 0, 0, 0]),
        _point(1, 1, "she laughed at the dog", [0, 1, 0, 0], "joy"),
    ],
    2: [
        _point(2, 0, "我再也不想见到你", [0, 0, 1, 0], "anger"),
        _point(2, 1, "码头今天很安静", [], "calm"),
    ],
}


@pytest.fixture(params=["edge", "server", "socket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[VectorStore]:
    made: list[VectorStore | Server]
    if request.param == "server":
        made = [ServerVectors(QdrantClient(":memory:"), "clips-test", 4)]
    else:
        made = [EdgeVectors(tmp_path / "shard", 4)]
    if request.param == "socket":
        made.append(Server(made[0], tmp_path / "socket"))  # type: ignore[arg-type]
        yield SocketVectors(tmp_path / "socket")
    else:
        yield made[0]  # type: ignore[misc]
    for one in reversed(made):
        one.close()


@pytest.fixture
def full(store: VectorStore) -> VectorStore:
    for asset_id, points in LIBRARY.items():
        store.replace(asset_id, points)
    return store


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load(REPOSITORY / "config" / "default.toml", folders={"state": str(tmp_path / "state")})


def _found(store: VectorStore, text: str, dense: list[float] | None = None, **more: object) -> list:
    hits = store.query(dense, sparse_terms(text), limit=10, filters=more)  # type: ignore[arg-type]
    return [(hit.payload["asset_id"], hit.payload["number"]) for hit in hits]


def test_words_find_their_clip(full: VectorStore) -> None:
    assert _found(full, "dog laughed") == [(1, 1)]


def test_chinese_words_find_their_clip_without_a_dense_vector(full: VectorStore) -> None:
    assert _found(full, "安静的码头")[0] == (2, 1)


def test_meaning_finds_a_clip_without_a_common_word(full: VectorStore) -> None:
    assert _found(full, "", [0.9, 0.1, 0, 0])[0] == (1, 0)


def test_words_and_meaning_together_beat_either(full: VectorStore) -> None:
    assert _found(full, "dog", [0.1, 0.9, 0, 0])[0] == (1, 1)


def test_a_query_without_words_and_meaning_finds_nothing(full: VectorStore) -> None:
    assert _found(full, "…") == []


def test_filters_hold_for_both_rankings(full: VectorStore) -> None:
    assert _found(full, "dog 码头", [1, 1, 1, 1], emotion="joy") == [(1, 1)]
    assert _found(full, "dog 码头", [1, 1, 1, 1], asset_id=2)[0][0] == 2
    assert _found(full, "dog", [1, 1, 1, 1], asset_id=[1], emotion=["anger"]) == []
    assert {asset for asset, _ in _found(full, "", [1, 1, 1, 1], story_id=2)} == {2}


def test_replacing_an_asset_leaves_nothing_of_before_and_nothing_else_changes(
    full: VectorStore,
) -> None:
    fresh = [LIBRARY[1][1], _point(1, 7, "a new line", [0, 0, 0, 1])]
    for _ in range(2):
        full.replace(1, fresh)
        assert full.count() == 4
    assert _found(full, "harbour") == []
    assert _found(full, "new line") == [(1, 7)]
    full.replace(1, [])
    assert full.count() == 2


def test_more_points_than_a_batch_are_all_kept(store: VectorStore) -> None:
    store.replace(3, [_point(3, n, f"line {n}", [n, 1, 0, 0]) for n in range(600)])
    assert store.count() == 600


def test_scores_order_the_hits(full: VectorStore) -> None:
    hits = full.query([1, 0.5, 0.4, 0], sparse_terms("the harbour dog"), limit=3)
    assert len(hits) == 3
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_sparse_indices_are_stable_for_ever() -> None:
    assert sparse({"dog": 1.0, "狗": 2.0}) == ([2044924251, 3360772096], [1.0, 2.0])


def test_the_edge_index_is_there_after_it_was_closed(tmp_path: Path) -> None:
    first = EdgeVectors(tmp_path / "shard", 4)
    first.replace(1, LIBRARY[1])
    first.close()
    second = EdgeVectors(tmp_path / "shard", 4)
    assert _found(second, "harbour") == [(1, 0)]
    second.close()


def test_an_unreachable_server_is_tried_later() -> None:
    with pytest.raises(TryLater, match="does not answer"):
        connect("http://127.0.0.1:9", "clips", 4)


def test_engines_have_collections_of_their_own(settings: Settings) -> None:
    one = open_vectors(settings, "minilm", 4)
    other = open_vectors(settings, "multilingual", 8)
    one.replace(1, LIBRARY[1])
    assert (one.count(), other.count()) == (2, 0)
    one.close()
    other.close()


def test_the_next_process_owns_what_the_first_closed(settings: Settings) -> None:
    first = open_vectors(settings, "minilm", 4, serve=True, alone=True)
    first.close()
    second = open_vectors(settings, "minilm", 4, serve=True, alone=True)
    assert isinstance(second, EdgeVectors)
    second.close()


def test_a_second_service_on_the_same_state_is_refused(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared, "PATIENCE", 0.1)
    first = open_vectors(settings, "minilm", 4, serve=True, alone=True)
    with pytest.raises(Misconfigured, match="another Stringout keeps the vector index"):
        open_vectors(settings, "minilm", 4, serve=True, alone=True)
    first.close()


def test_an_owner_that_serves_nobody_is_tried_later(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared, "PATIENCE", 0.1)
    first = open_vectors(settings, "minilm", 4)
    with pytest.raises(TryLater, match="did not answer"):
        open_vectors(settings, "minilm", 4)
    first.close()


def test_a_deep_state_folder_is_served_too(tmp_path: Path) -> None:
    deep = tmp_path / ("很长的名字" * 10) / ("x" * 100)
    settings = load(REPOSITORY / "config" / "default.toml", folders={"state": str(deep)})
    owner = open_vectors(settings, "minilm", 4, serve=True, alone=True)
    guest = open_vectors(settings, "minilm", 4)
    assert isinstance(guest, SocketVectors)
    guest.replace(1, LIBRARY[1])
    assert _found(owner, "harbour") == _found(guest, "harbour") == [(1, 0)]
    owner.close()


def test_only_the_owner_of_the_socket_may_connect(settings: Settings) -> None:
    owner = open_vectors(settings, "minilm", 4, serve=True, alone=True)
    (path,) = settings.folders.state.glob("vectors/*/socket")
    assert path.stat().st_mode & 0o777 == 0o600
    owner.close()


_OWNER = """
    import sys, time
    from pathlib import Path
    from catalog.vectors.shared import open_vectors
    from catalog.work import Point
    from config.settings import load

    settings = load(Path("config/default.toml"), folders={"state": sys.argv[1]})
    store = open_vectors(settings, "minilm", 4, serve=True, alone=True)
    name = "00000000-0000-0000-0000-00000000000a"
    store.replace(1, [Point(name, [1, 0, 0, 0], "the harbour", {"asset_id": 1, "number": 0})])
    print("ready", flush=True)
    time.sleep(60)
"""


def test_a_killed_owner_loses_nothing_and_blocks_nobody(settings: Settings) -> None:
    command = [sys.executable, "-c", textwrap.dedent(_OWNER), str(settings.folders.state)]
    with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE) as owner:
        assert owner.stdout
        assert owner.stdout.readline() == b"ready\n"
        guest = open_vectors(settings, "minilm", 4)
        assert isinstance(guest, SocketVectors)
        assert _found(guest, "harbour") == [(1, 0)]
        os.kill(owner.pid, signal.SIGKILL)
    with pytest.raises(TryLater):
        guest.count()
    heir = open_vectors(settings, "minilm", 4, serve=True, alone=True)
    assert isinstance(heir, EdgeVectors)
    assert _found(guest, "harbour") == _found(heir, "harbour") == [(1, 0)]
    heir.close()


def test_many_guests_ask_while_one_writes(settings: Settings) -> None:
    owner = open_vectors(settings, "minilm", 4, serve=True, alone=True)
    owner.replace(1, LIBRARY[1])
    guests = [open_vectors(settings, "minilm", 4) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(_found, guest, "harbour") for guest in guests * 10]
        for number in range(2, 12):
            owner.replace(number, [_point(number, 0, "another line", [0, 0, 0, 1])])
        assert all(answer.result() == [(1, 0)] for answer in asked)
    assert guests[0].count() == 12
    owner.close()


def test_what_is_neither_near_nor_shares_a_word_is_no_answer(store: VectorStore) -> None:
    store.replace(1, LIBRARY[1])
    assert store.query([0, 0, 1, 0], sparse_terms("volcano"), limit=5) == []
    (found,) = store.query([0, 0, 1, 0], sparse_terms("the harbour"), limit=5)[:1]
    assert found.payload["number"] == 0
