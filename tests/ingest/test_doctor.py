from pathlib import Path

import pytest

from config.settings import Settings
from ingest.check import Check
from ingest.doctor import examine


def by_name(settings: Settings) -> dict[str, Check]:
    return {check.name: check for check in examine(settings)}


@pytest.fixture
def drop(settings: Settings) -> Path:
    folder = settings.watch[0].path
    folder.mkdir(parents=True)
    return folder


def test_a_machine_that_runs_these_tests_is_fit_to_run_the_service(
    settings: Settings, drop: Path
) -> None:
    checks = by_name(settings)
    assert {name for name, check in checks.items() if not check.ok} == set()
    assert str(drop) in checks["watch drop"].finding
    assert checks["ffmpeg"].finding.endswith("ffmpeg")
    assert checks["encoders"].finding.startswith("ffmpeg has all")
    assert checks["catalog"].finding.endswith("made by the first start")
    assert set(checks) >= {
        "packages",
        "ffprobe",
        "filters",
        "font chinese",
        "inotify",
        "broker",
        "vectors",
        "output",
        "state",
        "transcript",
        "embeddings",
        "gpu",
    }


def test_nothing_is_made_by_looking(settings: Settings, drop: Path) -> None:
    examine(settings)
    assert list(drop.iterdir()) == []
    assert not settings.folders.output.exists()
    assert not settings.folders.state.exists()


def test_a_missing_folder_is_named_with_its_mending(settings: Settings) -> None:
    check = by_name(settings)["watch drop"]
    assert not check.ok
    assert f"{settings.watch[0].path} does not exist" in check.finding
    assert check.mend


def test_watching_the_output_is_found_before_the_service_runs(settings: Settings) -> None:
    settings.folders.output.mkdir(parents=True)
    same = settings.watch[0].model_copy(update={"path": settings.folders.output})
    check = by_name(settings.model_copy(update={"watch": (same,)}))["watch drop"]
    assert not check.ok
    assert "where Stringout writes" in check.finding


def test_too_little_space_is_told(settings: Settings, drop: Path) -> None:
    folders = settings.folders.model_copy(update={"free_floor_gb": 1e9})
    check = by_name(settings.model_copy(update={"folders": folders}))["output"]
    assert not check.ok
    assert check.mend.startswith("make room")


def test_missing_programs_are_told(
    settings: Settings, drop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    checks = by_name(settings)
    assert not checks["ffmpeg"].ok
    assert not checks["ffprobe"].ok
    assert "apt-get install ffmpeg" in checks["ffmpeg"].mend


def test_an_engine_that_cannot_run_here_is_told(
    settings: Settings, drop: Path, tmp_path: Path
) -> None:
    absent = settings.transcript.model_copy(
        update={"engine": "whisper", "model": str(tmp_path / "absent.pt")}
    )
    check = by_name(settings.model_copy(update={"transcript": absent}))["transcript"]
    assert not check.ok
    assert check.finding


def test_a_damaged_catalog_and_servers_that_are_not_there_are_found(
    settings: Settings, drop: Path
) -> None:
    settings.folders.state.mkdir(parents=True)
    (settings.folders.state / "catalog.db").write_bytes(b"not a database" * 100)
    checks = by_name(settings)
    assert not checks["catalog"].ok
    assert "backup" in checks["catalog"].mend
    away = settings.model_copy(
        update={
            "broker": settings.broker.model_copy(update={"url": "redis://127.0.0.1:9/0"}),
            "vectors": settings.vectors.model_copy(update={"url": "http://127.0.0.1:9"}),
            "database": settings.database.model_copy(
                update={"url": "postgresql://nobody@127.0.0.1:9/nothing"}
            ),
        }
    )
    checks = by_name(away)
    for name in ("catalog", "broker", "vectors"):
        assert not checks[name].ok, name
        assert checks[name].mend
