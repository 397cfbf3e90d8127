"""What the feelings of a cut suggest: where music changes, and how to go from one to the next."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from catalog.models import Label
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


def suggestions(events: Sequence[Event], rate: Fraction) -> tuple[Marker, ...]:
    """Music for each stretch long enough, and a transition wherever the feeling changes, in
    record order."""
    markers = [_music(mood) for mood in moods(events, rate)]
    markers += [_transition(before, after) for before, after in pairwise(_runs(events))]
    return tuple(sorted(markers, key=lambda marker: (marker.in_frame, marker.kind)))


def moods(events: Sequence[Event], rate: Fraction) -> list[Mood]:
    """The stretches of one feeling. Gaps, and stretches too short for music, go to the one
    before them; a short one at the beginning to the one after it."""
    merged: list[Mood] = []
    for run in _runs(events):
        last = merged[-1] if merged else None
        brief = run.out_frame - run.in_frame < _SHORTEST * rate
        if last and (brief or last.label == run.label):
            merged[-1] = Mood(last.label, last.in_frame, run.out_frame)
        elif last and last.out_frame - last.in_frame < _SHORTEST * rate:
            merged[-1] = Mood(run.label, last.in_frame, run.out_frame)
        else:
            merged.append(run)
    return merged


def _runs(events: Sequence[Event]) -> list[Mood]:
    """Events of one feeling after the other as one; a gap feels as what is before it."""
    runs: list[Mood] = []
    for event in events:
        label = Label(event.emotion) if event.emotion else None
        if runs and label in (None, runs[-1].label):
            runs[-1] = Mood(runs[-1].label, runs[-1].in_frame, event.record_out)
        elif label:
            start = 0 if not runs else event.record_in
            runs.append(Mood(label, start, event.record_out))
    return runs


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


def _transition(before: Mood, after: Mood) -> Marker:
    how = "dissolve into" if after.label in _SOFT else "cut to"
    return Marker(
        kind=MarkerKind.TRANSITION,
        in_frame=after.in_frame,
        out_frame=after.in_frame + 1,
        text=f"{before.label} ends: {how} {after.label}",
        emotion=after.label.value,
    )
