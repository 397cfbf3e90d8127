"""The match stage: every line of a script finds its takes in the story's footage."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import xxhash
from sqlmodel import Session, col, select

from catalog.models import Script, ScriptLine, StageRun, Take
from catalog.stories import INDEX, Indexed, hold, indexed
from catalog.words import is_chinese
from catalog.work import Facts, Hold, Queue, Work
from config import cutting
from config.settings import Settings
from indexers.engines.sentence import embedder
from indexers.engines.vision import vision
from indexers.matching.actions import Described, Seen, show
from indexers.matching.casting import cast
from indexers.matching.catalogued import (
    material_of,
    seen_in,
    shown_in,
    speech_of,
    spoken_in,
)
from indexers.matching.delivery import ears
from indexers.matching.gloss import read_gloss
from indexers.matching.material import Material
from indexers.matching.meaning import Meaning
from indexers.matching.passages import choose
from indexers.matching.ranking import Ranked, frames, rank
from indexers.matching.seams import Verifier
from indexers.matching.shown import Shown
from indexers.matching.sight import Sight
from indexers.matching.sound import measure
from indexers.matching.spoken import Corpus, Speech, Wanted, wanted
from indexers.matching.takes import Candidate, find
from indexers.matching.tone import wanted_emotion
from indexers.scripts.screenplay import ACTION, DIALOGUE

SOUND = "sound.wav"  # of the scan stage
_WEAK = 0.6  # score below which a verifier is asked


@dataclass(frozen=True)
class _Story:
    """The story's footage in shooting order, and its files."""

    assets: Sequence[Indexed]
    speeches: Sequence[Speech]
    materials: Mapping[int, Material]
    output: Path


class Match:
    """The stage. Facts: the Takes of every line that somebody says or that a clip shows.

    `verifier` is a seam: without it scores alone decide.
    """

    name = "match"
    needs = ("parse",)
    queue = Queue.CPU
    version = 5
    limit = 1800  # 1,000 lines against 50,000 clips take a minute
    makes = (Take,)

    def __init__(self, verifier: Verifier | None = None) -> None:
        """Plug in another judge."""
        self._verifier = verifier

    def holds(self, work: Work) -> Hold | None:
        """Waits for the story's footage."""
        return hold(work.session, work.item.story_id, work.settings.match)

    def inputs(self, work: Work) -> str:
        """A digest of the story's indexed footage and of the settings for matching."""
        digest = xxhash.xxh3_64(work.settings.match.model_dump_json().encode())
        digest.update(f"{work.settings.vision.weight}".encode())
        for asset in indexed(work.session, work.item.story_id):
            run = work.session.exec(
                select(StageRun).where(StageRun.item_id == asset.item.id, StageRun.stage == INDEX)
            ).one()
            digest.update(f"{asset.asset_id} {run.token} {run.finished_at}\n".encode())
        return digest.hexdigest()

    def run(self, work: Work) -> Facts:
        """Match words with words, and meanings with meanings: a line that nobody says, and an
        action that nothing shows, gets no take. Raises Misconfigured for a bad lexicon."""
        session, item_id = work.session, work.item.id
        assert item_id is not None
        script = _script_lines(session, item_id)
        story = _story(session, work)
        ranked = self._spoken(script, story, work.settings.match)
        rows = [_row(item_id, number, take) for number in sorted(ranked) for take in ranked[number]]
        rows += self._shown(script, set(ranked), work, story)
        lines = _wanted(script)
        message = summary(lines, ranked, len(story.assets)) + _foreign(session, item_id, story)
        actions = sum(row.rank == 0 and row.number not in ranked for row in rows)
        message += f"; {actions} found by what they show or mean" if actions else ""
        return Facts(message, rows=rows, settings=work.settings.match.model_dump())

    def _spoken(
        self, script: Sequence[ScriptLine], story: _Story, asked: cutting.Match
    ) -> dict[int, list[Ranked]]:
        # Who reads the weak takes decides on them: they are not left out before.
        sure = 0.0 if self._verifier else asked.sure
        corpus = Corpus.of(story.speeches)
        taken = cast(find(_wanted(script), corpus), asked.threshold, sure)
        if self._verifier:
            taken = _verified(taken, script, self._verifier)
        heard = ears((take for takes in taken.values() for take in takes), corpus)
        materials = _with_levels(taken, story)
        feelings = {line.number: wanted_emotion(line.parenthetical) for line in script}
        ranked = {
            number: rank(takes, materials, heard, feelings[number])
            for number, takes in taken.items()
        }
        return choose(ranked)

    def _shown(
        self, script: Sequence[ScriptLine], found: set[int], work: Work, story: _Story
    ) -> list[Take]:
        """Takes by meaning: actions in what clips show, lines in another language's speech."""
        item_id = work.item.id
        assert item_id is not None
        locate = work.settings.locate
        actions = [Described(line.number, line.text) for line in script if line.kind == ACTION]
        silent = [each for asset in story.assets for each in shown_in(work.session, asset, locate)]
        rows: list[Take] = []
        sight = _sight(work, story) if actions else None
        if actions and (sight or any(each.text for each in silent)):
            seen = show(actions, silent, _meaning(work.settings), sight)
            rows += _seen_rows(item_id, seen, "shows what the line describes")
        missing = [line for line in script if line.kind == DIALOGUE and line.number not in found]
        said = [each for asset in story.assets for each in spoken_in(work.session, asset)]
        rows += _translated(item_id, missing, said, work.settings)
        return rows


