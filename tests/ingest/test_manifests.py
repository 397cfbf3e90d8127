"""Lists by the real md5sum and its kin, and hash lists as the field's tools write them."""

import hashlib
import subprocess
from pathlib import Path, PurePosixPath

import pytest
import xxhash
from hypothesis import given
from hypothesis import strategies as st

from catalog.models import Kind
from ingest import manifests
from ingest.kinds import kind_of
from ingest.manifests.beside import Beside
from ingest.manifests.listed import Listed
from media.errors import Rejected

BYTES = b"hello\n"

CLASSIC = """<?xml version="1.0" encoding="UTF-8"?>
<hashlist version="1.1">
  <creatorinfo><tool>a copier</tool></creatorinfo>
  <hash>
    <file>Clips/A001C001.mov</file>
    <size>6</size>
    <lastmodificationdate>2026-11-24T08:00:00Z</lastmodificationdate>
    <xxhash64be>{be}</xxhash64be>
    <xxhash64>{le}</xxhash64>
    <xxhash>{decimal}</xxhash>
    <md5>{md5}</md5>
    <hashdate>2026-11-24T08:00:00Z</hashdate>
  </hash>
  <hash><file>Clips/A001C002.mov</file><size>9</size><null/></hash>
</hashlist>
"""
# As ascmhl 1.2 writes it with `create -h xxh64 -h md5 -h xxh128`.
ASC = """<?xml version='1.0' encoding='UTF-8'?>
<hashlist version="2.0" xmlns="urn:ASC:MHL:v2.0">
  <creatorinfo><hostname>cart</hostname><tool version="1.2">ascmhl</tool></creatorinfo>
  <processinfo><process>in-place</process>
    <roothash><content><md5>0</md5></content></roothash></processinfo>
  <hashes>
    <hash>
      <path size="6" lastmodificationdate="2026-11-24T07:57:00+00:00">clips/a.mov</path>
      <md5 action="original" hashdate="2026-11-24T07:57:00+00:00">{md5}</md5>
      <xxh128 action="original" hashdate="2026-11-24T07:57:00+00:00">{xxh128}</xxh128>
      <xxh64 action="original" hashdate="2026-11-24T07:57:00+00:00">{be}</xxh64>
    </hash>
    <directoryhash>
      <path lastmodificationdate="2026-11-24T07:57:00+00:00">clips</path>
      <content><md5>1</md5></content><structure><md5>2</md5></structure>
    </directoryhash>
  </hashes>
</hashlist>
"""
SUMS = {
    "md5": hashlib.md5(BYTES, usedforsecurity=False).hexdigest(),
    "be": xxhash.xxh64_hexdigest(BYTES),
    "le": bytes(reversed(xxhash.xxh64_digest(BYTES))).hex(),
    "decimal": f"{xxhash.xxh32_intdigest(BYTES):010}",
    "xxh128": xxhash.xxh3_128_hexdigest(BYTES),
}


def read(path: Path, relative: str) -> dict[str, Listed]:
    return {each.path: each for each in manifests.read(path, PurePosixPath(relative))}


@pytest.mark.parametrize("algorithm", ["md5", "sha1", "sha256", "sha512"])
@pytest.mark.parametrize("options", [(), ("--tag",), ("--binary",)])
def test_the_lists_of_the_usual_tools_are_read(
    tmp_path: Path, algorithm: str, options: tuple[str, ...]
) -> None:
    names = ["a.mov", "现场 take 1.mov", "a\nb\\c.mov", "(x) = y.mov"]
    for name in names:
        (tmp_path / name).write_bytes(BYTES)
    listing = subprocess.run(
        [f"{algorithm}sum", *options, *names], cwd=tmp_path, capture_output=True, check=True
    ).stdout
    path = tmp_path / "card.sums"
    path.write_bytes(listing)
    found = read(path, f"story/{algorithm}sums.txt")
    digest = hashlib.new(algorithm, BYTES, usedforsecurity=False).hexdigest()
    assert set(found) == {f"story/{name}" for name in names}
    assert {each.sums for each in found.values()} == {((algorithm, digest),)}


