import logging
from pathlib import PurePosixPath

import pytest

from ingest import cards
from ingest.kinds import OTHERS
from ingest.leftalone import LeftAlone

CARDS = ("CONTENTS/VIDEO", "CONTENTS/CLIPS001", "XDROOT/Clip", "BDMV/STREAM", "DCIM/100", "A.RDM")


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, "stringout.watch")
    return caplog


def test_each_kind_is_told_once_in_each_folder(said: pytest.LogCaptureFixture) -> None:
    alone = LeftAlone()
    for name in ("a/1.svg", "a/2.SVG", "b/3.svg", "a/4.gif", "b/3.svg"):
        assert alone.other(name, lambda _relative: False)
    assert [record.args[0] for record in said.records if isinstance(record.args, tuple)] == [
        "a/1.svg", "b/3.svg", "a/4.gif",
    ]  # fmt: skip


def test_what_could_be_for_us_is_not_told_by_its_suffix(said: pytest.LogCaptureFixture) -> None:
    alone = LeftAlone()
    for name in ("a.mov", "svg", ".svg", "a.unheard", "notes/a.txt", "a.svg.mov", "b.jpg"):
        assert not alone.other(name, lambda _relative: False)
    assert not said.records


def test_indexes_of_cards_are_left_alone_without_a_word(said: pytest.LogCaptureFixture) -> None:
    assert LeftAlone().other("card/x.cpi", lambda _relative: True)
    assert not said.records


def test_no_camera_card_wants_what_is_left_alone_by_its_suffix() -> None:
    for suffix in OTHERS:
        for folder in CARDS:
            card = cards.find(PurePosixPath(f"s/{folder}/AA0001{suffix}"))
            assert card is None or not card.wanted
