"""The emotion curve of a cut as one SVG picture.

Eight lanes, one per emotion, brightest mood on top. Position tells the emotion, so the
picture also reads in grey; colour only repeats it. The height of a lane's wave is the
probability of its emotion; where it leads it is drawn full. Triangles are its peaks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from html import escape
from itertools import pairwise

from catalog.models import CHINESE, Label
from media.timecode import seconds_to_frames
from renderers.curve import Curve, Peak

COLOURS = {
    Label.EXCITEMENT: "#d9601f",
    Label.JOY: "#dda000",
    Label.SURPRISE: "#0f9aa0",
    Label.CALM: "#5f9e4a",
    Label.SADNESS: "#3a6fb0",
    Label.FEAR: "#74509f",
    Label.DISGUST: "#7d7426",
    Label.ANGER: "#bb2f2f",
}
_LEFT, _RIGHT = 118, 8
_TOP, _LANE, _AXIS, _BAND = 24, 30, 24, 46
_RHOMB = 22  # height of the row of transitions, above that of music: neither hides the other
_RISE = 25  # height of a wave of probability 1, pixels
_EASE = 16  # a step between two events takes this many pixels to each side at most
_LETTER = 6.2  # mean width of a letter of the scene labels, pixels
_TICK_SECONDS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)
_TICK_PIXELS = 50


@dataclass(frozen=True)
class Beat:
    """One event of the cut: its record span in frames."""

    record_in: int
    record_out: int
    missing: bool
    title: str  # shown when the pointer rests on it
    seek: str  # seconds into the movie


@dataclass(frozen=True)
class Mark:
    """A record frame with a name: where a scene starts."""

    frame: int
    text: str


@dataclass(frozen=True)
class Band:
    """A suggestion for a span of the record: music, or else a transition at its beginning."""

    record_in: int
    record_out: int
    emotion: str  # "" for none
    music: bool
    text: str


@dataclass(frozen=True)
class Scale:
    """Record frames across the plot of a picture `width` pixels wide."""

    duration: int  # frames
    width: int

    def x(self, frame: int) -> float:
        """Pixels from the left of the picture."""
        return _LEFT + (self.width - _LEFT - _RIGHT) * frame / max(1, self.duration)


def draw(
    beats: Sequence[Beat],
    felt: Curve,
    marks: Sequence[Mark],
    bands: Sequence[Band],
    width: int,
) -> str:
    """The picture as an `<svg>` element `width` pixels wide. `felt`: of the record."""
    scale = Scale(max((beat.record_out for beat in beats), default=0), width)
    height = _TOP + _LANE * len(COLOURS) + _AXIS + (_BAND if bands else 0)
    parts = [
        f'<svg class="curve" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" role="img" font-family="inherit" font-size="12">',
        _hatch(width),
        *(_gap(beat, scale) for beat in beats if beat.missing),
        *(_lane(row, label, beats, felt, scale) for row, label in enumerate(COLOURS)),
        *_scenes(marks, scale),
        *_axis(scale, felt.rate),
        *(_band(band, scale) for band in bands),
        *(_target(beat, scale) for beat in beats),
        *(_peak(peak, scale) for peak in felt.peaks),
        f'<line class="playhead" data-left="{_LEFT}" data-right="{width - _RIGHT}" x1="{_LEFT}" '
        f'x2="{_LEFT}" y1="{_TOP}" y2="{_TOP + _LANE * len(COLOURS)}" stroke="currentColor" '
        'stroke-width="1.5" visibility="hidden"/>',
        "</svg>",
    ]
    return "".join(parts)


def ticks(seconds: Fraction, room: int) -> list[int]:
    """Whole seconds to label on an axis of `seconds` with room for `room` labels."""
    steps = (step for step in _TICK_SECONDS if seconds / step <= max(1, room))
    step = next(steps, _TICK_SECONDS[-1])
    return list(range(0, int(seconds) + 1, step))


def clock(seconds: int) -> str:
    """m:ss, or h:mm:ss from one hour on."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _lane(row: int, label: Label, beats: Sequence[Beat], felt: Curve, scale: Scale) -> str:
    known = {point.in_frame: point for point in felt.points}
    points = [known.get(beat.record_in) for beat in beats]
    every = [point.scores[label] if point else 0.0 for point in points]
    leading = [point.scores[label] if point and point.label is label else 0.0 for point in points]
    floor, colour = _floor(row), COLOURS[label]
    return (
        f'<text x="0" y="{floor - 6}" fill="currentColor">{label.title()}'
        f'<tspan x="76" fill-opacity=".7">{CHINESE[label]}</tspan></text>'
        f'<path d="{_wave(beats, every, floor, scale)}" fill="{colour}" fill-opacity=".28"/>'
        f'<path d="{_wave(beats, leading, floor, scale)}" fill="{colour}" '
        f'data-emotion="{label}"/>'
        f'<line x1="{_LEFT}" x2="{scale.width - _RIGHT}" y1="{floor}" y2="{floor}" '
        f'stroke="{colour}" stroke-opacity=".55"/>'
    )


def _floor(row: int) -> int:
    """The y of a lane's zero."""
    return _TOP + (row + 1) * _LANE


