import os
from pathlib import Path

import pytest
import xxhash

from indexers.checksum import Checksum
from media.errors import Rejected, TryLater
from tests.conftest import Accept


@pytest.fixture
def dropped(tmp_path: Path) -> Path:
    path = tmp_path / "现场 take 1.mov"
    path.write_bytes(b"rushes" * 1000)
    return path


def test_the_checksum_is_xxh3_128_of_the_whole_file(dropped: Path, accept: Accept) -> None:
    facts = Checksum().run(accept(dropped))
    assert facts.checksum == xxhash.xxh3_128_hexdigest(b"rushes" * 1000)
    assert facts.checksum in facts.message


def test_equal_content_has_an_equal_checksum_whatever_its_name(
    dropped: Path, accept: Accept, tmp_path: Path
) -> None:
    other = tmp_path / "copy.mov"
    other.write_bytes(dropped.read_bytes())
    stage = Checksum()
    assert stage.run(accept(dropped)).checksum == stage.run(accept(other)).checksum


def test_one_changed_byte_in_the_middle_changes_it(
    dropped: Path, accept: Accept, tmp_path: Path
) -> None:
    content = bytearray(dropped.read_bytes())
    content[3000] ^= 1
    other = tmp_path / "other.mov"
    other.write_bytes(content)
    stage = Checksum()
    assert stage.run(accept(dropped)).checksum != stage.run(accept(other)).checksum


def test_a_file_that_is_gone_is_offline_and_waited_for(dropped: Path, accept: Accept) -> None:
    work = accept(dropped)
    dropped.unlink()
    with pytest.raises(TryLater, match=r"现场 take 1\.mov is offline") as caught:
        Checksum().run(work)
    assert caught.value.seconds  # no attempt is used up


def test_a_file_that_grew_since_it_was_accepted_is_rejected(dropped: Path, accept: Accept) -> None:
    work = accept(dropped)
    with dropped.open("ab") as file:
        file.write(b"more")
    with pytest.raises(Rejected, match="newer version"):
        Checksum().run(work)


def test_a_rewritten_file_of_equal_size_is_rejected(dropped: Path, accept: Accept) -> None:
    work = accept(dropped)
    os.utime(dropped, ns=(0, work.item.mtime_ns + 1))
    with pytest.raises(Rejected, match="newer version"):
        Checksum().run(work)


def test_a_lost_mount_is_waited_for(dropped: Path, accept: Accept, tmp_path: Path) -> None:
    work = accept(dropped)
    (tmp_path / "drop").rmdir()
    dropped.unlink()
    with pytest.raises(TryLater, match="is its disk mounted"):
        Checksum().run(work)
