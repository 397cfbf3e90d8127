import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from config.settings import load
from demo.footage import Recording
from media.errors import Rejected
from media.ffmpeg import probe
from renderers.cuts import latest
from renderers.stream import Stream
from tests.conftest import Record
from tests.renderers.plans import add_cut, gap, script_work, sequence


def test_a_movie_becomes_a_ladder_that_names_its_rungs(record: Record, tmp_path: Path) -> None:
    movie = record(Recording("25p.mp4", frames=30))
    with script_work(tmp_path) as work:
        add_cut(work, 3, sequence([gap(30)]))
        assert Stream().run(work).skipped
        rungs = [{"height": 90, "max_mbit": 0.2}, {"height": 2160, "max_mbit": 9}]
        changed = load(movie={"ladder": "abr"}, profiles={"abr": {"rungs": rungs}})
        switched = {"movie": changed.movie, "profiles": changed.profiles}
        work = replace(work, settings=work.settings.model_copy(update=switched))
        with pytest.raises(Rejected, match=r"night ferry\.v2\.mp4 is gone .*`stringout retry`"):
            Stream().run(work)
        work.home.mkdir(parents=True)
        shutil.copy(movie, work.home / "night ferry.v2.mp4")
        facts = Stream().run(work)
        assert facts.settings["cut"] == latest(work.session, work.item).version == 3
    names = {file.name.removeprefix("movie.abr/") for file in facts.files}
    assert names == {"master.m3u8", "90.m3u8", "90.m4s", "sound.m3u8", "sound.m4s"}
    folder = work.scratch / "movie.abr"
    rung = probe(folder / "90.m4s", "-count_packets", "-show_streams")["streams"][0]
    assert (rung["height"], rung["nb_read_packets"]) == (90, "30")
    listed = (folder / "master.m3u8").read_text()
    assert "90.m3u8" in listed
    assert 'AUDIO="group_sound"' in listed
