"""`stringout cache` and the figures for Prometheus, on a tier with real clips."""

import json
from pathlib import Path

from prometheus_client import CollectorRegistry
from typer.testing import CliRunner

from catalog.cache import Cache, Excerpt, Whole
from catalog.database import Catalog
from config.settings import load
from ingest.cli import app
from ingest.metrics import Figures
from media.files import fingerprint
from tests.catalog.test_cache_memory import LONG_GOP, RATE, Recording, make


def run(state: Path, *words: str) -> str:
    result = CliRunner().invoke(app, ["cache", *words, "--state", str(state)])
    assert result.exit_code == 0, result.output
    return result.output


def test_the_command_tells_verifies_and_clears(tmp_path):
    path = make(Recording("v.mp4", RATE, frames=75, video=LONG_GOP, sound=False), tmp_path)
    whole = Whole(path, fingerprint(path), RATE, 75, True, False)
    settings = load(folders={"state": tmp_path / "state"})
    cache = Cache.of(settings)
    with cache.media(Excerpt(whole, 30, 40)) as media:
        told = json.loads(run(tmp_path / "state", "--json"))["disk"]
        assert (told["clips"], told["pinned"], told["made"], told["ratio"]) == (1, 1, 1, 0)
        assert told["bytes"] == media.path.stat().st_size
        assert run(tmp_path / "state", "clear").startswith("0 clips removed")  # it is in use
    assert cache.prefetch(Excerpt(whole, 30, 40))
    assert "1 of 1000 clips" in run(tmp_path / "state")
    media.path.write_bytes(b"rotten")
    assert "0 clips are whole; 1 were damaged" in run(tmp_path / "state", "verify")
    assert not media.path.exists()
    assert cache.prefetch(Excerpt(whole, 30, 40))
    registry = CollectorRegistry()
    catalog = Catalog(settings.database_url)
    catalog.migrate()
    registry.register(Figures(settings, catalog))
    assert registry.get_sample_value("stringout_cache_clips") == 1
    assert registry.get_sample_value("stringout_cache_asked", {"answer": "miss"}) == 1
    catalog.close()
    assert run(tmp_path / "state", "clear").startswith("1 clips removed")
    assert not list((tmp_path / "state" / "cache").glob("*.mov"))
