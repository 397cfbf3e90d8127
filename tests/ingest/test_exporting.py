"""`stringout export`: a cut in other formats, where the person stands."""

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from typer.testing import CliRunner

from catalog.work import Work
from ingest.cli import app
from ingest.exporting import Request, write
from media.errors import Misconfigured
from renderers.sequence import Alternate
from tests.renderers.plans import add_cut, gap, script_work, sequence, source, use

PLAN = sequence([use(source(), 0, 50, alternates=(Alternate(source(2), 5, 30, 25),)), gap(20)])


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Work]:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    with script_work(tmp_path) as work:
        add_cut(work, 1, sequence([gap(10)]))
        add_cut(work, 2, PLAN)
        yield work


def request(**values: object) -> Request:
    asked = {"story": "渡轮", "formats": ("fcpxml",), "script": None, "version": None,
             "stringout": False, "fcpxml_version": "1.12", "reel_length": 8,
             "output": None, **values}  # fmt: skip
    return Request(**asked)  # type: ignore[arg-type]


def test_the_newest_cut_is_written_here_in_the_version_that_was_asked_for(work: Work) -> None:
    (path,) = write(work.session, work.settings, request())
    assert path == Path("night ferry.v2.fcpxml")
    assert ET.parse(path).getroot().get("version") == "1.12"
    assert [path.name for path in Path().iterdir()] == ["night ferry.v2.fcpxml"]


def test_a_file_can_be_named_and_an_older_version_chosen(work: Work, tmp_path: Path) -> None:
    target = tmp_path / "for the editor.edl"
    (path,) = write(
        work.session, work.settings, request(formats=("edl",), version=1, output=target)
    )
    assert path == target
    assert "BL" in target.read_text(encoding="utf-8")
    assert "A001" not in target.read_text(encoding="utf-8")


def test_the_stringout_has_every_take(work: Work) -> None:
    paths = write(work.session, work.settings, request(formats=("edl", "srt"), stringout=True))
    assert [path.name for path in paths] == [
        "night ferry.v2-stringout.edl", "night ferry.v2-stringout.srt",
    ]  # fmt: skip
    assert paths[0].read_text(encoding="utf-8").count("FROM CLIP NAME") == 2


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"story": "Zug"}, "no story called 'Zug'"),
        ({"formats": ("avi",)}, "there are edl, fcpxml, xmeml, otio, ale, srt, vtt"),
        ({"formats": ("edl", "srt"), "output": Path("x")}, "one format with --format"),
        ({"script": "other"}, "no cut of other"),
        ({"version": 7}, "night ferry.v2.fountain has versions 1 to 2"),
    ],
)
def test_what_is_unclear_is_asked_back_in_one_sentence(
    work: Work, values: dict[str, object], words: str
) -> None:
    with pytest.raises(Misconfigured, match=words):
        write(work.session, work.settings, request(**values))
    assert not list(Path().iterdir())


def test_the_command_line_writes_and_prints_where(work: Work, tmp_path: Path) -> None:
    config = tmp_path / "stringout.toml"
    config.write_text(
        f'[[watch]]\nname = "drop"\npath = "{tmp_path}/in coming"\n'
        f'[folders]\nstate = "{tmp_path}"\noutput = "{tmp_path}/output"\n'
    )
    line = ["export", "渡轮", "--format", "edl", "--reel-length", "32", "--config", str(config)]
    done = CliRunner().invoke(app, line)
    assert done.output.strip() == "night ferry.v2.edl", done.exception
    bad = CliRunner().invoke(app, [*line[:-3], "9", *line[-2:]])
    assert "a reel has 8, 32, 128 or full characters" in str(bad.exception)
