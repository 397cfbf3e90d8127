"""The eight emotions."""

from enum import StrEnum


class Label(StrEnum):
    """The eight emotions."""

    JOY = "joy"
    SADNESS = "sadness"
    ANGER = "anger"
    FEAR = "fear"
    SURPRISE = "surprise"
    CALM = "calm"
    DISGUST = "disgust"
    EXCITEMENT = "excitement"


CHINESE = {
    Label.JOY: "喜悦",
    Label.SADNESS: "悲伤",
    Label.ANGER: "愤怒",
    Label.FEAR: "恐惧",
    Label.SURPRISE: "惊讶",
    Label.CALM: "平静",
    Label.DISGUST: "厌恶",
    Label.EXCITEMENT: "兴奋",
}
