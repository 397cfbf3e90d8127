import logging
import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from watchdog.observers.inotify_c import InotifyFD

from ingest.watch import Watcher
from tests.ingest.conftest import Start, until, write


def test_a_removed_folder_is_waited_for_and_heard_again(
    start: Start, drop: Path, caplog: pytest.LogCaptureFixture
) -> None:
    catalogue = start()
    for count in range(1, 4):
        shutil.rmtree(drop)
        until(lambda: any("is gone" in record.message for record in caplog.records))
        caplog.clear()
        drop.mkdir()
        time.sleep(0.5)
        write(drop / f"x/{count}.fountain")
        until(lambda: bool(catalogue.drops))
        assert catalogue.paths == [f"x/{count}.fountain"]
        catalogue.drops.clear()


def test_another_folder_in_its_place_is_heard(start: Start, drop: Path, tmp_path: Path) -> None:
    catalogue = start()
    (tmp_path / "other").mkdir()
    drop.rename(tmp_path / "away")
    (tmp_path / "other").rename(drop)
    time.sleep(0.5)
    write(drop / "a.fountain")
    until(lambda: catalogue.paths == ["a.fountain"])


def deafen() -> None:
    """Stop the thread that reads from the kernel: watchdog still says that it is alive."""
    for thread in threading.enumerate():
        if isinstance(thread, InotifyFD):
            thread.stop()
            thread.join()


def hearing() -> bool:
    return any(isinstance(thread, InotifyFD) for thread in threading.enumerate())


