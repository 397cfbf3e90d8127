from pathlib import Path, PurePosixPath

import pytest

from catalog.models import Kind
from ingest.kinds import footage_stems, kind_of


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("story/a.mov", Kind.FOOTAGE),
        ("story/A.MXF", Kind.FOOTAGE),
        ("story/a.unheard-of", Kind.FOOTAGE),
        ("story/no suffix", Kind.FOOTAGE),
        ("story/新闻.mp4", Kind.FOOTAGE),
        ("story/script.fountain", Kind.SCRIPT),
        ("story/Script.FDX", Kind.SCRIPT),
        ("story/script.txt", Kind.SCRIPT),
        ("story/rundown.mos.xml", Kind.SCRIPT),
        ("story/a.srt", Kind.SIDECAR),
        ("story/a.zh.srt", Kind.SIDECAR),
        ("story/a.XML", Kind.SIDECAR),
        ("story/cut.note.txt", Kind.NOTE),
        ("story/cut.note.md", Kind.NOTE),
        ("story/notes/shorter.txt", Kind.NOTE),
        ("story/Notes/shorter.md", Kind.NOTE),
        ("notes/a.mov", Kind.FOOTAGE),
        ("story/notes", Kind.FOOTAGE),
        ("story/a.jpg", Kind.FOOTAGE),
        ("story/a.gif", None),
        ("story/CLIP/0001.ICN", None),
    ],
)
def test_the_name_tells_what_a_file_is(path: str, kind: Kind | None) -> None:
    assert kind_of(PurePosixPath(path)) == kind


def test_a_text_beside_footage_of_its_name_is_a_sidecar() -> None:
    beside = frozenset({"A001"})
    assert kind_of(PurePosixPath("s/A001.txt"), lambda: beside) == Kind.SIDECAR
    assert kind_of(PurePosixPath("s/A001.zh.txt"), lambda: beside) == Kind.SIDECAR
    assert kind_of(PurePosixPath("s/A002.txt"), lambda: beside) == Kind.SCRIPT
    assert kind_of(PurePosixPath("s/A001.note.txt"), lambda: beside) == Kind.NOTE
    assert kind_of(PurePosixPath("s/A001.fountain"), lambda: beside) == Kind.SCRIPT


def test_footage_is_seen_while_it_is_still_being_copied(tmp_path: Path) -> None:
    for name in ("A.mov", "B.mxf.part", "C.srt", "D.txt", "E.jpg", "F", "G.v2.mp4"):
        (tmp_path / name).touch()
    assert footage_stems(tmp_path) == {"A", "B", "G.v2"}
