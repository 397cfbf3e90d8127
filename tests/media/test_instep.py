import sys
from pathlib import Path

import pytest

from media import process
from media.instep import following

SLOW = "import sys,time\nf=open(sys.argv[1],'rb',0)\nwhile f.read(1<<20): time.sleep(0.05)"


def test_it_never_reads_ahead_of_the_program_that_it_follows(tmp_path: Path) -> None:
    path = tmp_path / "film.mov"
    path.write_bytes(bytes(40 << 20))
    told: list[int] = []
    process.run(
        [sys.executable, "-c", SLOW, str(path)], 60,
        beside=lambda pid: following(pid, told.append),
    )  # fmt: skip
    assert told == sorted(told)
    assert any(0 < position < 40 << 20 for position in told)  # while it runs, not at its end
    assert told[-1] < (40 << 20) + (8 << 20)  # the program itself, its libraries


def test_what_goes_wrong_beside_a_program_is_raised_when_it_has_ended(tmp_path: Path) -> None:
    def broken(_position: int) -> None:
        raise OSError("the share is gone")

    with pytest.raises(OSError, match="the share is gone"):
        process.run(["sleep", "2"], 60, beside=lambda pid: following(pid, broken))
