"""Who speaks each line of an asset: by its captions, by the script's cues, else by the voice."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import xxhash
from rapidfuzz import process
from rapidfuzz.distance import Indel

from catalog.words import is_han, tokens
from catalog.work import Work
from indexers.captioned import SOUND, Found
from indexers.engines import speakers
from indexers.engines.speakers import Cue
from indexers.engines.speech import Utterance
from indexers.engines.voices import description
from indexers.scripted import characters_for

_SAME = 0.8  # of the words are those of the script's line, in order
_APART = 0.05  # less than this between the lines of two characters is no cue
_ENOUGH = 3  # words, or six Chinese characters: what is shorter anybody says
_TOLD = 4  # names in a message


def cast(work: Work, found: Found, *, captioned: bool) -> Found:
    """What was found, its lines with their speakers; only captions' where there is no sound.

    `captioned`: they are from a file beside the footage, which a script adds nothing to.
    """
    sound = work.home / SOUND
    if not (work.settings.transcript.speakers and found.lines and sound.is_file()):
        return replace(found, lines=speakers.captioned(found.lines))
    told = {} if captioned or not work.settings.transcript.script else characters_for(work)
    lines = speakers.speakers(sound, found.lines, _cues(found.lines, told))
    names = list(dict.fromkeys(line.speaker for line in lines if line.speaker))
    remarks = (*found.remarks, _summary(names)) if names else found.remarks
    engine = f"{found.engine}, {description()}"
    return replace(found, lines=lines, engine=engine, remarks=remarks)


def cues(work: Work) -> str:
    """A digest of whose lines the scripts say they are; "" when that decides nothing."""
    section = work.settings.transcript
    found = characters_for(work) if section.speakers and section.script else {}
    return xxhash.xxh3_64_hexdigest(repr(sorted(found.items())).encode()) if found else ""


def _cues(lines: Sequence[Utterance], told: Mapping[tuple[str, ...], str]) -> list[Cue | None]:
    """Of each line the character whose line it is in the script, where that is clear."""
    known = list(told)
    return [_cue(tuple(tokens(line.text)), known, told) for line in lines]


def _cue(
    words: tuple[str, ...], known: Sequence[tuple[str, ...]], told: Mapping[tuple[str, ...], str]
) -> Cue | None:
    if sum(0.5 if is_han(word) else 1 for word in words) < _ENOUGH:
        return None
    near = process.extract(
        words, known, scorer=Indel.normalized_similarity, score_cutoff=_SAME, limit=5
    )
    if not near:
        return None
    name, alike = told[near[0][0]], float(near[0][1])
    others = (score for other, score, _ in near if told[other] != name)
    return None if alike - max(others, default=0.0) < _APART else Cue(name, alike)


def _summary(names: Sequence[str]) -> str:
    """Who speaks, in order of appearance."""
    more = f" and {len(names) - _TOLD} more" if len(names) > _TOLD else ""
    return f"spoken by {', '.join(names[:_TOLD])}{more}"
