import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from sqlmodel import Session

from catalog.models import Clip, Embedding
from catalog.work import Facts, Work
from config.understanding import Embeddings as Section
from indexers.embeddings import Embeddings, embed_clips
from indexers.engines.sentence import choose, embedder, minilm, multilingual
from media.errors import Misconfigured
from tests.tiny import make_model


def _clip(number: int, text: str) -> Clip:
    return Clip(
        asset_id=1, number=number, key=f"key{number}", in_frame=number * 10,
        out_frame=number * 10 + 10, text=text, lines=[], shots=[], emotion=None, thumbnail="",
    )  # fmt: skip


def _section(engine: str, model: Path | str = "") -> Section:
    return Section(engine=engine, model=str(model))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("tiny"))


def test_minilm_knows_what_means_the_same() -> None:
    vectors = minilm().embed(
        ["The dog is running.", "A puppy runs around.", "We must pay the invoice by Friday."]
    )
    assert vectors.shape == (3, minilm().dimension)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert vectors[0] @ vectors[1] > 0.5 > 0.2 > vectors[0] @ vectors[2]


def test_no_texts_give_no_vectors() -> None:
    assert minilm().embed([]).shape == (0, 384)


def test_minilm_reads_english_only() -> None:
    assert minilm().reads("Where is the harbour?")
    assert not minilm().reads("码头在哪里？")


def test_the_multilingual_model_is_read_from_its_folder(tiny: Path) -> None:
    engine = embedder(_section("multilingual", tiny))
    vectors = engine.embed(["码头安静", "the harbour"])
    assert (engine.name, engine.dimension, vectors.shape) == ("multilingual", 32, (2, 32))
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert engine.reads("码头安静")


def test_a_model_is_loaded_once(tiny: Path) -> None:
    assert multilingual(tiny) is multilingual(tiny)
    assert embedder(_section("minilm")) is embedder(_section("auto"))


def test_auto_takes_the_multilingual_model_where_it_is(tiny: Path, tmp_path: Path) -> None:
    assert choose(_section("auto", tiny)).name == "multilingual"
    assert choose(_section("auto", tiny)).dimension == 32
    assert choose(_section("minilm", tiny)).name == "minilm"
    assert choose(_section("auto")).name == "minilm"
    choice = choose(_section("auto", tmp_path / "nowhere"))
    assert (choice.name, choice.dimension) == ("minilm", 384)
    assert "nowhere is not a model" in choice.reason


@pytest.mark.parametrize("model", ["", "nowhere"])
def test_a_named_model_that_is_missing_is_the_operators_to_mend(model: str) -> None:
    with pytest.raises(Misconfigured, match=r"embeddings\.model"):
        choose(_section("multilingual", model))


def test_half_a_model_is_the_operators_to_mend(tmp_path: Path) -> None:
    (tmp_path / "modules.json").write_text("[]")
    with pytest.raises(Misconfigured, match=r"no readable config\.json"):
        choose(_section("auto", tmp_path))
    (tmp_path / "config.json").write_text(json.dumps({"hidden_size": 32}))
    (tmp_path / "modules.json").write_text("{")
    with pytest.raises(Misconfigured, match="can't be loaded"):
        embedder(_section("auto", tmp_path)).embed(["text"])


def test_choosing_loads_no_torch() -> None:
    code = (
        "import sys; from pathlib import Path; from config.settings import load;"
        "from indexers.engines.sentence import choose;"
        "choose(load(Path('config/default.toml')).embeddings);"
        "sys.exit('torch' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2], check=True)


def test_clips_that_the_engine_cannot_read_get_no_vector() -> None:
    rows = embed_clips([_clip(0, "I'm leaving."), _clip(1, "我走了。")], minilm())
    assert [row.number for row in rows] == [0]
    assert len(rows[0].vector) == 4 * 384
    assert np.linalg.norm(np.frombuffer(rows[0].vector, "<f4")) == pytest.approx(1, abs=1e-5)


def test_the_stage_embeds_what_is_said(
    tmp_path: Path,
    accept: Callable[[Path], Work],
    session: Session,
    keep: Callable[[Facts], Facts],
) -> None:
    source = tmp_path / "a.mov"
    source.write_bytes(b"x")
    work = accept(source)
    assert Embeddings().run(work).skipped
    session.add_all([_clip(0, ""), _clip(1, "I'm leaving."), _clip(2, "我走了。")])
    session.commit()
    facts = keep(Embeddings().run(work))
    assert facts.message == (
        "1 clips by minilm; 1 in a language that it can't read are found by their words"
    )
    assert session.get_one(Embedding, (1, 1)).engine == "minilm"
