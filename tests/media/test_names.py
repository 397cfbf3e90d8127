import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.names import to_path, to_text

paths = st.binary(max_size=40).map(lambda name: os.fsdecode(name.replace(b"\0", b"")))
odd = st.lists(st.sampled_from(["\u201b", "\udce4", "E4", "a", "é", "\u201bE4"])).map("".join)


@given(paths | odd)
def test_every_path_has_a_text_that_leads_back_to_it(path: str) -> None:
    text = to_text(path)
    text.encode()
    assert to_path(text) == path


@given(paths | odd, paths | odd)
def test_no_two_paths_share_a_text(one: str, other: str) -> None:
    assert (to_text(one) == to_text(other)) == (one == other)


@pytest.mark.parametrize("name", ["新闻.mov", "🎬 é e\u0301.mov", "100%E4.mov", "a\nb ", ""])
def test_valid_names_are_their_own_text(name: str) -> None:
    assert to_text(name) == name


def test_undecodable_bytes_are_written_as_people_know_them_from_rclone() -> None:
    assert to_text(os.fsdecode(b"b\xe4d\xff.mov")) == "b\u201bE4d\u201bFF.mov"
