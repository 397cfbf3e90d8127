"""Why an event of the cut feels as it does, in the page's language."""

from collections.abc import Sequence

from catalog.cues import over, told
from catalog.models import Clip, Emotion
from renderers.page.facts import Media
from renderers.page.phrases import Phrases
from renderers.sequence import Event

_SHOWN = 3  # reasons of an event, at most


def why(event: Event, media: Media, say: Phrases) -> str:
    """`its words: afraid; shouted: 12 dB louder`: of the lines whose feeling is the event's; where
    nothing is said, what is heard instead."""
    clips = [clip for clip in media.clips if clip.key == event.clip_key]
    reasons = dict.fromkeys(
        (str(code), str(measure))
        for emotion in _of(clips, media)
        if emotion.label == event.emotion
        for code, measure in emotion.reasons
    )
    if event.emotion and not any(clip.lines for clip in clips):
        reasons = {(cue.kind, ""): None for clip in clips for cue in media.cues if over(cue, clip)}
    phrases = [told(code, measure, say.language) for code, measure in list(reasons)[:_SHOWN]]
    return say("between").join(phrases)


def _of(clips: Sequence[Clip], media: Media) -> list[Emotion]:
    lines = [line for clip in clips for line in clip.lines]
    return [media.emotions[line] for line in lines if line in media.emotions]
