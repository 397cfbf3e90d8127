"""What editing systems call the transitions of a cut: one entry each.

What a format has no word for goes out as a cross dissolve of the same length, which says what it
stands for. Resolve takes every transition of a list for a cross dissolve (its manual, "Supported
transitions for imported EDL, XML, and AAF").
"""

from dataclasses import dataclass

from config.cutting import Transition

# Final Cut Pro's own effects are known by these names in every version.
_CROSS = ("Cross Dissolve", "FxPlug:4731E73A-8DAC-4113-9A30-AE85B1761265")
# Through black unless it is told otherwise; how it is told another colour was seen in no file.
_FADE = ("Fade To Color", "FxPlug:F779C565-486D-4633-8035-0374B4DB8F5C")


@dataclass(frozen=True)
class Named:
    """`edl`: in a CMX3600 list, where wipes are W and the number of SMPTE 258M. `fcpxml`: name and
    uid of the effect. `xmeml`: name and category. `dip`: each of red, green and blue that it goes
    through, 0 to 255."""

    name: str
    edl: str
    fcpxml: tuple[str, str]
    xmeml: tuple[str, str]
    dip: int | None = None
    wipe: int | None = None

    @property
    def fcpxml_name(self) -> str:
        """What an editor reads on the transition."""
        stands_for = self.fcpxml == _CROSS and self.name != _CROSS[0]
        return f"{self.name} (here a cross dissolve)" if stands_for else self.name


NAMES = {
    Transition.DISSOLVE: Named("Cross Dissolve", "D", _CROSS, ("Cross Dissolve", "Dissolve")),
    Transition.DIP_BLACK: Named(
        "Dip to Black", "D", _FADE, ("Dip to Color Dissolve", "Dissolve"), dip=0
    ),
    Transition.DIP_WHITE: Named(
        "Dip to White", "D", _CROSS, ("Dip to Color Dissolve", "Dissolve"), dip=255
    ),
    Transition.WIPE: Named("Wipe", "W001", _CROSS, ("Edge Wipe", "Wipe"), wipe=1),
}
