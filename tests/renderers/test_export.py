import json
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from catalog.models import Rendition, Story
from catalog.places import cut_home
from catalog.work import Facts, Work
from media.errors import Rejected
from renderers.export import SUMMARY, Export
from renderers.exports import edl, read_edl, registry
from renderers.exports.delivery import Delivery
from renderers.exports.registry import EXPORTS, Format
from renderers.sequence import Alternate
from tests.renderers.plans import add_cut, gap, script_work, sequence, source, use

OTHER = Alternate(source(2, path="drop/渡轮/A 002.mov"), 10, 40, 30, score=0.4)
PLAN = sequence(
    [use(source(path="drop/渡轮/A 001.mov"), 0, 50, score=0.8, alternates=(OTHER,)), gap(20)]
)
STEM = "night ferry.v2"


@pytest.fixture
def work(tmp_path: Path) -> Iterator[Work]:
    with script_work(tmp_path) as work:
        yield work


def publish(work: Work, facts: Facts, version: int) -> None:
    """What the runner does with the facts of a stage."""
    story = work.session.get_one(Story, work.item.story_id)
    home = cut_home(story, "night ferry.v2.fountain", version)
    for file in facts.files:
        target = work.output / home / file.name
        target.parent.mkdir(parents=True, exist_ok=True)
        (work.scratch / file.name).rename(target)
        work.session.add(
            Rendition(
                path=f"{home}/{file.name}", item_id=work.item.id, stage="export", kind=file.kind,
                size=1, checksum="", created_at=0,
                provenance={"version": Export().version, "settings": dict(facts.settings)},
            )
        )  # fmt: skip
    work.session.commit()


def names(stem: str) -> list[str]:
    return [f"{stem}.{form.suffix}" for form in EXPORTS]


def test_the_latest_cut_and_its_stringout_are_written_in_every_format(work: Work) -> None:
    add_cut(work, 1, sequence([gap(10)]))
    add_cut(work, 2, PLAN)
    facts = Export().run(work)
    takes = [name for name in names(f"{STEM}-stringout") if not name.endswith(".ale")]
    found = [file.name for file in facts.files]
    assert found == [*names(STEM), *takes, SUMMARY]
    assert sorted(path.name for path in work.scratch.iterdir()) == sorted(found)
    assert (facts.settings["cut"], facts.settings["digest"]) == (2, "d2")
    edl = (work.scratch / f"{STEM}.edl").read_text(encoding="utf-8")
    assert f"* SOURCE FILE: {work.settings.root('drop')}/渡轮/A 001.mov" in edl
    both = (work.scratch / f"{STEM}-stringout.edl").read_text(encoding="utf-8")
    assert both.count("* FROM CLIP NAME: ") == 2
    assert "SCORE 0.80, CHOSEN" in both


def test_the_summary_tells_the_reel_of_every_file(work: Work) -> None:
    add_cut(work, 1, PLAN)
    Export().run(work)
    told = json.loads((work.scratch / SUMMARY).read_text(encoding="utf-8"))
    root = work.settings.root("drop")
    assert told["reels"] == [
        {"asset": 1, "reel": "A001", "file": f"{root}/渡轮/A 001.mov"},
        {"asset": 2, "reel": "A002", "file": f"{root}/渡轮/A 002.mov"},
    ]
    assert told["held_back"] == []
    assert {"format": "xmeml", "name": f"{STEM}.xml"} in told["files"]


def test_a_file_that_fails_its_gate_is_held_back_and_the_others_go_out(
    work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A writer that is one frame late, beside the real ones."""

    def late(delivery: Delivery, target: Path) -> list[Path]:
        first = replace(delivery.sequence.events[0], in_frame=1, out_frame=51)
        events = (first, *delivery.sequence.events[1:])
        return edl.write(replace(delivery, sequence=replace(PLAN, events=events)), target)

    broken = Format("edl", "edl", late, read_edl.prove)
    monkeypatch.setattr(registry, "EXPORTS", (broken, *EXPORTS[1:]))
    add_cut(work, 1, PLAN)
    facts = Export().run(work)
    reason = "event 1 on V1 begins at source frame 1.000, planned 0"
    assert reason in facts.message
    assert not list(work.scratch.glob("*.edl"))
    assert {file.kind for file in facts.files} == {
        "fcpxml", "xmeml", "otio", "ale", "srt", "vtt", "exports",
    }  # fmt: skip
    told = json.loads((work.scratch / SUMMARY).read_text(encoding="utf-8"))
    assert told["held_back"][0]["format"] == "edl"
    assert reason in told["held_back"][0]["reason"]


def test_a_rate_that_one_format_has_no_word_for_holds_back_that_format_only(work: Work) -> None:
    odd = source(rate=Fraction(25, 2), frames=500)
    add_cut(work, 1, sequence([use(odd, 0, 50)], Fraction(25, 2)))
    facts = Export().run(work)
    assert "held back: xmeml" in facts.message
    assert {"edl", "fcpxml", "otio"} <= {file.kind for file in facts.files}


def test_the_settings_choose_formats_and_other_settings_export_again(work: Work) -> None:
    add_cut(work, 1, PLAN)
    publish(work, Export().run(work), 1)
    asked = {"formats": ("edl",), "stringout": False, "reel_length": "full"}
    export = work.settings.export.model_copy(update=asked)
    other = replace(work, settings=work.settings.model_copy(update={"export": export}))
    assert Export().inputs(other) != Export().inputs(work)
    facts = Export().run(other)
    assert [file.kind for file in facts.files] == ["edl", "exports"]
    assert "A001.mov" in (work.scratch / f"{STEM}.edl").read_text(encoding="utf-8").splitlines()[2]


def test_a_cut_that_did_not_change_is_not_exported_again(work: Work) -> None:
    add_cut(work, 1, PLAN)
    publish(work, Export().run(work), 1)
    again = Export().run(work)
    assert again.skipped
    assert again.message == "the cut did not change"
    add_cut(work, 2, PLAN)
    assert not Export().run(work).skipped


def test_a_file_that_was_deleted_is_made_again(work: Work) -> None:
    add_cut(work, 1, PLAN)
    publish(work, Export().run(work), 1)
    next(work.output.rglob("*.otio")).unlink()
    assert not Export().run(work).skipped


def test_a_script_without_a_cut_says_so(work: Work) -> None:
    with pytest.raises(Rejected, match="no cut yet"):
        Export().run(work)


def test_a_cut_that_breaks_a_rule_is_not_exported(work: Work) -> None:
    add_cut(work, 1, sequence([use(source(frames=40), 0, 50)]))
    with pytest.raises(Rejected, match="event 1 wants frames 0 to 50"):
        Export().run(work)
    assert list(work.scratch.iterdir()) == []
