"""The emotion of every spoken line: its words, and the voice, picture and lines around it,
and what a chat model takes it for, where there is one."""

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from sqlmodel import SQLModel, col, select

from catalog.models import Cue, Emotion, Footage, Label, Line
from catalog.work import Facts, Queue, Work
from config.understanding import Emotions as Section
from indexers.captioned import SOUND
from indexers.engines.chat import chat
from indexers.engines.emotion_text import EmotionEngine, text_emotions
from indexers.feeling.affect import affect
from indexers.feeling.fusion import Evidence, Reason, Scores, among, fused
from indexers.feeling.surroundings import Surroundings, near
from indexers.feeling.votes import Votes
from media.errors import TryLater

NO_VOTES: Mapping[int, Evidence] = MappingProxyType({})
_log = logging.getLogger("stringout.emotions")
_ASKED = "chat"  # of the state folder: what the chat model has answered
_DIGITS = 4  # of a stored probability


class Emotions:
    """Lines in, one Emotion each out; and the laughter and applause beside them."""

    name = "emotions"
    needs = ("scan", "transcript")
    queue = Queue.GPU
    version = 5
    limit = 1800.0
    makes = (Emotion, Cue)

    def inputs(self, work: Work) -> str:
        """What is looked at."""
        asked = work.settings.chat
        told = work.settings.emotions.model_dump_json()
        return told if asked.engine == "none" else told + asked.model_dump_json()

    def run(self, work: Work) -> Facts:
        """See Stage."""
        section = work.settings.emotions
        if section.engine == "none":
            return Facts("emotions are switched off in the settings", skipped=True)
        found = select(Line).where(Line.asset_id == work.asset_id).order_by(col(Line.number))
        lines = work.session.exec(found).all()
        around = _around(work, section)
        cues = around.beside if around and section.sound else []
        if not lines and not cues:
            return Facts("nothing is said in it", skipped=True)
        engine = text_emotions()  # "auto" and "text": the one engine there is
        voted, remark = _voted(work, lines)
        rows = feel(lines, engine, around, section.context, voted) if lines else []
        told = summary([row.label for row in rows], cues)
        every: list[SQLModel] = [*rows, *cues]
        return Facts("; ".join(filter(None, [told, remark])), rows=every, engine=engine.name)


def feel(
    lines: Sequence[Line],
    engine: EmotionEngine,
    around: Surroundings | None,
    context: bool,
    voted: Mapping[int, Evidence] = NO_VOTES,
) -> list[Emotion]:
    """One row per line: its most probable label, all probabilities, and why. `around`: None
    where neither sound nor picture is known. `voted`: by a chat model, by number of the line."""
    words = engine.read([line.text for line in lines])
    voices = around.voices(lines) if around else {}
    looks = around.looks(lines) if around else {}
    beside = [
        {"sound": voices.get(n), "picture": looks.get(n), "chat": voted.get(n)}
        for n in (line.number for line in lines)
    ]
    alone = [
        fused(score, list(sources.values())) for score, sources in zip(words, beside, strict=True)
    ]
    rate = around.footage.rate if around else None
    together = among(alone, near(lines, rate)) if context and rate else alone
    rows = []
    told = zip(lines, words, beside, alone, together, strict=True)
    for line, said, sources, own, scores in told:
        row = _row(line, scores, engine.name)
        row.parts = {"text": _rounded({label.value: value for label, value in said.items()})}
        row.parts |= {name: dict(one.added) for name, one in sources.items() if one}
        found = [reason for one in sources.values() if one for reason in one.reasons]
        found = [*_of_words(line.text, row.label, engine), *found]
        if max(own, key=own.__getitem__) != row.label:
            found.append(("neighbours", row.label.value))
        row.reasons = [list(reason) for reason in found]
        rows.append(row)
    return rows


def _voted(work: Work, lines: Sequence[Line]) -> tuple[dict[int, Evidence], str]:
    """A chat model's votes by number of the line, and what is to be said of them. One that is
    away has no vote: nobody waits for it."""
    model = chat(work.settings.chat)
    if model is None or not lines:
        return {}, ""
    votes = Votes(model, work.settings.folders.state / _ASKED, work.settings.chat.weight)
    try:
        found = votes.of([line.text for line in lines])
    except TryLater as error:
        _log.warning("%s: without the chat model's votes: %s", work.item.path, error)
        return {}, f"without the chat model's votes: {error}"
    voted = {line.number: vote for line, vote in zip(lines, found, strict=True) if vote}
    return voted, f"{model.name} voted on {len(voted)}"


def _of_words(text: str, label: Label, engine: EmotionEngine) -> list[Reason]:
    """Calm is what is believed of words that say nothing: they are no reason for it."""
    words = engine.because(text, label) if label is not Label.CALM else []
    return [("words", ", ".join(words))] if words else []


def summary(labels: Sequence[Label], cues: Sequence[Cue] = ()) -> str:
    """`12 lines: 5 calm, 4 joy, 3 sadness; 1 laughter`."""
    noun = "line" if len(labels) == 1 else "lines"
    parts = ", ".join(f"{count} {label}" for label, count in Counter(labels).most_common())
    heard = Counter(cue.kind for cue in cues).most_common()
    told = [f"{len(labels)} {noun}: {parts}"] if labels else ["nothing is said in it"]
    return "; ".join([*told, *(f"{count} {kind}" for kind, count in heard)])


def _row(line: Line, scores: Scores, engine: str) -> Emotion:
    rounded = _rounded(scores)
    valence, arousal = affect(rounded)
    return Emotion(
        asset_id=line.asset_id,
        number=line.number,
        label=Label(max(rounded, key=rounded.__getitem__)),
        scores=rounded,
        engine=engine,
        valence=valence,
        arousal=arousal,
    )


def _around(work: Work, section: Section) -> Surroundings | None:
    footage = work.session.get(Footage, work.asset_id)
    if footage is None:
        return None
    sound: Path | None = work.home / SOUND
    if not section.sound or not footage.has_sound:
        sound = None
    return Surroundings.of(work, footage, sound, section.picture)


def _rounded(score: Scores) -> Scores:
    """Rounded so that they still sum to 1: the largest takes what rounding left."""
    rounded = {label: round(value, _DIGITS) for label, value in score.items()}
    largest = max(rounded, key=rounded.__getitem__)
    rest = sum(value for label, value in rounded.items() if label != largest)
    return {**rounded, largest: round(1 - rest, _DIGITS)}
