from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from catalog import audit
from catalog.approvals import approve, named
from catalog.models import Asset, Deed, Flag, PictureFlag
from catalog.work import Work
from ingest.cli import app
from renderers import held
from renderers.export import Export
from renderers.movie import Movie
from tests.renderers.plans import add_cut, gap, script_work, sequence, source, use


def flag(first: int, end: int, number: int = 0) -> Flag:
    return Flag(asset_id=1, number=number, key=f"key {first}", line=0, in_frame=first,
                out_frame=end, category="violence", term="murder", heard="murdered", how="word",
                source="words_en.tsv")  # fmt: skip


@pytest.fixture
def work(tmp_path: Path) -> Iterator[Work]:
    with script_work(tmp_path) as work:
        if work.session.get(Asset, 1) is None:
            work.session.add(Asset(id=1, checksum="c", item_id=work.item.id or 0))
        work.session.add_all([flag(20, 40), flag(60, 80, 1)])
        add_cut(work, 1, sequence([use(source(), 0, 50), gap(20)]))
        work.session.commit()
        yield work


def holding(work: Work) -> Work:
    section = work.settings.moderation.model_copy(update={"hold": True})
    return replace(work, settings=work.settings.model_copy(update={"moderation": section}))


def test_nothing_is_held_back_unless_the_setting_says_so(work: Work) -> None:
    assert held.digest(work) == ""
    assert not Export().run(work).skipped


def test_a_cut_with_sensitive_words_waits_for_a_person(work: Work) -> None:
    work = holding(work)
    before = Export().inputs(work)
    for stage in (Export(), Movie()):
        facts = stage.run(work)
        assert facts.skipped
        assert facts.message == (
            "held back until a person has looked at 1 sensitive word (violence): the report shows "
            "them, `stringout approve '渡轮'` lets them out"
        )
    (shown,) = held.flags_of(work.session, held.newest(work.session, 1, "night ferry.v2.fountain"))
    assert shown.in_frame == 20  # the other one is not in the cut
    assert approve(work.session, work.item.story_id, [shown], "anna") == [shown]
    assert approve(work.session, work.item.story_id, [shown], "anna") == []
    assert Export().inputs(work) != before  # so that it runs again
    assert not Export().run(work).skipped


def test_a_cut_with_sensitive_pictures_waits_and_says_which_where_and_why(work: Work) -> None:
    for number, (first, end) in enumerate(((45, 75), (60, 90))):
        work.session.add(
            PictureFlag(asset_id=1, number=number, key=f"seen {first}", in_frame=first,
                        out_frame=end, category="nudity", english="a naked person",
                        chinese="裸体的人", likelihood=0.914, engine="clip:b", source="p.tsv")
        )  # fmt: skip
    work.session.commit()
    work = holding(work)
    assert Export().run(work).message == (
        "held back until a person has looked at 1 sensitive word and 1 sensitive picture (violence "
        "1, nudity 1): A001.mov from 10:00:01:20 to 10:00:03:00 looks like “a naked person” "
        "(91 %); the report shows them, `stringout approve '渡轮'` lets them out"
    )
    cut = held.newest(work.session, work.item.story_id, "night ferry.v2.fountain")
    assert cut
    released = approve(work.session, work.item.story_id, held.flags_of(work.session, cut), "anna")
    assert named(released) == "1 sensitive word and 1 sensitive picture"
    assert not Export().run(work).skipped


def test_a_later_version_with_other_words_is_held_again(work: Work) -> None:
    work = holding(work)
    cut = held.newest(work.session, work.item.story_id, "night ferry.v2.fountain")
    assert cut
    approve(work.session, work.item.story_id, held.flags_of(work.session, cut), "anna")
    add_cut(work, 2, sequence([use(source(), 0, 70)]))
    assert "1 sensitive word " in Export().run(work).message


def test_the_command_lets_out_what_is_in_the_cut_now(work: Work, tmp_path: Path) -> None:
    config = tmp_path / "stringout.toml"
    config.write_text(
        f'[[watch]]\nname = "drop"\npath = "{tmp_path}/in coming"\n'
        f'[folders]\nstate = "{tmp_path}"\noutput = "{tmp_path}/output"\n'
        "[moderation]\nhold = true\n"
    )
    result = CliRunner().invoke(app, ["approve", "渡轮", "--config", str(config)])
    assert result.output.startswith("1 sensitive word let out"), result.output
    (entry,) = audit.entries(work.session, deeds=[Deed.APPROVED])
    assert (entry.message, entry.path) == (
        "1 sensitive word in version 1", f"{work.item.root}/{work.item.path}",
    )  # fmt: skip
    again = CliRunner().invoke(app, ["approve", "渡轮", "--config", str(config)])
    assert again.output == "nothing was held back\n"
    assert held.digest(holding(work)) == ""