def summary(lines: Sequence[Wanted], ranked: Mapping[int, list[Ranked]], assets: int) -> str:
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


def _script_lines(session: Session, item_id: int) -> list[ScriptLine]:
    found = select(ScriptLine).where(ScriptLine.item_id == item_id)
    return list(session.exec(found.order_by(col(ScriptLine.number))))


def _wanted(script: Sequence[ScriptLine]) -> list[Wanted]:
    spoken = [line for line in script if line.kind == DIALOGUE]
    return [wanted(line.number, order, line.text) for order, line in enumerate(spoken)]


def _story(session: Session, work: Work) -> _Story:
    assets = indexed(session, work.item.story_id)
    return _Story(
        assets=assets,
        speeches=[speech_of(session, asset) for asset in assets],
        materials={
            asset.asset_id: material_of(session, place, asset, work.output)
            for place, asset in enumerate(assets)
        },
        output=work.output,
    )


def _with_levels(taken: Mapping[int, list[Candidate]], story: _Story) -> dict[int, Material]:
    """The materials with the sound measured where takes of a line compete."""
    spans: dict[int, list[tuple[int, int]]] = {}
    for takes in taken.values():
        for take in takes if len(takes) > 1 else ():
            spans.setdefault(take.speech.asset_id, []).append(frames(take))
    materials = dict(story.materials)
    for asset in story.assets:
        if asset.asset_id in spans:
            path = story.output / asset.home / SOUND
            levels = measure(path, asset.footage.rate, spans[asset.asset_id])
            materials[asset.asset_id] = replace(materials[asset.asset_id], levels=levels)
    return materials


def _verified(
    taken: dict[int, list[Candidate]], script: Sequence[ScriptLine], verifier: Verifier
) -> dict[int, list[Candidate]]:
    """Without the weak takes that the verifier does not believe."""
    texts = {line.number: line.text for line in script}
    kept: dict[int, list[Candidate]] = {}
    for number, takes in taken.items():
        weak = [take for take in takes if take.score < _WEAK]
        heard = [" ".join(take.speech.texts[take.start : take.end]) for take in weak]
        answers = verifier.delivers(texts[number], heard) if weak else ()
        refused = [take for take, holds in zip(weak, answers, strict=True) if not holds]
        left = [take for take in takes if take not in refused]
        if left:
            kept[number] = left
    return kept


def _meaning(settings: Settings) -> Meaning:
    return Meaning(embedder(settings.embeddings), _gloss(settings))


def _sight(work: Work, story: _Story) -> Sight | None:
    """What the story's pictures show; None where no engine looks, or has looked."""
    engine = vision(work.settings.vision)
    if engine is None:
        return None
    assets = [asset.asset_id for asset in story.assets]
    seen = seen_in(work.session, assets, engine.name)
    weight = work.settings.vision.weight
    return Sight(engine, seen, weight, _gloss(work.settings)) if seen else None


def _gloss(settings: Settings) -> Callable[[str], str] | None:
    lexicon = settings.match.lexicon
    return read_gloss(Path(lexicon).expanduser()) if lexicon else None


def _translated(
    item_id: int, missing: Sequence[ScriptLine], said: Sequence[Shown], settings: Settings
) -> list[Take]:
    """Lines that were said in another language than the script's, by their sense."""
    rows: list[Take] = []
    for chinese in (True, False):
        lines = [Described(x.number, x.text) for x in missing if is_chinese(x.text) == chinese]
        clips = [clip for clip in said if is_chinese(clip.text) != chinese]
        if lines and clips:
            seen = show(lines, clips, _meaning(settings))
            rows += _seen_rows(item_id, seen, "said in another language: found by its meaning")
    return rows


def _seen_rows(item_id: int, seen: Mapping[int, Sequence[Seen]], reason: str) -> list[Take]:
    return [
        Take(
            item_id=item_id,
            number=number,
            rank=position,
            asset_id=one.shown.asset_id,
            clip_key=one.shown.clip_key,
            in_frame=one.shown.in_frame,
            out_frame=one.shown.out_frame,
            score=one.probability,
            reasons=[reason, *_likeness(one)],
            matched=[],
        )
        for number, found in sorted(seen.items())
        for position, one in enumerate(found)
    ]


def _likeness(one: Seen) -> list[str]:
    said = [f"likeness {one.likeness:.2f}: {one.shown.text[:60]}"] if one.shown.text else []
    return said if one.picture is None else [*said, f"likeness of its picture {one.picture:.2f}"]


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


def _foreign(session: Session, item_id: int, story: _Story) -> str:
    """A clause that explains gaps when script and footage are in different languages."""
    script = session.get(Script, item_id)
    spoken = [speech for speech in story.speeches if speech.words]
    if script is None or not spoken:
        return ""
    chinese = [is_chinese(" ".join(speech.texts)) for speech in spoken]
    if script.language == "zh" and not any(chinese):
        return "; the script is Chinese and the speech is not"
    if script.language != "zh" and all(chinese):
        return "; the speech is Chinese and the script is not"
    return ""
