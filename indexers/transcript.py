"""What is said: captions that came along, else what an engine hears.

Lines and words are placed on frames here and nowhere else.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction

from sqlmodel import select

from catalog.models import Footage, Line, SoundKind, SoundSpan
from catalog.work import Facts, Queue, Work
from indexers.captioned import SOUND, caption_items, captioned
from indexers.cast import cast, cues
from indexers.choice import choose
from indexers.engines import sounds, vad
from indexers.engines.speech import Utterance
from indexers.recognised import expected, recognised
from media.timecode import seconds_to_frames


class Transcript:
    """The stage: the spoken lines of an asset, with the frames of every word."""

    name = "transcript"
    needs = ("scan",)
    queue = Queue.GPU
    version = 7
    limit = 6 * 3600  # ten hours of speech on one slow core
    makes = (Line, SoundSpan)

    def inputs(self, work: Work) -> str:
        """The caption files beside the footage, who is to hear, and what the story's scripts
        let expect: others give other lines."""
        beside = ",".join(str(item.id) for item in caption_items(work))
        told = "" if beside else f"{expected(work)} {cues(work)}".strip()
        return f"{beside} {work.settings.transcript.model_dump_json()} {told}".rstrip()

    def run(self, work: Work) -> Facts:
        """Read or hear the lines. Raises Misconfigured when the engine that is set isn't there."""
        choice = choose(work.settings.transcript)
        footage = work.session.exec(select(Footage).where(Footage.asset_id == work.asset_id)).one()
        troubles: list[str] = []
        found = captioned(work, footage, troubles) or recognised(work, choice, troubles)
        if found is None:
            return Facts("; ".join(troubles), skipped=True)
        found = cast(work, found, captioned=bool(caption_items(work)))
        rows = to_rows(found.lines, footage, found.engine)
        message = "; ".join([*troubles, _summary(rows, found.source), *found.remarks])
        used = work.settings.transcript.model_dump()
        return Facts(
            message,
            rows=[*rows, *_sounds(work, footage, found.speech)],
            engine=found.engine,
            settings=used,
        )


def to_rows(lines: Iterable[Utterance], footage: Footage, engine: str) -> list[Line]:
    """Lines in seconds from the first picture on its frames, numbered in order.

    What lies outside of the picture is left out.
    """
    rows: list[Line] = []
    for line in sorted(lines, key=lambda line: (line.start, line.end)):
        first, last = _frame(line.start, footage), _frame(line.end, footage)
        if last <= 0 or first >= footage.frames:
            continue
        first, last = _span(first, last, (0, footage.frames))
        row = Line(
            asset_id=footage.asset_id,
            number=len(rows),
            in_frame=first,
            out_frame=last,
            text=line.text,
            language=line.language,
            speaker=line.speaker,
            confidence=line.confidence,
            words=_words(line, footage, (first, last)),
            engine=engine,
            doubt=line.doubt,
            speaker_by=line.speaker_by,
            speaker_confidence=line.speaker_confidence,
        )
        rows.append(row)
    return rows


def _words(line: Utterance, footage: Footage, inside: tuple[int, int]) -> list[list[object]]:
    frames = [
        _span(_frame(word.start, footage), _frame(word.end, footage), inside) for word in line.words
    ]
    return [[word.text, *span] for word, span in zip(line.words, frames, strict=True)]


def _frame(seconds: Fraction, footage: Footage) -> int:
    """The nearest frame to a time of the picture; -1 before its first."""
    return seconds_to_frames(seconds, footage.rate) if seconds >= 0 else -1


def _span(first: int, last: int, inside: tuple[int, int]) -> tuple[int, int]:
    """[first, last) moved into `inside`, at least one frame long."""
    first = max(inside[0], min(first, inside[1] - 1))
    return first, max(first + 1, min(last, inside[1]))


def _sounds(work: Work, footage: Footage, speech: Sequence[vad.Span] | None) -> list[SoundSpan]:
    """Where is speech, music, noise; none where there is no sound."""
    sound = work.home / SOUND
    if not sound.is_file():
        return []
    rows: list[SoundSpan] = []
    for one in sounds.sounds(sound, vad.speech_spans(sound) if speech is None else speech):
        first = min(_frame(one.start, footage), footage.frames)
        last = min(_frame(one.end, footage), footage.frames)
        if first < last:
            kind = SoundKind(one.kind)
            rows.append(
                SoundSpan(
                    asset_id=footage.asset_id,
                    number=len(rows),
                    in_frame=first,
                    out_frame=last,
                    kind=kind,
                )
            )
    return rows


def _summary(rows: Sequence[Line], source: str) -> str:
    if not rows:
        return f"no lines {source}"
    languages = ", ".join(sorted({row.language for row in rows}))
    return f"{len(rows)} {'line' if len(rows) == 1 else 'lines'} {source} ({languages})"
