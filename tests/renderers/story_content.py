"""What was shot and written in the story that tests of the report are told."""

from dataclasses import dataclass
from fractions import Fraction

from catalog.models import Label

RATE = Fraction(25)


@dataclass(frozen=True)
class Shooting:
    """One file: spoken lines of five seconds each, in order; `look` is an ffmpeg source."""

    name: str
    reel: str
    rate: Fraction
    drop_frame: bool
    start_frame: int
    has_timecode: bool
    look: str
    spoken: tuple[tuple[str, Label], ...]
    language: str = "en"
    variable_rate: bool = False
    warnings: tuple[str, ...] = ()

    @property
    def span(self) -> int:
        """Frames of one spoken line."""
        return round(5 * self.rate)

    @property
    def frames(self) -> int:
        """Length."""
        return self.span * max(1, len(self.spoken))


SHOOTINGS = (
    Shooting(
        "A001_C003_maya.mov",
        "A001C003",
        Fraction(30000, 1001),
        True,
        1078920,
        True,
        "gradients=s=320x180:c0=0x2b3a55:c1=0xd98e5f:x0=0:y0=0:x1=320:y1=180:n=2",
        (
            ("I kept the ticket. I never told you that.", Label.SADNESS),
            ("You kept it for three years?", Label.SURPRISE),
            ("I kept that ticket, I never told you.", Label.SADNESS),
            ("The train is late again. It is always late.", Label.ANGER),
            ("Then we have a little more time.", Label.CALM),
            ("Can somebody check the boom, please?", Label.CALM),
        ),
    ),
    Shooting(
        "B002_jonas & the crowd.mp4",
        "B002",
        Fraction(25),
        False,
        900000,
        True,
        "mandelbrot=s=320x180:start_scale=0.6",
        (
            ("Ladies and gentlemen, we did it!", Label.EXCITEMENT),
            ("This is the best day of my whole life.", Label.JOY),
            ("Ladies and gentlemen, we really did it, all of us!", Label.EXCITEMENT),
            ("Get that thing away from me.", Label.DISGUST),
        ),
    ),
    Shooting(
        "采访_李雷.mp4",
        "采访_李雷",
        Fraction(24000, 1001),
        False,
        0,
        False,
        "cellauto=s=320x180:rule=110",
        (
            ("你听见了吗？有人在下面。", Label.FEAR),
            ("别出声，慢慢走过来。", Label.FEAR),
        ),
        language="zh",
        variable_rate=True,
        warnings=(
            "no timecode embedded: it is counted from 00:00:00:00",
            "the last packet is damaged",
        ),
    ),
    Shooting(
        "C010_platform_wide.mxf",
        "C010",
        Fraction(25),
        False,
        905000,
        True,
        "gradients=s=320x180:c0=0x10333a:c1=0xc9d6c3:x0=160:y0=0:x1=160:y1=180:n=2",
        (),
    ),
)


@dataclass(frozen=True)
class Written:
    """A script line; `takes` are (file, spoken line, score), the first is chosen."""

    kind: str
    scene: str
    character: str
    text: str
    takes: tuple[tuple[int, int, float], ...] = ()
    parenthetical: str = ""


_PLATFORM, _HALL, _TUNNEL = "INT. PLATFORM 9 – NIGHT", "EXT. STATION HALL – DAY", "内景 隧道 夜"
WRITTEN = (
    Written("heading", _PLATFORM, "", _PLATFORM),
    Written(
        "action",
        _PLATFORM,
        "",
        "Rain on the glass roof. MAYA holds a small piece of cardboard as if it could break.",
    ),
    Written(
        "dialogue",
        _PLATFORM,
        "MAYA",
        "I kept the ticket. I never told you that.",
        ((0, 0, 0.97), (0, 2, 0.81)),
        "quietly",
    ),
    Written("dialogue", _PLATFORM, "JONAS", "You kept it for three years?", ((0, 1, 0.95),)),
    Written("dialogue", _PLATFORM, "MAYA", "Three years, two months and eleven days."),
    Written(
        "dialogue",
        _PLATFORM,
        "JONAS",
        "The train is late again. It's always late.",
        ((0, 3, 0.88),),
    ),
    Written(
        "dialogue", _PLATFORM, "MAYA", "Then we have a little more time.", ((0, 4, 0.93),)
    ),
    Written("heading", _HALL, "", _HALL),
    Written("action", _HALL, "", "The crowd parts. Somebody lifts JONAS onto a bench."),
    Written(
        "dialogue",
        _HALL,
        "JONAS",
        "Ladies and gentlemen, we did it!",
        ((1, 0, 0.96), (1, 2, 0.84)),
    ),
    Written(
        "dialogue", _HALL, "JONAS", "This is the best day of my life.", ((1, 1, 0.91),)
    ),
    Written("dialogue", _HALL, "MAYA", "Put him down before he falls on somebody."),
    Written("dialogue", _HALL, "GUARD", "Get that thing away from me!", ((1, 3, 0.94),)),
    Written("heading", _TUNNEL, "", _TUNNEL),
    Written("action", _TUNNEL, "", "灯光忽明忽暗，远处传来水声。"),
    Written("dialogue", _TUNNEL, "李雷", "你听见了吗？有人在下面。", ((2, 0, 0.98),)),
    Written("dialogue", _TUNNEL, "韩梅梅", "别出声，慢慢走过来。", ((2, 1, 0.92),), "小声"),
)  # fmt: skip
