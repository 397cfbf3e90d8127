"""What an engine hears in an asset's sound, told what the story's scripts let expect."""

from fractions import Fraction

import xxhash

from catalog.models import Asset
from catalog.work import Work
from indexers.captioned import SOUND, Found
from indexers.choice import Choice, choose, engine_for, needs_whisper
from indexers.engines import timed, vad
from indexers.engines.doubt import told
from indexers.engines.expected import Script
from indexers.engines.heard import Heard
from indexers.engines.hearing import hear
from indexers.engines.pocketsphinx import PocketSphinx
from indexers.engines.speech import SAMPLE_RATE
from indexers.scripted import names_for, script_for, texts_for
from media.progress import Teller

_OFF = Fraction(3, 10)  # seconds by which Whisper's words are off, in bad cases
_FOLDER = "hearing"  # of the state folder: what interrupted runs heard


def recognised(work: Work, choice: Choice, troubles: list[str]) -> Found | None:
    """What the chosen engine hears; None when there is nothing to hear with or in.

    A run that was killed goes on where it was: what it heard is kept in the state folder.
    """
    sound = work.home / SOUND
    if choice.name == "none" or not sound.is_file():
        troubles.append("no sound" if choice.name != "none" else choice.reason)
        return None
    section = work.settings.transcript
    prompt = names_for(work) if section.script and choice.weights else ""
    script = script_for(work) if section.script else Script()
    engine = engine_for(choice, prompt, script)
    used = f"{engine.name} {engine.version} {engine.model} behind {vad.description()}"
    if isinstance(engine, PocketSphinx) and not engine.hears(section.language):
        troubles.append(needs_whisper(section.language))
        return Found([], "heard", used)
    heard = Heard(work.settings.folders.state / _FOLDER / _name(work, used, prompt + script.digest))
    teller = Teller(work.scratch, vad.length(sound), SAMPLE_RATE)
    expected = texts_for(work) if section.script else ()
    found = hear(sound, engine, section.language, expected=expected, heard=heard, tell=teller.tell)
    teller.close()
    heard.forget()
    remarks = [told(found.lines), _left_out(found.left_out)]
    lines = found.lines
    if choice.weights:  # pocketsphinx's own words are as exact as its alignment of them
        aligned = timed.timed(sound, lines, _OFF)
        lines, used = aligned.lines, f"{used}, {timed.description()}"
        remarks.append(timed.told(aligned))
    source = f"heard by {engine.name}"
    return Found(lines, source, used, tuple(filter(None, remarks)), found.speech)


def expected(work: Work) -> str:
    """A digest of what the scripts tell the engine; "" when they tell nothing."""
    section = work.settings.transcript
    if not section.script or section.engine == "none":
        return ""
    if choose(section).weights:
        names = names_for(work)
        return xxhash.xxh3_64_hexdigest(names.encode()) if names else ""
    return script_for(work).digest


def _name(work: Work, used: str, told: str) -> str:
    """Of the file with what was heard: after all that decides it."""
    checksum = work.session.get_one(Asset, work.asset_id).checksum
    decides = f"{checksum} {used} {told} {work.settings.transcript.model_dump_json()}"
    return f"{xxhash.xxh3_128_hexdigest(decides.encode())}.jsonl"


def _left_out(lines: int) -> str:
    if not lines:
        return ""
    noun = "line was" if lines == 1 else "lines were"
    return f"{lines} {noun} left out, for no speech is heard there"
