"""What the emotion curve marks, in the files of editing systems."""

from dataclasses import replace
from pathlib import Path

from renderers.exports.deliver import deliver
from renderers.exports.registry import chosen
from renderers.mood import markers
from renderers.sequence import MarkerKind
from tests.renderers.plans import PAL, delivery, sequence, source, use


def test_peaks_and_turning_points_are_markers_in_every_timeline(tmp_path: Path) -> None:
    sad, glad = {"sadness": 0.8, "calm": 0.2}, {"joy": 0.9, "calm": 0.1}
    cut = sequence([use(source(), 0, 250, feelings=sad), use(source(), 250, 500, feelings=glad)])
    cut = replace(cut, markers=markers(cut.events, PAL))
    kinds = [marker.kind for marker in cut.markers]
    assert (kinds.count(MarkerKind.PEAK), kinds.count(MarkerKind.TRANSITION)) == (2, 1)
    made = deliver(delivery(cut), chosen(["edl", "fcpxml", "xmeml", "otio"]), tmp_path / "ferry")
    assert not made.blocked
    for kind, path in made.files:
        text = path.read_text(encoding="utf-8")
        assert "TURNING POINT" in text, kind
        assert "sadness ends: dissolve into joy" in text, kind
        assert "PEAK" in text, kind
        assert "sadness is strongest here" in text, kind
        assert "joy is strongest here" in text, kind
    assert "* LOC: 01:00:10:00 CYAN    TURNING POINT sadness ends" in (
        (tmp_path / "ferry.edl").read_text()
    )