def test_the_rescan_finds_what_no_event_told_and_listens_anew(
    start: Start, drop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.watch._HEARD", 0.1)
    catalogue = start(rescan=1)
    deafen()
    write(drop / "missed.fountain")
    assert not hearing()
    until(lambda: catalogue.paths == ["missed.fountain"])
    until(hearing)


def test_without_any_inotify_instance_the_folder_is_polled(
    start: Start, drop: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> int:
        raise OSError(24, "inotify instance limit reached")

    monkeypatch.setattr(InotifyFD, "_create_inotify_fd", staticmethod(refuse))
    catalogue = start()
    write(drop / "a.fountain")
    until(lambda: catalogue.paths == ["a.fountain"])
    assert "no events from the kernel (inotify instance limit reached)" in caplog.text
    assert "polling" in catalogue.told[-1][1]


def test_an_overflow_of_the_kernels_queue_makes_it_walk(start: Start, drop: Path) -> None:
    catalogue = start()
    deafen()
    write(drop / "s/lost.fountain")
    time.sleep(0.6)
    assert catalogue.drops == []
    logging.getLogger("watchdog.observers.inotify_c").warning("Inotify queue overflowed")
    until(lambda: catalogue.paths == ["s/lost.fountain"])


def test_a_catalog_that_refuses_is_asked_again(
    start: Start, drop: Path, watchers: list[Watcher], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.watch._RECOVER", 0.3)
    catalogue = start()
    catalogue.refuse = True
    write(drop / "a.fountain")
    time.sleep(0.8)
    catalogue.refuse = False
    until(lambda: catalogue.paths == ["a.fountain"])
    watchers[0].check()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_an_error_nobody_expected_is_handed_to_the_service(
    start: Start, drop: Path, watchers: list[Watcher], monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue = start()
    watchers[0].check()
    monkeypatch.setattr(catalogue, "drops", None)
    write(drop / "a.fountain")
    with pytest.raises(TypeError):
        until(lambda: watchers[0].check() is not None)


def _without_privileges(drop: Path, test: str) -> bool:
    """Root may read everything: run the test again as a root that may not. False: it was run."""
    probe = drop.parent / "probe"
    probe.touch(mode=0)
    if not os.access(probe, os.R_OK):
        return True
    command = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", sys.executable]
    command += ["-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
    # A folder of its own: in the common one it would tidy away what other runs are working in.
    command += ["--basetemp", str(drop.parent / "again")]
    found = subprocess.run([*command, f"{__file__}::{test}"], capture_output=True, text=True)
    assert "1 passed" in found.stdout, found.stdout + found.stderr
    return False


def test_a_file_that_may_not_be_read_waits_and_says_so(
    drop: Path, start: Start, movie: bytes
) -> None:
    if not _without_privileges(drop, "test_a_file_that_may_not_be_read_waits_and_says_so"):
        return
    catalogue = start()
    target = drop / "story" / "closed.mov"
    target.parent.mkdir()
    target.touch(mode=0)
    made = drop / "made.part"
    made.write_bytes(movie)
    made.chmod(0)
    made.rename(target)
    until(lambda: "can't be read (Permission denied)" in catalogue.held.get("story/closed.mov", ""))
    assert not catalogue.drops
    target.chmod(0o600)
    until(lambda: catalogue.paths == ["story/closed.mov"])


def test_a_folder_that_may_not_be_read_is_said_once(
    drop: Path, start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    if not _without_privileges(drop, "test_a_folder_that_may_not_be_read_is_said_once"):
        return
    caplog.set_level(logging.INFO, "stringout.watch")
    (drop / "closed").mkdir(mode=0)
    catalogue = start(rescan=1)
    write(drop / "a.fountain")
    until(lambda: bool(catalogue.drops))
    time.sleep(1.2)
    (drop / "closed").chmod(0o700)
    assert caplog.text.count("can't be read (Permission denied)") == 1


def test_threads_and_watches_are_given_back(start: Start, watchers: list[Watcher]) -> None:
    before = threading.active_count()
    start()
    watchers[0].stop()
    until(lambda: threading.active_count() <= before)


def test_nothing_is_taken_from_a_folder_that_is_not_the_one_that_was_watched(
    start: Start, drop: Path
) -> None:
    catalogue = start()
    write(drop / "a.fountain")
    until(lambda: catalogue.paths == ["a.fountain"])
    catalogue.away = "it is another folder"
    drop.rename(drop.with_name("away"))
    drop.mkdir()
    write(drop / "b.fountain")
    until(lambda: catalogue.told[-1][0] == "it is another folder")
    time.sleep(1)
    assert catalogue.paths == ["a.fountain"]  # neither taken nor believed deleted
    catalogue.away = ""
    until(lambda: "b.fountain" in catalogue.paths)
    until(lambda: catalogue.told[-1][0] == "")


def test_a_watcher_that_does_not_hear_its_own_sign_listens_anew(
    start: Start, drop: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("ingest.watch._DEAF", 0.5)
    monkeypatch.setattr("ingest.watch._REST", 0)
    start(rescan=1)
    time.sleep(2)
    assert "not heard" not in caplog.text  # the control: it hears itself at each comparison
    deafen()
    until(lambda: "our own sign was not heard" in caplog.text)
    until(hearing)


def test_a_polled_folder_is_looked_at_and_nothing_else_is_needed(
    start: Start, drop: Path, tmp_path: Path, movie: bytes
) -> None:
    write(drop / "there.fountain")
    catalogue = start(poll=True)
    assert not hearing()
    write(drop / "story/a.mp4", movie)
    write(tmp_path / "tree/b.fountain")
    (tmp_path / "tree").rename(drop / "tree")
    until(lambda: len(catalogue.drops) == 3)
    write(drop / "there.fountain", b"INT. ANOTHER HOUSE\n")
    until(lambda: catalogue.paths.count("there.fountain") == 2)
    (drop / "tree/b.fountain").unlink()
    until(lambda: "tree/b.fountain" not in catalogue.paths, 60)


def test_when_watches_run_out_the_number_needed_is_said_and_the_folder_is_polled(
    start: Start, drop: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(7):
        (drop / f"s{number}").mkdir()
    monkeypatch.setattr("ingest.limits.exhausted", lambda _folder: True)
    catalogue = start()
    assert "this folder alone needs 8" in caplog.text
    write(drop / "s3/a.fountain")
    until(lambda: catalogue.paths == ["s3/a.fountain"])


def test_a_real_overflow_of_the_kernels_queue_loses_nothing(start: Start, drop: Path) -> None:
    limit = int(Path("/proc/sys/fs/inotify/max_queued_events").read_text())
    if limit > 20_000:
        pytest.skip(f"this kernel queues {limit} events: an overflow takes too many files")
    (drop / "s").mkdir()
    catalogue = start()
    [reader] = [each for each in threading.enumerate() if isinstance(each, InotifyFD)]
    with reader._lock:  # nobody reads meanwhile
        for number in range(limit // 2 + 10):
            os.close(os.open(drop / "s" / f"{number}.part", os.O_CREAT | os.O_WRONLY))
        write(drop / "s/lost.fountain")
    until(lambda: catalogue.paths == ["s/lost.fountain"], 60)