@pytest.mark.parametrize(
    ("line", "name", "algorithm"),
    [
        ("{0}  a.mov", "card.xxh64", "xxh64"),
        ("{0}  a.mov", "card.xxh3", "xxh3"),
        ("XXH3_{0}  a.mov", "xxhsums", "xxh3"),
        ("XXH64 (a.mov) = {0}", "card.xxhsum", "xxh64"),
        ("{0}{0}  a.mov", "card.xxh128", "xxh128"),
        ("{0}{0}  a.mov", "card.md5", "md5"),
        ("XXH128 (a.mov) = {0}{0}", "card.xxh", "xxh128"),
    ],
)
def test_what_a_sum_is_is_told_by_the_line_the_name_or_the_length(
    tmp_path: Path, line: str, name: str, algorithm: str
) -> None:
    path = tmp_path / name
    path.write_text("# made by xxhsum\n" + line.format("0123456789abCDef") + "\n")
    [listed] = read(path, name).values()
    assert [each for each, _ in listed.sums] == [algorithm]
    assert listed.sums[0][1].islower()


def test_a_classic_hash_list_is_read_in_all_its_ways_to_write_xxhash(tmp_path: Path) -> None:
    path = tmp_path / "A001.mhl"
    path.write_text(CLASSIC.format(**SUMS))
    found = read(path, "story/card/A001.mhl")
    first = found["story/card/Clips/A001C001.mov"]
    assert first.size == 6
    assert set(first.sums) == {
        ("xxh64", SUMS["be"]), ("xxh32", xxhash.xxh32_hexdigest(BYTES)), ("md5", SUMS["md5"]),
    }  # fmt: skip
    assert found["story/card/Clips/A001C002.mov"] == Listed("story/card/Clips/A001C002.mov", 9, ())


def test_an_asc_hash_list_names_files_from_the_folder_above_its_own(tmp_path: Path) -> None:
    path = tmp_path / "0001_A001.mhl"
    path.write_text(ASC.format(**SUMS))
    [listed] = read(path, "story/A001/ascmhl/0001_A001.mhl").values()
    assert (listed.path, listed.size) == ("story/A001/clips/a.mov", 6)
    assert dict(listed.sums) == {
        "md5": SUMS["md5"], "xxh128": SUMS["xxh128"], "xxh64": SUMS["be"],
    }  # fmt: skip


@pytest.mark.parametrize("text", ["", "not a list\n", "d41d8cd98f00b204e9800998ecf8427e\n",
                                  "d41d8cd98f00b204e9800998ecf8427e  a.mov\nd41d8cd9"])  # fmt: skip
def test_half_a_list_or_none_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "card.md5"
    path.write_text(text)
    with pytest.raises(Rejected, match=r"card\.md5"):
        read(path, "card.md5")


def test_a_list_from_windows_names_files_with_backslashes(tmp_path: Path) -> None:
    path = tmp_path / "card.md5"
    path.write_bytes(b"\xef\xbb\xbfd41d8cd98f00b204e9800998ecf8427e *Clips\\a.mov\r\n")
    assert list(read(path, "story/card.md5")) == ["story/Clips/a.mov"]


def test_half_a_hash_list_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "A001.mhl"
    path.write_text(CLASSIC.format(**SUMS)[:-20])
    with pytest.raises(Rejected, match="no whole hash list"):
        read(path, "A001.mhl")


@given(st.text(st.sampled_from("ab./\\")))
def test_no_list_reaches_out_of_its_folder(name: str) -> None:
    found = Listed(name, None, ()).below(PurePosixPath("story/card"))
    assert found is None or found.path.startswith("story/card/")


@pytest.mark.parametrize(
    "name", ["A001.mhl", "card.md5", "MD5SUMS", "sha256sum.txt", "card.xxh64", "xxhsums",
             "ascmhl/0001_A001_2026-11-24_080000Z.mhl"]
)  # fmt: skip
def test_manifests_are_known_by_their_names(name: str) -> None:
    assert kind_of(PurePosixPath(name)) == Kind.MANIFEST


@pytest.mark.parametrize("name", ["A001.mov.done", "card.ready", "ascmhl/ascmhl_chain.xml"])
def test_markers_and_chains_are_no_items(name: str) -> None:
    assert kind_of(PurePosixPath(name)) is None


def test_a_file_waits_for_the_bytes_that_a_manifest_above_it_names(tmp_path: Path) -> None:
    card = tmp_path / "story" / "card"
    (card / "Clips").mkdir(parents=True)
    (card / "A001.mhl").write_text(CLASSIC.format(**SUMS))
    beside = Beside(tmp_path)
    clip = card / "Clips" / "A001C001.mov"
    assert beside.lacking(clip, 2) == "4 bytes of it are still missing, says A001.mhl"
    assert beside.lacking(clip, 6) == ""
    assert beside.lacking(card / "Clips" / "other.mov", 0) == ""
