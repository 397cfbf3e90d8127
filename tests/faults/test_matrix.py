"""The fault matrix. Here a part of it that the seed chooses; the whole with `make faults`."""

import itertools
import os
import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.faults.case import FAULTS, Case, perform
from tests.faults.grounds import GROUNDS

_SEED = int(os.environ.get("STRINGOUT_FAULTS_SEED", "1"))
_BACKENDS = ("sqlite", "postgresql")
_LONG = ("stall 30", "stall 120", "flaps", "killed often")


def possible(case: Case) -> bool:
    """Some faults need a certain ground or backend."""
    if case.fault in ("disk full",):
        return case.backend == "sqlite"
    if case.fault == "watches":  # root in a namespace of its own may not reach a server's socket
        return case.backend == "sqlite" and case.ground == "local"
    return True


def every() -> list[Case]:
    """The whole matrix for one seed."""
    product = itertools.product(FAULTS, GROUNDS, ("plain", "hostile"), _BACKENDS)
    return [case for parts in product if possible(case := Case(*parts, _SEED))]


def some() -> list[Case]:
    """Each fault once that does not take long, on a ground that the seed chooses."""
    chance, cases = random.Random(_SEED), []
    grounds = itertools.cycle(chance.sample(list(GROUNDS), len(GROUNDS)))
    for fault in FAULTS:
        ground, names = next(grounds), chance.choice(("plain", "hostile"))
        case = Case(fault, ground, names, "sqlite", _SEED)
        if fault == "database":
            case = Case(fault, "local", names, "postgresql", _SEED)
        if fault not in _LONG:
            cases.append(case if possible(case) else Case(fault, seed=_SEED))
    return cases


CASES = every() if os.environ.get("STRINGOUT_FAULTS") == "all" else some()


@pytest.fixture(scope="session")
def controls() -> dict[Case, set[str]]:
    """What was accepted without a fault, by case."""
    return {}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_nothing_is_lost_or_taken_twice(
    case: Case, tmp_path: Path, movie: bytes, controls: dict[Case, set[str]]
) -> None:
    with ThreadPoolExecutor() as both:  # they mostly wait
        if case.control not in controls:
            control = both.submit(perform, case.control, tmp_path / "control", movie)
        found = perform(case, tmp_path / "case", movie)
        if case.control not in controls:
            controls[case.control] = control.result()
    assert found - {"morning/stalled.mp4"} == controls[case.control]
