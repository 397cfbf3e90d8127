"""Stories at every rate through the whole service; their exports read by other people's programs.

One story at each of 23.976, 24, 25, 29.97 DF, 29.97 NDF, 30, 50, 59.94 DF and 60 fps, and one that
mixes them: two recordings with captions and a script, of which one line is never said. Then the
EDL is read by pycmx, the FCPXML by fcp-mcp-server, the FCP7 XML by OpenTimelineIO's adapter, the
.otio by OpenTimelineIO; rough cut and stringout. Every event must be the same in all of them: its
file, record in, length, and first frame of the source as its own timecode says. The frames of the
movie, and the timecodes in the EDL, are held against the plan as `make demo` does.

The readers of both XMLs count sources of other rates in whole frames of the sequence: there the
source's frame may differ by those that one of the sequence lasts. `--quick`: 25, 29.97 DF, 59.94 DF
and the mixed one. `--check` exits 1 when anything differs.
"""

import argparse
import io
import math
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import opentimelineio as otio
import pycmx
from fcpxml.parser import parse_fcpxml

from benchmarks.rendering.newsroom import captions, script
from benchmarks.rendering.service import Service
from demo.footage import Recording, make
from demo.proof import prove_cut
from media.timecode import Timecode, exact_rate
from renderers.sequence import Sequence, from_json

_FILM, _NTSC, _HIGH = Fraction(24000, 1001), Fraction(30000, 1001), Fraction(60000, 1001)
_KINDS = {
    "23.976": (_FILM, ":"), "24": (Fraction(24), ":"), "25": (Fraction(25), ":"),
    "29.97df": (_NTSC, ";"), "29.97ndf": (_NTSC, ":"), "30": (Fraction(30), ":"),
    "50": (Fraction(50), ":"), "59.94df": (_HIGH, ";"), "60": (Fraction(60), ":"),
}  # fmt: skip
_QUICK = ("25", "29.97df", "59.94df")
_MIXED = ("25", "29.97df", "23.976", "50")
_SAID = (
    ("The storm came in over the harbor.", "We lost the lights at midnight."),
    ("Nobody listens to an old man.", "Tomorrow we rebuild the lighthouse."),
    ("The train is late again.", "Then we have a little more time."),
    ("Who left the window open?", "It was the wind, only the wind."),
)
_NEVER = "Seven souls on board and no one answers the flare."
_VIDEO = "-c:v libx264 -preset ultrafast -crf 26 -pix_fmt yuv420p"


@dataclass(frozen=True)
class Placed:
    """An event as a program reads it. `first`: the source's frame, counted from 00:00:00:00."""

    file: str
    record_in: int
    duration: int
    first: int


Rates = Mapping[str, tuple[Fraction, bool]]  # by file; whether its timecode drops frames
Reader = Callable[[Path, Sequence, Rates], list[Placed]]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--check", action="store_true")
    asked = parser.parse_args()
    names = _QUICK if asked.quick else tuple(_KINDS)
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="stringout-conform-") as name:
        stories = {each.replace(".", "_"): (each, each) for each in names} | {"mixed": _MIXED}
        with Service(Path(name)) as service:
            made = {
                story: _drop(service.drop / story, of, number)
                for number, (story, of) in enumerate(stories.items())
            }
            service.wait("report", len(stories))
            for story, rates in made.items():
                cut, _ = service.cut(story)
                home = service.output / story / "cuts" / cut.name / f"v{cut.version:03}"
                wrong += _story(story, home, from_json(cut.sequence), rates)
    print("every export agrees" if not wrong else f"{wrong} differ")
    return int(asked.check and wrong > 0)


def _drop(folder: Path, kinds: tuple[str, ...], story: int) -> Rates:
    """Record into a story; its rates. The background tells the stories apart: what is dropped
    twice is one asset."""
    rates, said = {}, []
    for number, kind in enumerate(kinds):
        rate, mark = _KINDS[kind]
        name = f"{'ABCD'[number]}001_C{number:03}_{folder.name}.mov"
        lines = tuple((text, "slt") for text in _SAID[number])
        start = f"0{number + 1}:59:57{mark}12"  # over an hour, where drop-frame leaves nothing out
        recording = Recording(
            name, rate, start, lines, scenes=((0, story * 4 + number),), video=_VIDEO
        )
        said += [text for text, _ in lines]
        rates[name] = (rate, mark == ";")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).with_suffix(".srt").write_text(captions(recording), encoding="utf-8")
        make(recording, folder)
    (folder / "story.fountain").write_text(script([*said[:3], _NEVER, *said[3:]]), encoding="utf-8")
    return rates


