"""The match stage: every dialogue line of a script finds its takes in the story's footage."""

from collections.abc import Iterable, Sequence

import xxhash
from sqlmodel import Session, col, select

from catalog.models import Clip, Line, Scan, Script, ScriptLine, Shot, StageRun, Take
from catalog.stories import INDEX, Indexed, hold, indexed
from catalog.words import is_chinese
from catalog.work import Facts, Hold, Queue, Work
from indexers.matching.casting import cast
from indexers.matching.ranking import Material, Ranked, rank
from indexers.matching.spoken import Corpus, Heard, Speech, Wanted, heard, wanted
from indexers.matching.takes import find
from indexers.scripts.screenplay import DIALOGUE


class Match:
    """The stage. Facts: the Takes of every dialogue line that somebody says."""

    name = "match"
    needs = ("parse",)
    queue = Queue.CPU
    version = 1
    limit = 1800  # 300 lines in 100,000 words take ten seconds
    makes = (Take,)

    def holds(self, work: Work) -> Hold | None:
        """Waits for the story's footage."""
        return hold(work.session, work.item.story_id, work.settings.match)

    def inputs(self, work: Work) -> str:
        """A digest of the story's indexed footage and of the settings for matching."""
        digest = xxhash.xxh3_64(work.settings.match.model_dump_json().encode())
        for asset in indexed(work.session, work.item.story_id):
            run = work.session.exec(
                select(StageRun).where(StageRun.item_id == asset.item.id, StageRun.stage == INDEX)
            ).one()
            digest.update(f"{asset.asset_id} {run.token} {run.finished_at}\n".encode())
        return digest.hexdigest()

    def run(self, work: Work) -> Facts:
        """Match words with words: a line that nobody says gets no take."""
        session, item_id = work.session, work.item.id
        assert item_id is not None
        lines = _wanted(session, item_id)
        assets = indexed(session, work.item.story_id)
        speeches = [speech_of(session, asset) for asset in assets]
        found = find(lines, Corpus.of(speeches))
        taken = cast(found, work.settings.match.threshold)
        materials = {
            asset.asset_id: _material(session, place, asset) for place, asset in enumerate(assets)
        }
        ranked = {number: rank(takes, materials) for number, takes in taken.items()}
        rows = [_row(item_id, number, take) for number in sorted(ranked) for take in ranked[number]]
        message = summary(lines, ranked, len(assets)) + _foreign(session, item_id, speeches)
        return Facts(message, rows=rows, settings=work.settings.match.model_dump())


def speech_of(session: Session, asset: Indexed) -> Speech:
    """Everything heard in an asset, word by word."""
    lines = session.exec(
        select(Line).where(Line.asset_id == asset.asset_id).order_by(col(Line.in_frame))
    ).all()
    words = [word for line in lines for word in _words(line)]
    read = bool(lines) and all(line.confidence >= 1 for line in lines)
    return Speech(asset.asset_id, tuple(words), float(asset.footage.rate), read)


def summary(lines: Sequence[Wanted], ranked: dict[int, list[Ranked]], assets: int) -> str:
    """One sentence for the log."""
    if not assets:
        return f"0 of {len(lines)} lines found: no footage of this story is indexed yet"
    chosen = sum(any(take.rank == 0 for take in takes) for takes in ranked.values())
    sound = len(ranked) - chosen
    more = sum(len(takes) > 1 for takes in ranked.values())
    return (
        f"{chosen} of {len(lines)} lines found"
        + (f", {more} with alternates" if more else "")
        + (f"; {sound} only in sound without picture" if sound else "")
    )


def _wanted(session: Session, item_id: int) -> list[Wanted]:
    lines = session.exec(
        select(ScriptLine)
        .where(ScriptLine.item_id == item_id, ScriptLine.kind == DIALOGUE)
        .order_by(col(ScriptLine.number))
    )
    return [wanted(line.number, order, line.text) for order, line in enumerate(lines)]


def _words(line: Line) -> Iterable[Heard]:
    """The words of a line in order; a line without word times has its words evenly spread."""
    if not line.words:
        return heard(line.text, line.in_frame, line.out_frame, line.number)
    return [
        token
        for text, start, end in sorted(line.words, key=lambda word: int(word[1]))
        for token in heard(str(text), int(start), int(end), line.number)
    ]


def _material(session: Session, place: int, asset: Indexed) -> Material:
    scan = session.get(Scan, asset.asset_id)
    shots = session.exec(select(Shot.in_frame).where(Shot.asset_id == asset.asset_id)).all()
    clips = session.exec(select(Clip).where(Clip.asset_id == asset.asset_id)).all()
    return Material(
        place=place,
        has_picture=asset.footage.has_picture,
        loudness=scan.loudness if scan else None,
        cuts=tuple(shots),
        black=tuple((start, end) for start, end in scan.black) if scan else (),
        clips=tuple((clip.key, clip.in_frame, clip.out_frame) for clip in clips),
    )


def _row(item_id: int, number: int, take: Ranked) -> Take:
    return Take(
        item_id=item_id,
        number=number,
        rank=take.rank,
        asset_id=take.candidate.speech.asset_id,
        clip_key=take.clip_key,
        in_frame=take.in_frame,
        out_frame=take.out_frame,
        score=round(take.candidate.score, 3),
        reasons=list(take.reasons),
        matched=list(take.matched),
    )


def _foreign(session: Session, item_id: int, speeches: Sequence[Speech]) -> str:
    """A clause that explains gaps when script and footage are in different languages."""
    script = session.get(Script, item_id)
    spoken = [speech for speech in speeches if speech.words]
    if script is None or not spoken:
        return ""
    chinese = [is_chinese(" ".join(speech.texts)) for speech in spoken]
    if script.language == "zh" and not any(chinese):
        return "; the script is Chinese and the speech is not: lines are found by their words"
    if script.language != "zh" and all(chinese):
        return "; the speech is Chinese and the script is not: lines are found by their words"
    return ""
