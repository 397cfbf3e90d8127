"""What the emotion curve of a cut marks: peaks, turning points and how to go over, and music."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from catalog.models import Label
from renderers.curve import Curve, Peak, TurningPoint, of_events
from renderers.sequence import Event, Marker, MarkerKind

_SHORTEST = 6  # seconds: music that changes sooner is not heard as music


@dataclass(frozen=True)
class Music:
    """Beats a minute from and to, and the sound."""

    slowest: int
    fastest: int
    colour: str


# Joy, sadness, anger and calm as newsroom and documentary editors asked for them. The other four
# are our own choice after the habits of film music, not measured: fear and surprise uneven,
# disgust slow and low, excitement as joy with more speed and attack.
MUSIC = {
    Label.JOY: Music(120, 140, "bright piano and strings"),
    Label.SADNESS: Music(60, 80, "cello and pad"),
    Label.ANGER: Music(150, 180, "heavy drums"),
    Label.FEAR: Music(90, 120, "tremolo strings over a low drone"),
    Label.SURPRISE: Music(110, 130, "pizzicato and sudden rests"),
    Label.CALM: Music(50, 70, "natural noise: wind, water, birds"),
    Label.DISGUST: Music(70, 90, "low woodwinds and detuned brass"),
    Label.EXCITEMENT: Music(130, 160, "driving percussion and rising synths"),
}
_SOFT = (Label.CALM, Label.JOY)  # into these one dissolves, into the others one cuts


@dataclass(frozen=True)
class Mood:
    """A stretch of the record with one feeling, [in, out) frames."""

    label: Label
    in_frame: int
    out_frame: int


def markers(events: Sequence[Event], rate: Fraction) -> tuple[Marker, ...]:
    """What the emotion curve of a cut says, in record order: its peaks, its turning points each
    with how to go over, and music for each stretch that is long enough."""
    found = of_events(events, rate)
    runs = _runs(found, events)
    marked = [_peak(peak) for peak in found.peaks]
    marked += [_turn(turn) for turn in found.turning_points]
    marked += [_music(mood) for mood in _merged(runs, rate)]
    return tuple(sorted(marked, key=lambda marker: (marker.in_frame, marker.kind)))


def moods(events: Sequence[Event], rate: Fraction) -> list[Mood]:
    """The stretches of one feeling. Gaps, and stretches too short for music, go to the one
    before them; a short one at the beginning to the one after it."""
    return _merged(_runs(of_events(events, rate), events), rate)


def _merged(runs: Sequence[Mood], rate: Fraction) -> list[Mood]:
    merged: list[Mood] = []
    for run in runs:
        last = merged[-1] if merged else None
        brief = run.out_frame - run.in_frame < _SHORTEST * rate
        if last and (brief or last.label == run.label):
            merged[-1] = Mood(last.label, last.in_frame, run.out_frame)
        elif last and last.out_frame - last.in_frame < _SHORTEST * rate:
            merged[-1] = Mood(run.label, last.in_frame, run.out_frame)
        else:
            merged.append(run)
    return merged


def _runs(found: Curve, events: Sequence[Event]) -> list[Mood]:
    """From one turning point to the next; a gap feels as what is before it."""
    if not found.points:
        return []
    starts = [(0, found.points[0].label)]
    starts += [(turn.frame, turn.after) for turn in found.turning_points]
    ends = [*(frame for frame, _ in starts[1:]), events[-1].record_out]
    return [Mood(label, start, end) for (start, label), end in zip(starts, ends, strict=True)]


def _music(mood: Mood) -> Marker:
    music = MUSIC[mood.label]
    return Marker(
        kind=MarkerKind.MUSIC,
        in_frame=mood.in_frame,
        out_frame=mood.out_frame,
        text=f"{mood.label}: {music.slowest}-{music.fastest} BPM, {music.colour}",
        emotion=mood.label.value,
        bpm=(music.slowest, music.fastest),
    )


def _turn(turn: TurningPoint) -> Marker:
    how = "dissolve into" if turn.after in _SOFT else "cut to"
    return Marker(
        kind=MarkerKind.TRANSITION,
        in_frame=turn.frame,
        out_frame=turn.frame + 1,
        text=f"{turn.before} ends: {how} {turn.after}",
        emotion=turn.after.value,
    )


def _peak(peak: Peak) -> Marker:
    return Marker(
        kind=MarkerKind.PEAK,
        in_frame=peak.frame,
        out_frame=peak.frame + 1,
        text=f"{peak.label} is strongest here: {100 * peak.height:.0f} %",
        emotion=peak.label.value,
    )
