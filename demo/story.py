"""The story that the demo drops: five recordings of four kinds, captions, and a script."""

from fractions import Fraction
from pathlib import Path

from demo.footage import Recording, make, spoken
from demo.speech import SAMPLE_RATE

NAME = "harbor-storm"

RECORDINGS = (
    Recording(  # an ordinary camera: 1080p25 H.264
        "A001_C001_pier.mp4",
        start="01:00:00:00",
        size=(1920, 1080),
        lines=(
            ("The storm came in over the harbor just before midnight.", "slt"),
            ("We lost the lights, and then we lost the radio.", "slt"),
        ),
        scenes=((0, 1), (105, 2)),
        reel="A001",
    ),
    Recording(  # 29.97 drop-frame ProRes, whose timecode passes the hour and its left-out labels
        "A002_C003_keeper.mov",
        rate=Fraction(30000, 1001),
        start="10:59:58;00",
        size=(1280, 720),
        lines=(
            ("I told them not to, not to take the boat.", "rms"),  # take 1, with a flub
            ("Nobody listens to an old man until the water rises.", "rms"),
        ),
        scenes=((0, 3),),
        reel="A002",
    ),
    Recording(  # the same line again, better, from a broadcast camera
        "B001_C002_keeper.mxf",
        start="14:30:00:00",
        size=(1280, 720),
        lines=(
            ("I told them not to take the boat out tonight.", "rms"),
            ("Tomorrow we will rebuild the lighthouse together.", "rms"),
        ),
        scenes=((0, 4), (110, 5)),
        reel="B001",
    ),
    Recording(  # film rate
        "C001_C007_morning.mov",
        rate=Fraction(24000, 1001),
        start="09:15:00:00",
        size=(1280, 720),
        lines=(
            ("I waited on the pier until the sun came up.", "slt"),
            ("This is the happiest morning of my life.", "slt"),
        ),
        scenes=((0, 6),),
        video="-c:v libx264 -preset ultrafast -crf 20 -pix_fmt yuv420p",
        reel="C001",
    ),
    Recording(  # Chinese, with captions beside it
        "D001_C001_market.mp4",
        start="16:00:00:00",
        size=(1280, 720),
        lines=(("渔船回来了，七个人都活着。", "cmn"), ("妈妈，我们回家吧。", "cmn")),
        scenes=((0, 7),),
        reel="D001",
    ),
)

SCRIPT = """\
Title: Harbor Storm
Author: The Stringout demo

INT. RADIO ROOM - NIGHT

Rain on the windows. A needle trembles on a dial.

ANNA
The storm came in over the harbor just before midnight.

ANNA
We lost the lights, and then we lost the radio.

EXT. PIER - NIGHT

The KEEPER holds a lantern that the wind has put out.

KEEPER
(angry)
I told them not to take the boat out tonight.

KEEPER
Nobody listens to an old man until the water rises.

PILOT
Seven souls on board and no one answers the flare.

EXT. PIER - DAWN

ANNA
I waited on the pier until the sun came up.

.外景 鱼市 - 清晨

@老陈
渔船回来了，七个人都活着。

@小梅
妈妈，我们回家吧。

EXT. PIER - MORNING

ANNA
(overjoyed)
This is the happiest morning of my life.

KEEPER
Tomorrow we will rebuild the lighthouse together.
"""
SCRIPT_NAME = f"{NAME}.fountain"
MISSING = "Seven souls on board and no one answers the flare."  # nobody says it: a visible gap


def make_story(folder: Path) -> list[Path]:
    """Write the whole story into `folder`; return its files in the order of dropping."""
    files = []
    for recording in RECORDINGS:
        files.append(make(recording, folder))
        if recording.lines[0][1] == "cmn":
            files.append(_captions(recording, folder))
    script = folder / SCRIPT_NAME
    script.write_text(SCRIPT, encoding="utf-8")
    return [*files, script]


def _captions(recording: Recording, folder: Path) -> Path:
    """An SRT sidecar with the times at which the lines are really heard."""
    cues = [
        f"{number}\n{_clock(line.first)} --> {_clock(line.end)}\n{line.text}\n"
        for number, line in enumerate(spoken(recording), 1)
    ]
    target = folder / Path(recording.name).with_suffix(".srt")
    target.write_text("\n".join(cues), encoding="utf-8")
    return target


def _clock(samples: int) -> str:
    milliseconds = samples * 1000 // SAMPLE_RATE
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02},{rest:03}"
