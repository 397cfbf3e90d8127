"""What `stringout doctor` asks of this host: ffmpeg and what it can, fonts, the kernel's limits."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from config.settings import Settings
from ingest import limits
from ingest.check import Check
from media import ffmpeg, hardware
from media.encoding import Encoder

_ENCODERS = ("libx264", "aac", "mjpeg", "pcm_s16le")
# What indexers/decoding.py, renderers/pieces.py and renderers/mix.py put into their graphs.
_FILTERS = (
    "adelay", "aformat", "apad", "aresample", "asetpts", "asplit", "ass", "atempo", "atrim",
    "blend", "bwdif", "concat", "drawtext", "ebur128", "field", "format", "fps", "lut3d", "pad",
    "pan", "scale", "setpts", "setsar", "settb", "silencedetect", "split", "tpad", "trim",
    "volume",
)  # fmt: skip
_LETTERS = {"latin": "a", "chinese": "中"}
_INSTALL = "install it with `apt-get install ffmpeg`"


def examine(settings: Settings) -> Iterator[Check]:
    """Look at all of them."""
    yield from _ffmpeg()
    if shutil.which("ffmpeg"):
        yield _encoder(settings.proxy.encoder)
    yield from _fonts()
    yield _watches(settings)


def _ffmpeg() -> Iterator[Check]:
    for program in ("ffmpeg", "ffprobe"):
        path = shutil.which(program)
        yield Check(program, bool(path), path or "not installed", "" if path else _INSTALL)
    if shutil.which("ffmpeg"):
        yield _able("encoders", _ENCODERS)
        yield _able("filters", _FILTERS)


def _able(what: str, needed: tuple[str, ...]) -> Check:
    """Whether ffmpeg has these encoders or filters: each line begins with flags and a name."""
    answer = ffmpeg.execute(["ffmpeg", "-hide_banner", f"-{what}"], 20, Path("ffmpeg"))
    lines = (line.split() for line in answer.stdout.decode(errors="replace").splitlines())
    have = {words[1] for words in lines if len(words) > 1}
    missing = [name for name in needed if name not in have]
    if missing:
        mend = "install Debian's ffmpeg, which has them: `apt-get install ffmpeg`"
        return Check(what, False, f"ffmpeg lacks {', '.join(missing)}", mend)
    return Check(what, True, f"ffmpeg has all {len(needed)} that are used")


def _encoder(wanted: str) -> Check:
    """What encodes H.264: `[proxy] encoder`, tried with a few pictures."""
    chosen = hardware.choose(wanted)
    if wanted == hardware.AUTO:
        tried = [f"{each}: {hardware.trouble(each)}" for each in hardware.DEVICES]
        found = str(chosen) if chosen in hardware.DEVICES else f"software ({'; '.join(tried)})"
        return Check("H.264 encoder", True, found)
    if chosen != wanted:
        mend = 'set [proxy] encoder to "software" or "auto", or mend its driver'
        trouble = hardware.trouble(Encoder(wanted))
        return Check("H.264 encoder", False, f"{trouble}: software is used", mend)
    return Check("H.264 encoder", True, f"{chosen}, by a test encode")


def _fonts() -> Iterator[Check]:
    if not shutil.which("fc-match"):
        yield Check("fonts", False, "fontconfig is missing", "`apt-get install fontconfig`")
        return
    for name, letter in _LETTERS.items():
        pattern = f":charset={ord(letter):x}"
        answer = ffmpeg.execute(["fc-list", pattern, "family"], 30, Path("fc-list"))
        lines = answer.stdout.decode(errors="replace").splitlines()
        families = sorted(filter(None, lines))
        mend = "`apt-get install fonts-dejavu-core fonts-wqy-microhei`: without it text is boxes"
        found = families[0] if families else "no font has its letters"
        yield Check(f"font {name}", bool(families), found, "" if families else mend)


def _watches(settings: Settings) -> Check:
    here = next((each.path for each in settings.watch if each.path.is_dir()), Path("/"))
    if limits.exhausted(here):
        return Check("inotify", False, limits.sentence(here), "raise it in /etc/sysctl.d")
    return Check("inotify", True, "the kernel has watches left")