def _wave(beats: Sequence[Beat], values: Sequence[float], floor: int, scale: Scale) -> str:
    """A filled path along the lane's floor: flat within an event, an S from one to the next."""
    if not beats:
        return ""
    heights = [floor - _RISE * min(1.0, value) for value in values]
    spans = [(scale.x(beat.record_in), scale.x(beat.record_out)) for beat in beats]
    eases = [min(_EASE, (right - left) / 3) for left, right in spans]
    path = [f"M{spans[0][0]:.1f} {floor}V{heights[0]:.1f}"]
    for index, (here, there) in enumerate(pairwise(heights)):
        edge = spans[index][1]
        begin, end = edge - eases[index], edge + eases[index + 1]
        path.append(f"H{begin:.1f}")
        if here != there:
            path.append(f"C{edge:.1f} {here:.1f} {edge:.1f} {there:.1f} {end:.1f} {there:.1f}")
    path.append(f"H{spans[-1][1]:.1f}V{floor}Z")
    return "".join(path)


def _peak(peak: Peak, scale: Scale) -> str:
    """A triangle that stands on the wave."""
    x = scale.x(peak.frame)
    y = _floor(list(COLOURS).index(peak.label)) - _RISE * peak.height
    told = f"{peak.label.title()} {CHINESE[peak.label]} {100 * peak.height:.0f} %"
    return (
        f'<path class="peak" d="M{x:.1f} {y - 1:.1f}l-4.5 -7h9Z" fill="currentColor">'
        f"<title>{told}</title></path>"
    )


def _band(band: Band, scale: Scale) -> str:
    """Music as a bar with as much of its text as fits; a transition as a rhomb above it."""
    left, right = scale.x(band.record_in), scale.x(band.record_out)
    top = _TOP + _LANE * len(COLOURS) + _AXIS + 4
    colour = COLOURS[Label(band.emotion)] if band.emotion else "currentColor"
    title = f"<title>{escape(band.text)}</title>"
    if not band.music:
        return (
            f'<path class="transition" d="M{left:.1f} {top}l6 9l-6 9l-6 -9Z" '
            f'fill="{colour}" stroke="currentColor" stroke-width=".7">{title}</path>'
        )
    top += _RHOMB
    letters = int((right - left - 20) / _LETTER)
    fits = _width(band.text) <= letters
    text = escape(band.text) if fits else "♪" if right - left > 16 else ""
    return (
        f'<g class="music">{title}<rect x="{left + 1:.1f}" y="{top}" '
        f'width="{max(1.0, right - left - 2):.1f}" height="17" rx="3" fill="{colour}" '
        f'fill-opacity=".25" stroke="{colour}"/><text x="{left + 6:.1f}" y="{top + 12}" '
        f'font-size="10.5" fill="currentColor">{text}</text></g>'
    )


def _width(text: str) -> float:
    """In letters; Chinese ones take nearly two."""
    return sum(1.8 if "\u2e80" <= letter <= "\uffef" else 1.0 for letter in text)


def _hatch(width: int) -> str:
    """The pattern of what is missing; its name holds the width, as a page may show two."""
    return (
        f'<defs><pattern id="missing-{width}" width="6" height="6" '
        'patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<line x1="0" y1="0" x2="0" y2="6" stroke="currentColor" stroke-opacity=".3" '
        'stroke-width="2"/></pattern></defs>'
    )


def _gap(beat: Beat, scale: Scale) -> str:
    return (
        f'<rect class="missing" {_box(beat, scale)} fill="url(#missing-{scale.width})" '
        'stroke="currentColor" stroke-opacity=".25"/>'
    )


def _target(beat: Beat, scale: Scale) -> str:
    """What the pointer finds: the event's title, and a place to click."""
    return (
        f'<rect {_box(beat, scale)} fill="transparent" data-seek="{escape(beat.seek)}">'
        f"<title>{escape(beat.title)}</title></rect>"
    )


def _box(beat: Beat, scale: Scale) -> str:
    left, right = scale.x(beat.record_in), scale.x(beat.record_out)
    height = _LANE * len(COLOURS)
    return f'x="{left:.1f}" y="{_TOP}" width="{right - left:.1f}" height="{height}"'


def _scenes(marks: Sequence[Mark], scale: Scale) -> list[str]:
    """A dotted line per scene, with as much of its name as fits before the next."""
    ends = [*(mark.frame for mark in marks[1:]), scale.duration]
    parts = []
    for mark, end in zip(marks, ends, strict=False):
        left = scale.x(mark.frame)
        letters = int((scale.x(end) - left - 8) / _LETTER)
        text = mark.text if len(mark.text) <= letters else mark.text[: letters - 1] + "…"
        label = escape(text) if letters > 2 else ""
        parts.append(
            f'<line x1="{left:.1f}" x2="{left:.1f}" y1="6" y2="{_TOP + _LANE * len(COLOURS)}" '
            'stroke="currentColor" stroke-opacity=".45" stroke-dasharray="2 3"/>'
            f'<text x="{left + 4:.1f}" y="14" font-size="10" fill="currentColor" '
            f'fill-opacity=".75">{label}</text>'
        )
    return parts


def _axis(scale: Scale, rate: Fraction) -> list[str]:
    room = (scale.width - _LEFT - _RIGHT) // _TICK_PIXELS
    y = _TOP + _LANE * len(COLOURS)
    parts = []
    for second in ticks(scale.duration / rate, room):
        x = scale.x(seconds_to_frames(Fraction(second), rate))
        anchor = "end" if x > scale.width - 30 else "start" if second == 0 else "middle"
        parts.append(
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{y}" y2="{y + 5}" stroke="currentColor"/>'
            f'<text x="{x:.1f}" y="{y + 18}" font-size="11" text-anchor="{anchor}" '
            f'fill="currentColor" fill-opacity=".75">{clock(second)}</text>'
        )
    return parts