def _story(story: str, home: Path, plan: Sequence, rates: Rates) -> int:
    """Print how a story's exports compare; how many do not."""
    wrong = [
        f"{one.promise}: {one.seen}" for one in prove_cut(home, "story", plan) if not one.holds
    ]
    counted = []
    for stem in ("story", "story-stringout"):
        truth = _otio(home / f"{stem}.otio", plan, rates)
        counted.append(len(truth))
        for suffix, read in _READERS.items():
            found = read(home / f"{stem}{suffix}", plan, rates)
            if not _same(truth, found, rates, plan.rate if suffix in _COARSE else None):
                wrong.append(f"{stem}{suffix} differs: {truth} {found}")
    lines = sum(event.source is not None for event in plan.events)
    told = f"{lines} of {len(plan.events)} lines, {counted[0]} and {counted[1]} events"
    print(f"{story:10} at {float(plan.rate):7.3f} fps: {told}; {'; '.join(wrong) or 'all agree'}")
    return len(wrong)


def _same(one: list[Placed], other: list[Placed], rates: Rates, grid: Fraction | None) -> bool:
    """`grid`: the rate that sources of other rates are counted at; None: their own."""

    def slack(file: str) -> int:
        rate = rates[file][0]
        return 0 if grid in (None, rate) else math.ceil(rate / grid)

    return len(one) == len(other) and all(
        (a.file, a.record_in, a.duration) == (b.file, b.record_in, b.duration)
        and abs(a.first - b.first) <= slack(a.file)
        for a, b in zip(one, other, strict=True)
    )


def _edl(path: Path, plan: Sequence, rates: Rates) -> list[Placed]:
    found = []
    text = path.read_text(encoding="utf-8")
    for event in pycmx.parse_cmx3600(io.StringIO(text)).events:
        for edit in event.edits:
            if edit.black or not edit.clip_name:
                continue
            rate, drop = rates[edit.clip_name]
            first, last = (
                Timecode.parse(label, plan.rate, plan.drop_frame).frames - plan.start_frame
                for label in (edit.record_in, edit.record_out)
            )
            source = Timecode.parse(edit.source_in, rate, drop).frames
            found.append(Placed(edit.clip_name, first, last - first, source))
    return found


def _fcpxml(path: Path, plan: Sequence, rates: Rates) -> list[Placed]:
    (timeline,) = parse_fcpxml(str(path)).timelines
    return [
        Placed(
            clip.name, clip.start.frames, clip.duration.frames,
            round(clip.source_start.frames / plan.rate * rates[clip.name][0]),
        )
        for clip in timeline.clips
        if clip.name in rates
    ]  # fmt: skip


def _xmeml(path: Path, plan: Sequence, rates: Rates) -> list[Placed]:
    return _timeline(otio.adapters.read_from_file(str(path), adapter_name="fcp_xml"), plan, rates)


def _otio(path: Path, plan: Sequence, rates: Rates) -> list[Placed]:
    return _timeline(otio.adapters.read_from_file(str(path)), plan, rates)


def _timeline(read: Any, plan: Sequence, rates: Rates) -> list[Placed]:
    video = read.video_tracks()[0]
    found = []
    for clip in video.find_clips():
        name = Path(unquote(urlsplit(getattr(clip.media_reference, "target_url", "")).path)).name
        if name in rates:
            place, first = video.range_of_child(clip), clip.source_range.start_time
            begin, length = (
                round(time.rescaled_to(float(plan.rate)).value)
                for time in (place.start_time, place.duration)
            )
            whole = Fraction(first.value).limit_denominator(1000) / exact_rate(first.rate)
            found.append(Placed(name, begin, length, round(whole * rates[name][0])))
    return found


_COARSE = (".fcpxml", ".xml")
_READERS: dict[str, Reader] = {".edl": _edl, ".fcpxml": _fcpxml, ".xml": _xmeml}


if __name__ == "__main__":
    raise SystemExit(main())
