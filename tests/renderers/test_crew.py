"""Pieces of several movies on one host: never more at once than it has places."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from renderers.crew import Crew


def test_movies_that_are_made_at_once_share_the_places_and_all_get_done(tmp_path: Path) -> None:
    lock, at_once, most = threading.Lock(), 0, 0
    both = threading.Event()

    def make(piece: int) -> Path:
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
            if at_once == 2:
                both.set()
        assert both.wait(60)  # one alone waits for the other
        with lock:
            at_once -= 1
        return tmp_path / str(piece)

    told: list[int] = []
    crews = [Crew(tmp_path / "crew", 2) for _ in range(3)]
    with ThreadPoolExecutor(3) as movies:
        made = list(
            movies.map(
                lambda crew: crew.make(range(6), make, lambda piece: piece, told.append), crews
            )
        )
    assert made == [[tmp_path / str(piece) for piece in range(6)]] * 3
    assert most == 2
    assert sorted(told) == sorted([0, 1, 3, 6, 10, 15] * 3)


def test_a_piece_that_fails_ends_the_movie_and_gives_its_place_back(tmp_path: Path) -> None:
    began: list[int] = []

    def make(piece: int) -> Path:
        began.append(piece)
        raise ValueError(piece)

    crew = Crew(tmp_path, 1)
    with pytest.raises(ValueError, match="0"):
        crew.make(range(50), make, lambda _: 1, lambda _: None)
    assert began == [0]
    assert crew.make([3], lambda _: tmp_path, lambda _: 1, lambda _: None) == [tmp_path]
