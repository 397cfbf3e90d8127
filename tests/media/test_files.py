import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import xxhash
from hypothesis import given
from hypothesis import strategies as st

from media.errors import Misconfigured, TryLater
from media.files import (
    fingerprint,
    inside,
    is_being_written,
    move_in_place,
    needing_the_disk,
    replacing,
    require_space,
    require_writable,
    write_text,
)  # fmt: skip


def test_the_fingerprint_covers_every_byte_of_a_large_file(tmp_path: Path) -> None:
    content = bytearray(9 * 1024 * 1024)
    path = tmp_path / "a.bin"
    path.write_bytes(content)
    assert fingerprint(path) == xxhash.xxh3_128_hexdigest(bytes(content))
    content[5 * 1024 * 1024] = 1
    path.write_bytes(content)
    assert fingerprint(path) == xxhash.xxh3_128_hexdigest(bytes(content))


@given(st.binary(max_size=100))
def test_fingerprints_are_32_hex_digits(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.bin"
    path.write_bytes(content)
    assert len(fingerprint(path)) == 32
    int(fingerprint(path), 16)


def test_a_replaced_file_is_old_until_it_is_new(tmp_path: Path) -> None:
    target = tmp_path / "输出 😀.txt"
    write_text(target, "old")
    with replacing(target) as partial:
        partial.write_text("new")
        assert target.read_text() == "old"
    assert target.read_text() == "new"
    assert list(tmp_path.iterdir()) == [target]


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "report.html"
    write_text(target, "old")
    with pytest.raises(UnicodeEncodeError), replacing(target) as partial:
        partial.write_text("half \ud800", encoding="utf-8")
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_moving_in_place_makes_the_folder(tmp_path: Path) -> None:
    source = tmp_path / "a"
    source.write_text("x")
    move_in_place(source, tmp_path / "deep" / "er" / "b")
    assert (tmp_path / "deep" / "er" / "b").read_text() == "x"
    assert not source.exists()


def test_a_full_disk_is_waited_for_in_one_sentence(tmp_path: Path) -> None:
    require_space(tmp_path, 1, 0)
    with pytest.raises(TryLater, match=r"GB free; .* make room") as caught:
        require_space(tmp_path, 10**18, 2 * 10**9)
    assert caught.value.seconds == 60


def test_a_link_out_of_the_folder_is_not_inside(tmp_path: Path) -> None:
    root, other = tmp_path / "root", tmp_path / "other"
    root.mkdir()
    other.mkdir()
    (root / "link").symlink_to(other)
    assert inside(root / "a" / "b.mov", root)
    assert not inside(root / "link" / "b.mov", root)
    assert not inside(root / ".." / "other", root)


def test_a_file_that_somebody_has_open_for_writing_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.mov"
    path.write_bytes(b"x")
    assert is_being_written(path) is False
    with path.open("rb"):
        assert is_being_written(path) is False
    with path.open("ab"):
        assert is_being_written(path) is True
    assert is_being_written(tmp_path / "gone.mov") is None


def test_a_writer_that_comes_while_we_look_is_neither_refused_nor_ends_us(tmp_path: Path) -> None:
    path = tmp_path / "a.mov"
    path.write_bytes(b"")
    code = "import sys\nfor _ in range(3000): open(sys.argv[1], 'ab').write(b'x')"
    with subprocess.Popen([sys.executable, "-c", code, path]) as writer:
        while writer.poll() is None:
            is_being_written(path)
    assert writer.returncode == 0
    assert path.stat().st_size == 3000


@pytest.fixture
def closed() -> Iterator[Path]:
    """A folder that the user we are now may read and not write."""
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o755)
        folder = Path(place) / "cuts"
        folder.mkdir()
        os.seteuid(65534)
        try:
            yield folder
        finally:
            os.seteuid(0)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_an_output_folder_that_is_closed_to_us_is_said_before_work_begins(closed: Path):
    with pytest.raises(Misconfigured, match="cuts can't be written by Stringout's user"):
        require_writable(closed)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_a_folder_that_was_closed_while_we_worked_is_waited_for(closed: Path):
    told = "Permission denied: give Stringout's user access"
    with pytest.raises(TryLater, match=told), needing_the_disk():
        (closed / "scratch").mkdir()


def test_an_output_folder_that_is_not_there_yet_is_made(tmp_path: Path):
    require_writable(tmp_path / "a" / "cuts")
    assert list((tmp_path / "a" / "cuts").iterdir()) == []
