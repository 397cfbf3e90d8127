import hashlib
import os
import shutil
import struct
from pathlib import Path

import pytest
import xxhash

from catalog import facts as saved
from catalog.manifests import Expected, save
from catalog.models import Item, Kind, Role, StageRun, Status
from catalog.work import Facts, Work
from demo.footage import Recording
from indexers import identity
from indexers.checksum import Checksum
from indexers.probe import Probe
from indexers.scan import Scan
from media.digests import ALGORITHMS, Digests
from media.errors import Rejected, TryLater
from tests.conftest import Accept, Keep, Record


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


def claim(work: Work, algorithm: str, digest: str, path: str = "") -> Item:
    """A manifest that says this about the work's file."""
    manifest = Item(
        root="drop", path=f"story/{digest[0]}/card.mhl", size=1, mtime_ns=1, kind=Kind.MANIFEST,
        story_id=work.item.story_id, accepted_at=0,
    )  # fmt: skip
    work.session.add(manifest)
    work.session.flush()
    save(work.session, manifest, [Expected(path or work.item.path, algorithm, digest)])
    work.session.commit()
    return manifest


@pytest.mark.parametrize("algorithm", sorted(ALGORITHMS))
def test_what_a_manifest_says_is_verified_in_the_same_read(
    dropped: Path, accept: Accept, algorithm: str
) -> None:
    work = accept(dropped)
    digests = Digests([algorithm])
    digests.update(b"rushes" * 1000)
    claim(work, algorithm, digests.hex()[algorithm])
    facts = Checksum().run(work)
    assert f"verified: {algorithm} of card.mhl" in facts.message
    assert facts.checksum == xxhash.xxh3_128_hexdigest(b"rushes" * 1000)


def test_what_differs_from_the_manifest_is_rejected_with_both_sums(
    dropped: Path, accept: Accept
) -> None:
    work = accept(dropped)
    claim(work, "xxh64", "0123456789abcdef")
    found = xxhash.xxh64_hexdigest(b"rushes" * 1000)
    with pytest.raises(Rejected, match=rf"xxh64 is {found}, card\.mhl says 0123456789abcdef"):
        Checksum().run(work)


def test_a_later_manifest_is_an_input_and_one_about_other_files_is_not(
    dropped: Path, accept: Accept
) -> None:
    work = accept(dropped)
    stage = Checksum()
    assert stage.inputs(work) == ""
    claim(work, "md5", "0" * 32, path="story/another.mov")
    assert stage.inputs(work) == ""
    manifest = claim(work, "md5", "1" * 32)
    assert stage.inputs(work) == f"md5:{'1' * 32}"
    manifest.replaced_at = 1.0
    work.session.commit()
    assert stage.inputs(work) == ""


def test_the_parts_of_a_clip_are_one_content_and_each_is_verified(
    dropped: Path, accept: Accept, tmp_path: Path
) -> None:
    work = accept(dropped)
    sound = tmp_path / "drop" / "sound.mxf"
    sound.write_bytes(b"sound")
    stat = sound.stat()
    work.session.add(
        Item(
            root="drop", path="sound.mxf", size=stat.st_size, mtime_ns=stat.st_mtime_ns,
            kind=Kind.PART, story_id=work.item.story_id, accepted_at=0,
            clip_path=work.item.path, role=Role.BESIDE,
        )
    )  # fmt: skip
    work.session.commit()
    assert Checksum().run(work).checksum == xxhash.xxh3_128_hexdigest(b"rushes" * 1000 + b"sound")
    claim(work, "md5", "0" * 32, path="sound.mxf")
    with pytest.raises(Rejected, match=r"sound\.mxf is not what was copied"):
        Checksum().run(work)


@pytest.fixture
def large(record: Record, tmp_path: Path) -> Path:
    """Two seconds of footage, and so many bytes behind them that it is read only once."""
    path = tmp_path / "large.mp4"
    filler = os.urandom(identity.LARGE)
    box = struct.pack(">I4s", len(filler) + 8, b"free")
    path.write_bytes(record(Recording("25p.mp4", frames=26)).read_bytes() + box + filler)
    return path


def new(accept: Accept, path: Path) -> Work:
    """Just accepted: nobody has identified it yet."""
    work = accept(path)
    work.item.asset_id = None
    work.session.commit()
    return work


def identified(work: Work, facts: Facts) -> Facts:
    """As the runner keeps it."""
    saved.identify(work.session, work.item, facts.checksum, facts.sampled)
    work.session.commit()
    return facts


def test_a_large_file_that_is_no_copy_is_identified_by_the_pass_that_decodes_it(
    large: Path, accept: Accept, keep: Keep
) -> None:
    work = new(accept, large)
    claim(work, "md5", hashlib.md5(large.read_bytes()).hexdigest())
    assert identity.is_provisional(identified(work, Checksum().run(work)).checksum)
    keep(Probe().run(work))
    facts = Scan().run(work)
    assert facts.checksum == xxhash.xxh3_128_hexdigest(large.read_bytes())
    assert f"xxh3-128 {facts.checksum}, verified: md5 of card.mhl" in facts.message


@pytest.mark.parametrize("stage", [Probe, Scan])
def test_that_a_bad_copy_is_not_what_a_manifest_says_is_told_before_all_else(
    large: Path, accept: Accept, keep: Keep, stage: type[Probe | Scan]
) -> None:
    content = bytearray(large.read_bytes())
    if stage is Probe:
        content[: -identity.LARGE] = bytes(len(content) - identity.LARGE)
    content[-1] ^= 1
    large.write_bytes(content)
    work = new(accept, large)
    claim(work, "md5", "0" * 32)
    identified(work, Checksum().run(work))
    if stage is Scan:
        keep(Probe().run(work))
    with pytest.raises(Rejected, match=r"large\.mp4 is not what was copied: its md5 is"):
        stage().run(work)


def test_what_may_be_a_copy_waits_for_the_other_to_be_read_and_is_read_itself(
    large: Path, accept: Accept, tmp_path: Path
) -> None:
    first, stage = new(accept, large), Checksum()
    identified(first, stage.run(first))
    alike = tmp_path / "alike.mp4"
    content = bytearray(large.read_bytes())
    content[-2 * identity.LARGE // 3] ^= 1  # between the pieces of a sample
    alike.write_bytes(content)
    second = new(accept, alike)
    run = StageRun(item_id=first.item.id or 0, stage="scan", status=Status.QUEUED)
    second.session.add(run)
    second.session.commit()
    with pytest.raises(TryLater, match=r"may be the same as story/large\.mp4") as caught:
        stage.run(second)
    assert caught.value.seconds
    run.status = Status.FAILED
    second.session.commit()
    assert stage.run(second).checksum == xxhash.xxh3_128_hexdigest(bytes(content))


def test_a_large_file_of_known_content_is_read_at_once(
    large: Path, accept: Accept, tmp_path: Path
) -> None:
    work, stage = new(accept, large), Checksum()
    identified(work, stage.run(work))
    checksum = xxhash.xxh3_128_hexdigest(large.read_bytes())
    assert identified(work, stage.run(work)).checksum == checksum  # again: a manifest came
    copy = Path(shutil.copy(large, tmp_path / "copy.mp4"))
    assert stage.run(new(accept, copy)).checksum == checksum
