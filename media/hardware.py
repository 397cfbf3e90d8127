"""Which encoder can be used here: asked by encoding a few pictures, never assumed.

ffmpeg lists encoders whose device, driver or licence may be missing; only an encode tells.
"""

import logging
from functools import cache
from pathlib import Path

import ffmpeg

from media import encoding
from media.encoding import Codec, Encoder, Encoding
from media.errors import StringoutError
from media.ffmpeg import execute, last_words

AUTO = "auto"
DEVICES = (Encoder.NVENC, Encoder.QSV, Encoder.VAAPI)
_LIMIT = 30.0  # seconds; a device that is taken by others may block
_log = logging.getLogger("stringout.hardware")


@cache
def choose(wanted: str) -> Encoder:
    """The encoder that `[proxy] encoder` asks for, or software where it does not work here.

    Once a process: what is plugged in later is seen after a restart. A fallback is logged.
    """
    if wanted == AUTO:
        return next((each for each in DEVICES if not trouble(each)), Encoder.SOFTWARE)
    encoder = Encoder(wanted)
    if encoder is Encoder.SOFTWARE:
        return encoder
    if reason := trouble(encoder):
        _log.warning("%s can't encode here, x264 does it: %s", encoder, reason)
        return Encoder.SOFTWARE
    return encoder


@cache
def trouble(encoder: Encoder) -> str:
    """Why it does not work on this machine, by a test encode of ten pictures; "" if it does."""
    picture = ffmpeg.input("testsrc2=size=640x360:rate=25", f="lavfi")
    picture = encoding.prepared(picture, Codec.H264, encoder)
    made = ffmpeg.output(
        picture, "file:/dev/null", format="null", **{"frames:v": 10},
        **encoding.options(Encoding(), encoder),
    ).global_args("-v", "error", *encoding.device(encoder))  # fmt: skip
    try:
        result = execute(["ffmpeg", "-nostdin", "-y", *made.get_args()], _LIMIT, Path(encoder))
    except StringoutError as error:
        return str(error)
    said = last_words(result.stderr).split("; ")[0] or f"ffmpeg ended with {result.returncode}"
    return said if result.returncode else ""
