from collections.abc import Iterator
from pathlib import Path

import pytest

from catalog.models import Rendition, Story
from catalog.places import cut_home
from catalog.work import Facts, Work
from media.errors import Rejected
from renderers.export import EXPORTS, Export
from tests.renderers.plans import add_cut, gap, script_work, sequence, source, use

PLAN = sequence([use(source(path="drop/渡轮/A 001.mov"), 0, 50), gap(20)])


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


def test_the_latest_cut_is_written_in_every_format(work: Work) -> None:
    add_cut(work, 1, sequence([gap(10)]))
    add_cut(work, 2, PLAN)
    facts = Export().run(work)
    names = [file.name for file in facts.files]
    assert names == [f"night ferry.v2.{form.kind}" for form in EXPORTS]
    assert sorted(path.name for path in work.scratch.iterdir()) == sorted(names)
    assert facts.settings == {"cut": 2, "digest": "d2"}
    edl = (work.scratch / "night ferry.v2.edl").read_text(encoding="utf-8")
    assert f"* SOURCE FILE: {work.settings.root('drop')}/渡轮/A 001.mov" in edl


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
