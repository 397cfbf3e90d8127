"""log.json of an asset."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlmodel import select

from catalog.models import Line, SpeakerBy
from catalog.work import Work
from renderers.log import Log
from tests.renderers.story_fixture import footage_work, story


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Work]:
    with story(tmp_path_factory.mktemp("log")) as work:
        yield work


def log_of(work: Work, asset_id: int) -> tuple[dict[str, Any], bytes]:
    facts = Log().run(footage_work(work, asset_id))
    assert [(file.name, file.kind) for file in facts.files] == [("log.json", "log")]
    written = (work.scratch / "log.json").read_bytes()
    return json.loads(written), written


def test_a_log_names_its_file_by_content_and_place(script: Work) -> None:
    log, _ = log_of(script, 1)
    assert log["schema"] == "stringout.log/1"
    assert log["story"] == "station"
    assert log["file"] == {
        "name": "A001_C003_maya.mov",
        "path": "drop/station/A001_C003_maya.mov",
        "size": 81_000_001,
        "checksum": f"{1:032x}",
        "checksum_kind": "xxh3-128",
    }


def test_rates_are_exact_and_timecode_is_the_cameras(script: Work) -> None:
    footage = log_of(script, 1)[0]["footage"]
    assert footage["rate"] == "30000/1001"
    assert footage["drop_frame"] is True
    assert footage["start_timecode"] == "10:00:00;00"
    assert footage["reel"] == "A001C003"
    assert (footage["width"], footage["height"]) == (1920, 1080)


def test_every_fact_is_there_with_its_timecode(script: Work) -> None:
    log, _ = log_of(script, 1)
    assert len(log["shots"]) == len(log["lines"]) == len(log["clips"]) == 6
    first = log["lines"][0]
    assert first["in"] == "10:00:00;10"
    assert first["words"][0] == {
        "text": "i", "in_frame": 10, "out_frame": 23, "in": "10:00:00;10", "out": "10:00:00;23",
    }  # fmt: skip
    assert log["shots"][1]["in"] == "10:00:05;00"
    assert log["emotions"][0]["chinese"] == "悲伤"
    assert sum(log["emotions"][0]["scores"].values()) == pytest.approx(1)
    assert log["clips"][0]["embedding"] == "all-MiniLM-L6-v2"
    assert log["clips"][0]["lines"] == [0]
    assert log["scan"]["black"][0]["out"] == "10:00:00;05"
    assert log["renditions"][0]["provenance"]["engine"] == "ffmpeg 5.1 libx264"


def test_speakers_are_told_with_their_share_and_how_surely(script: Work) -> None:
    lines = script.session.exec(select(Line).where(Line.asset_id == 1).limit(2)).all()
    for line, by, sure in zip(lines, (SpeakerBy.SCRIPT, SpeakerBy.VOICE), (1.0, 0.6), strict=True):
        line.speaker, line.speaker_by, line.speaker_confidence = "ANNA", by, sure
    (anna,) = log_of(script, 1)[0]["speakers"]
    script.session.rollback()
    frames = sum(line.out_frame - line.in_frame for line in lines)
    assert anna.pop("seconds") == pytest.approx(frames * 1001 / 30000, abs=0.01)
    assert anna == {"name": "ANNA", "lines": 2, "by": ["script", "voice"], "confidence": 0.8}


def test_chinese_is_readable_in_the_bytes(script: Work) -> None:
    log, written = log_of(script, 3)
    assert log["file"]["name"] == "采访_李雷.mp4"
    assert "你听见了吗？有人在下面。".encode() in written


def test_a_file_without_speech_has_empty_lists(script: Work) -> None:
    log, _ = log_of(script, 4)
    assert log["lines"] == log["clips"] == log["emotions"] == []


def test_the_same_facts_give_the_same_bytes_with_sorted_keys(script: Work) -> None:
    log, written = log_of(script, 2)
    assert written == log_of(script, 2)[1]
    assert written.decode() == json.dumps(log, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def test_the_message_counts(script: Work) -> None:
    assert (
        Log().run(footage_work(script, 3)).message == "all that is known: 2 shots, 2 lines, 2 clips"
    )
