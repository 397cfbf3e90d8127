"""What the emotion curve of a cut marks, in the page's language: peaks, turns, music."""

from dataclasses import dataclass

from catalog.models import CHINESE, Label
from renderers import mood
from renderers.page.curve import clock
from renderers.page.lines import seconds_at
from renderers.page.phrases import Phrases
from renderers.page.rows import Feeling, feeling
from renderers.sequence import Marker, MarkerKind, Sequence

# What renderers/mood.py suggests, for Chinese readers.
_MUSIC = {
    Label.JOY: "明亮的钢琴与弦乐",
    Label.SADNESS: "大提琴与铺底音色",
    Label.ANGER: "沉重的鼓",
    Label.FEAR: "低音持续音上的震音弦乐",
    Label.SURPRISE: "拨弦与突然的停顿",
    Label.CALM: "自然声：风、水、鸟鸣",
    Label.DISGUST: "低音木管与走音的铜管",
    Label.EXCITEMENT: "有推动力的打击乐与上行的合成器",
}


_SIGNS = {MarkerKind.MUSIC: "♪", MarkerKind.TRANSITION: "◆", MarkerKind.PEAK: "▼"}


@dataclass(frozen=True)
class Mood:
    """A marker. `frames`: its span of the record, for the picture; `ends`: "" for a moment."""

    kind: MarkerKind
    frames: tuple[int, int]
    begins: str
    ends: str
    seek: str
    feeling: Feeling | None
    text: str

    @property
    def sign(self) -> str:
        """Of its kind."""
        return _SIGNS[self.kind]


def moods(sequence: Sequence, say: Phrases) -> tuple[Mood, ...]:
    """The cut's markers, in record order; of a cut of an older version, which has none, what its
    emotions say now."""
    markers = sequence.markers or mood.markers(sequence.events, sequence.rate)
    return tuple(_mood(marker, sequence, say) for marker in markers)


def _mood(marker: Marker, sequence: Sequence, say: Phrases) -> Mood:
    first, last = (
        clock(round(frame / sequence.rate)) for frame in (marker.in_frame, marker.out_frame)
    )
    return Mood(
        kind=marker.kind,
        frames=(marker.in_frame, marker.out_frame),
        begins=first,
        ends=last if marker.kind is MarkerKind.MUSIC else "",
        seek=seconds_at(marker.in_frame, sequence.rate),
        feeling=feeling(marker.emotion),
        text=_told(marker, say),
    )


def _told(marker: Marker, say: Phrases) -> str:
    """In the page's language, as far as it is known what the suggestion means."""
    if not marker.emotion:
        return marker.text
    felt = Label(marker.emotion)
    if say.language != "zh":  # the emotion stands before it
        return marker.text.removeprefix(f"{felt}: ").removeprefix(f"{felt} is ")
    if marker.kind is MarkerKind.PEAK:
        return f"此处最强：{marker.text.rpartition(': ')[2]}"
    if marker.kind is MarkerKind.TRANSITION:
        return f"{'叠化' if 'dissolve' in marker.text else '硬切'}到{CHINESE[felt]}"
    tempo = f"，{marker.bpm[0]}–{marker.bpm[1]} BPM" if marker.bpm else ""
    return f"{_MUSIC[felt]}{tempo}"
