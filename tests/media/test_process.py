import sys

import pytest

from media import process


def test_output_is_taken_as_it_comes() -> None:
    taken = []

    def take(read: process.Read) -> None:
        buffer = bytearray(4)
        while count := read(memoryview(buffer)):
            taken.append(bytes(buffer[:count]))

    result = process.run(["printf", "abcdefghij"], 60, take)
    assert taken == [b"abcd", b"efgh", b"ij"]
    assert (result.returncode, result.stdout) == (0, b"")


def test_what_it_said_and_how_it_ended_come_back() -> None:
    script = "import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)"
    result = process.run([sys.executable, "-c", script], 60)
    assert (result.returncode, result.stdout, result.stderr) == (3, b"out\n", b"err\n")


def test_a_program_that_says_nothing_for_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "STALLED", 0.3)

    def take(read: process.Read) -> None:
        read(memoryview(bytearray(1)))

    with pytest.raises(TimeoutError, match="said nothing"):
        process.run(["sleep", "60"], 120, take)


def test_a_program_that_closes_its_output_and_hangs_is_ended() -> None:
    with pytest.raises(TimeoutError):
        process.run(["sh", "-c", "exec >&-; sleep 60"], 1)


def test_a_program_may_not_take_all_memory() -> None:
    script = f"bytearray({process.most_memory() + 1})"
    result = process.run([sys.executable, "-c", script], 60)
    assert result.returncode == 1
    assert b"MemoryError" in result.stderr


def test_who_takes_the_output_and_fails_ends_the_program() -> None:
    def take(read: process.Read) -> None:
        raise KeyError("full")

    with pytest.raises(KeyError):
        process.run(["sleep", "60"], 120, take)
