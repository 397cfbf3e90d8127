"""Music and transitions that the cut suggests, as spans under the emotion curve."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from catalog.models import CHINESE, Label
from renderers.page.curve import clock
from renderers.page.lines import seconds_at
from renderers.page.phrases import Phrases
from renderers.page.rows import Feeling, feeling
from renderers.sequence import Marker, MarkerKind, Sequence

MUSIC = {
    Label.JOY: "明亮的钢琴与弦乐",
    Label.SADNESS: "大提琴与铺底音色",
    Label.ANGER: "沉重的鼓",
    Label.CALM: "自然环境声",
    Label.FEAR: "低沉的长音与不安的弦乐",
    Label.SURPRISE: "轻巧的拨弦与打击乐",
    Label.DISGUST: "刺耳的低音与稀疏的打击乐",
    Label.EXCITEMENT: "有推动力的鼓与合成器",
}


@dataclass(frozen=True)
class Mood:
    """A suggestion for a span of the record. `frames`: that span, for the picture."""

    music: bool
    frames: tuple[int, int]
    begins: str
    ends: str
    seek: str
    feeling: Feeling | None
    text: str


def moods(sequence: Sequence, say: Phrases) -> tuple[Mood, ...]:
    """What the cut's markers suggest, in record order; a cut without any (of an older version)
    tells the spans of its emotions."""
    if not sequence.markers:
        return tuple(_spans(sequence, say))
    return tuple(_mood(marker, sequence, say) for marker in sequence.markers)


def _spans(sequence: Sequence, say: Phrases) -> Iterator[Mood]:
    for emotion, events in groupby(sequence.events, key=lambda event: event.emotion):
        if emotion:
            span = list(events)
            felt = feeling(emotion)
            assert felt is not None
            name = felt.chinese if say.language == "zh" else felt.english.lower()
            marker = Marker(
                MarkerKind.MUSIC, span[0].record_in, span[-1].record_out,
                say("mood", emotion=name), emotion,
            )  # fmt: skip
            yield replace(_mood(marker, sequence, say), text=marker.text)


def _mood(marker: Marker, sequence: Sequence, say: Phrases) -> Mood:
    first, last = (
        clock(round(frame / sequence.rate)) for frame in (marker.in_frame, marker.out_frame)
    )
    return Mood(
        music=marker.kind is MarkerKind.MUSIC,
        frames=(marker.in_frame, marker.out_frame),
        begins=first,
        ends=last,
        seek=seconds_at(marker.in_frame, sequence.rate),
        feeling=feeling(marker.emotion),
        text=_told(marker, say),
    )


def _told(marker: Marker, say: Phrases) -> str:
    """In the page's language, as far as it is known what the suggestion means."""
    if say.language != "zh" or marker.emotion not in MUSIC:
        return marker.text
    felt = Label(marker.emotion)
    if marker.kind is MarkerKind.TRANSITION:
        return f"转入{CHINESE[felt]}"
    tempo = f"，{marker.bpm[0]}–{marker.bpm[1]} BPM" if marker.bpm else ""
    return f"{MUSIC[felt]}{tempo}"
