"""Effects as data: what stands between a source's picture and the movie's, one entry each.

To add a transition, write its expression here; to add text over the picture, an entry in
writing.py; to add a filter, a function here that returns an Effect.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.cutting import Movie, Transition
from media.errors import Misconfigured
from media.files import fingerprint
from renderers import writing
from renderers.sequence import Sequence

_BLACK, _WHITE, _GREY = 16, 235, 128  # of luma and chroma, 8 bits at limited range


@dataclass(frozen=True)
class Effect:
    """A filter of ffmpeg. `spans`: record frames [in, out) that it changes; None = every one.

    `over`: on top of the whole picture; else on footage alone, and not on slates. `content`
    stands for the file that it reads, wherever that lies.
    """

    name: str
    options: tuple[tuple[str, str], ...]
    content: str
    spans: tuple[tuple[int, int], ...] | None = None
    over: bool = False

    def touches(self, first: int, end: int) -> bool:
        """Whether it changes any of record frames [first, end)."""
        return self.spans is None or any(a < end and first < b for a, b in self.spans)


# How the planes of two pictures A and B mix when B weighs `w`, from 0 to 1: luma, chroma. As
# ffmpeg's `blend` reads it; X is the column, W the width.
TRANSITIONS: dict[Transition, tuple[str, str]] = {
    Transition.DISSOLVE: ("A*(1-w)+B*w", "A*(1-w)+B*w"),
    Transition.DIP_BLACK: (f"if(lt(w,1/2),A+({_BLACK}-A)*2*w,B+({_BLACK}-B)*2*(1-w))",
                           f"if(lt(w,1/2),A+({_GREY}-A)*2*w,B+({_GREY}-B)*2*(1-w))"),
    Transition.DIP_WHITE: (f"if(lt(w,1/2),A+({_WHITE}-A)*2*w,B+({_WHITE}-B)*2*(1-w))",
                           f"if(lt(w,1/2),A+({_GREY}-A)*2*w,B+({_GREY}-B)*2*(1-w))"),
    Transition.WIPE: ("if(lt(X,W*w),B,A)", "if(lt(X,W*w),B,A)"),
}  # fmt: skip


def mixing(transition: Transition, weight: str) -> dict[str, str]:
    """Options of `blend` for a transition. `weight`: an expression of the time, T."""
    luma, chroma = (each.replace("w", f"({weight})") for each in TRANSITIONS[transition])
    return {"c0_expr": luma, "c1_expr": chroma, "c2_expr": chroma}


def chosen(asked: Movie, sequence: Sequence, size: tuple[int, int], folder: Path
           ) -> tuple[Effect, ...]:  # fmt: skip
    """The effects that the settings ask for; their files are written into `folder`.

    Raises Misconfigured when a look-up table is not there.
    """
    found = [_look_up(Path(asked.lut).expanduser())] if asked.lut else []
    page = writing.page(asked, sequence, size)
    if page.spans:
        path = folder / "texts.ass"
        path.write_text(page.text, encoding="utf-8")
        found.append(Effect("ass", (("filename", str(path)),), page.text, page.spans, over=True))
    return tuple(found)


def applied(picture: Any, effects: tuple[Effect, ...], first: int) -> Any:
    """An ffmpeg-python stream with the effects; its frame 0 is record frame `first`."""
    for effect in effects:
        options = dict(effect.options)
        if effect.spans is None:
            picture = picture.filter(effect.name, **options)
        else:  # it looks at the time
            picture = picture.filter("setpts", f"N+{first}").filter(effect.name, **options)
            picture = picture.filter("setpts", "N")
        if effect.name == "lut3d":
            picture = picture.filter("scale", out_color_matrix="bt709", out_range="tv")
            picture = picture.filter("format", "yuv420p")
    return picture


def _look_up(path: Path) -> Effect:
    if not path.is_file():
        raise Misconfigured(f"movie.lut: {path} is not there: name a .cube file, or leave it empty")
    return Effect("lut3d", (("file", str(path)),), fingerprint(path))
